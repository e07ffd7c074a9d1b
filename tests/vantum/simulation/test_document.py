"""A scenario's file is read strictly: every mistake names the line, the key and what is allowed."""

from __future__ import annotations

from pathlib import Path

import pytest

from vantum.core.errors import UsageError
from vantum.simulation.document import MAX_BYTES, Spot, open_document, parse_document


def spot(text: str) -> Spot:
    return parse_document(text, "a.yaml")


def at(text: str, key: str) -> Spot:
    return spot(text).entries()[key]


def test_a_mistake_names_its_line_and_key() -> None:
    with pytest.raises(UsageError) as told:
        spot("a: 1\nb:\n  c: 2\n").entries()["b"].fields(("d",), ("e",))
    assert str(told.value) == "a.yaml, line 3: b.c: unknown key 'c'. Allowed: d, e."


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "the file is empty"),
        ("a: [", "this is not YAML: .*line 1"),
        ("a: 1\na: 2", "line 2: a: this is there twice"),
        ("? [a, b]\n: c", "line 1: the scenario: a key must be a word"),
        ("- a", "line 1: the scenario: this must be a mapping"),
        ("&a [*a]", "this must be a mapping"),
        ("a: " + "[" * 5000, "this is not YAML"),
    ],
)
def test_what_is_no_mapping(text: str, problem: str) -> None:
    with pytest.raises(UsageError, match=f"(?s)a\\.yaml.*{problem}"):
        spot(text).entries()


def test_nothing_is_built_from_a_tag() -> None:
    assert spot("!!python/object/apply:os.system ['true']").items()[0].text() == "true"


@pytest.mark.parametrize(("text", "number"), [("1", 1.0), ("0.25", 0.25), ("1e1", 10.0), ("'2'", 2.0)])
def test_numbers(text: str, number: float) -> None:
    assert at(f"a: {text}", "a").number() == number


@pytest.mark.parametrize("text", ["", "x", "1 s", "-1", "99999", "nan", "inf", "[1]", "yes"])
def test_what_is_no_number(text: str) -> None:
    with pytest.raises(UsageError, match=r"line 1: a: .*(Allowed: 0 to 86400|on one line)"):
        at(f"a: {text}", "a").number()


@pytest.mark.parametrize(("text", "whole"), [("0", 0), ("42", 42)])
def test_whole_numbers(text: str, whole: int) -> None:
    assert at(f"a: {text}", "a").whole() == whole


@pytest.mark.parametrize("text", ["1.5", "-1", "10001", "many", "1e3", "1_0"])
def test_what_is_no_whole_number(text: str) -> None:
    with pytest.raises(UsageError, match="Allowed: 0 to 10000"):
        at(f"a: {text}", "a").whole()


def test_texts() -> None:
    assert at("a: >\n  one\n   two  \n", "a").text() == "one two"
    assert at("a: yes", "a").text() == "yes"
    assert at("a: ''", "a").maybe_text() == ""
    with pytest.raises(UsageError, match="a: this must be a text"):
        at("a: ' '", "a").text()
    with pytest.raises(UsageError, match="4001 characters are too many"):
        at(f"a: {'x' * 4001}", "a").text()


def test_lists() -> None:
    assert [item.text() for item in at("a: [b, c]", "a").items()] == ["b", "c"]
    assert at("a: [1, 2.5]", "a").numbers(2) == [1.0, 2.5]
    with pytest.raises(UsageError, match=r"a: 1 numbers are here\. Write 2"):
        at("a: [1]", "a").numbers(2)
    with pytest.raises(UsageError, match="a: this must be a list"):
        at("a: b", "a").items()
    with pytest.raises(UsageError, match="501 entries are too many"):
        at(f"a: [{'x, ' * 501}]", "a").items()


def test_choices() -> None:
    assert at("a: b", "a").one_of(("b", "c")) == "b"
    assert at("a: true", "a").truth() is True
    with pytest.raises(UsageError, match=r"a: 'd' is not known here\. Allowed: b, c"):
        at("a: d", "a").one_of(("b", "c"))


@pytest.mark.parametrize(
    ("text", "data"),
    [
        ("{b: 1, c: 1.5, d: true, e: null, f: word}", {"b": 1, "c": 1.5, "d": True, "e": None, "f": "word"}),
        ("'1'", "1"),
        ("yes", "yes"),
        ("-3", -3),
        ("[1, [two]]", [1, ["two"]]),
        ("", None),
    ],
)
def test_plain_data(text: str, data: object) -> None:
    assert at(f"a: {text}", "a").data() == data


def test_data_has_a_depth() -> None:
    with pytest.raises(UsageError, match="nested too deep"):
        at(f"a: {'[' * 12}{']' * 12}", "a").data()
    with pytest.raises(UsageError, match="nested too deep"):
        at("a: &x [*x]", "a").data()


def test_files(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"none\.yaml: the scenario cannot be read"):
        open_document(tmp_path / "none.yaml")
    file = tmp_path / "a.yaml"
    file.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(UsageError, match="that it is UTF-8 text"):
        open_document(file)
    file.write_text("a" * (MAX_BYTES + 1), encoding="utf-8")
    with pytest.raises(UsageError, match=r"the file is too large\. Allowed: 256 KiB"):
        open_document(file)
    file.write_text("a: b", encoding="utf-8")
    assert open_document(file).entries()["a"].text() == "b"
