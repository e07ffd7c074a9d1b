# ruff: noqa: RUF001 - the look-alikes are the subject here

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.vantum.core.analysis.calls import patient
from vantum.core.analysis.folding import fold


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Hello  THERE\n", "hello there"),
        ("don’t", "don't"),
        ("“Yes”", '"yes"'),
        ("„Ja“", '"ja"'),
        ("« oui »", '" oui "'),
        ("a – b — c", "a - b - c"),
        ("well…", "well..."),
        ("Straße", "STRASSE"),
        ("ca\u00adfe", "cafe"),
        ("caf\u00e9", "cafe\u0301"),
        ("한국", unicodedata.normalize("NFD", "한국")),
        ("\u00a0a\u202fb", " a b"),
        ("ﬁne", "fine"),
        ("", "  "),
    ],
)
def test_what_is_the_same_but_for_its_writing_is_equal(one: str, other: str) -> None:
    assert fold(one).text == fold(other).text


@pytest.mark.parametrize(("one", "other"), [("cafe", "café"), ("a,b", "a b"), ("ab", "a b"), ("yes.", "yes")])
def test_nothing_else_is_forgiven(one: str, other: str) -> None:
    assert fold(one).text != fold(other).text


@patient
@given(st.text())
def test_every_character_knows_where_it_came_from(text: str) -> None:
    folded = fold(text)
    assert len(folded.text) == len(folded.starts) == len(folded.ends)
    assert all(0 <= start < end <= len(text) for start, end in zip(folded.starts, folded.ends, strict=True))
    assert list(folded.starts) == sorted(folded.starts)


@patient
@given(st.text(alphabet="aÀéöñß ’'“-–हिन्दी한국", max_size=40))
def test_the_form_of_unicode_does_not_matter(text: str) -> None:
    forms = {fold(unicodedata.normalize(form, text)).text for form in ("NFC", "NFD", "NFKC", "NFKD")}
    assert len(forms) == 1
