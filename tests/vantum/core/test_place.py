from __future__ import annotations

import pytest

from vantum.core.errors import PipelineError
from vantum.core.place import Place


def place(value: object) -> Place:
    return Place("a.yaml", "steps.one", value)


def test_fields_of_a_mapping() -> None:
    fields = place({"say": " Hello \n there ", "goto": "x"}).fields(("say",), ("goto", "examples"))
    assert fields["say"].text() == "Hello there"
    assert fields["goto"] == Place("a.yaml", "steps.one.goto", "x")
    assert "examples" not in fields


def test_items_of_a_list() -> None:
    assert place(["a", "b"]).items()[1] == Place("a.yaml", "steps.one[1]", "b")
    assert place(["Go ahead", "it's fine"]).phrases() == ("go ahead", "it's fine")


def test_one_of_the_names() -> None:
    assert place("b").one_of(("a", "b"), "letter") == "b"


def test_the_document_itself_has_no_key() -> None:
    with pytest.raises(PipelineError, match=r"a\.yaml: the script: this must be a mapping"):
        Place("a.yaml", "", []).fields(("say",))
    assert dict(Place("a.yaml", "", {"say": "x"}).entries())["say"].key == "say"


@pytest.mark.parametrize(
    ("value", "problem", "remedy"),
    [
        ({"say": "x", "go": "y"}, "unknown key 'go'", "Allowed: say, goto."),
        ({"goto": "x"}, "'say' is missing", "Allowed: say, goto."),
        ({}, "this must be a mapping", "Write 'name: value' lines below it."),
        ("text", "this must be a mapping", "Write"),
        ({"Big One": "x"}, "'Big One' is no name", "Allowed: small letters"),
        ({1: "x"}, "1 is no name", "Allowed: small letters"),
    ],
)
def test_a_mapping_complains(value: object, problem: str, remedy: str) -> None:
    with pytest.raises(PipelineError) as caught:
        place(value).fields(("say",), ("goto",))
    assert caught.value.problem.startswith(f"a.yaml: steps.one: {problem}")
    assert caught.value.remedy.startswith(remedy)


@pytest.mark.parametrize("value", [None, "", "  ", 3, ["a"]])
def test_a_text_complains(value: object) -> None:
    with pytest.raises(PipelineError, match=r"steps\.one: this must be a text"):
        place(value).text()


@pytest.mark.parametrize("value", [None, [], "a", {"a": "b"}])
def test_a_list_complains(value: object) -> None:
    with pytest.raises(PipelineError, match=r"steps\.one: this must be a list"):
        place(value).items()


def test_a_name_complains() -> None:
    with pytest.raises(PipelineError, match=r"there is no letter 'c'\. Allowed: a, b\."):
        place("c").one_of(("a", "b"), "letter")


@pytest.mark.parametrize("phrase", ["at 10", "yes, please", "a  !"])
def test_a_phrase_complains(phrase: str) -> None:
    with pytest.raises(PipelineError, match="is no plain phrase"):
        place(["fine", phrase]).phrases()
