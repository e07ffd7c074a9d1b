"""Real ends and mere pauses, by the words alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.vantum.core import endings, endings_english
from vantum.core.completeness import Ending, ends
from vantum.core.languages import KNOWN

ENDINGS = {
    "en": {
        Ending.CLOSED: endings_english.CLOSED,
        Ending.QUESTION: endings_english.QUESTION,
        Ending.COMPLETE: endings_english.COMPLETE,
        Ending.OPEN: endings_english.OPEN,
        Ending.UNSURE: endings_english.UNSURE,
    },
    **endings.ENDINGS,
}
CASES = [
    (language, ending, text)
    for language, table in ENDINGS.items()
    for ending, texts in table.items()
    for text in texts.strip().splitlines()
]


@pytest.mark.parametrize(("language", "ending", "text"), CASES)
def test_a_turn_so_far(language: str, ending: Ending, text: str) -> None:
    # Who sets no mark at the end of a sentence writes no capitals either.
    assert ends(text.lower() if ending is Ending.UNSURE else text, language) is ending


@pytest.mark.parametrize(
    ("text", "ending"),
    [
        ("", Ending.UNSURE),
        ("...", Ending.UNSURE),
        ("Yes. ", Ending.CLOSED),
        ("Yes...", Ending.OPEN),
        ("“I paid twice.”", Ending.COMPLETE),
        ("I would like one of those. And", Ending.OPEN),
        ("No. My name is Smith.", Ending.COMPLETE),
        ("555 123 4567", Ending.CLOSED),
        ("My number is 555 123 456", Ending.OPEN),
        ("My number is 555 123 4567", Ending.UNMARKED),
        ("my number is 555 123 4567", Ending.UNSURE),
        ("Hello, my name", Ending.UNMARKED),
        ("hello, my name", Ending.UNMARKED),
        ("Unless to be rather cold hearted", Ending.UNMARKED),
        ("It is +1 415 555 0100.", Ending.COMPLETE),
        ("it is five five five one two three four", Ending.UNSURE),
        ("At 5 p m", Ending.CLOSED),
        ("yes yes yes yes yes yes yes", Ending.UNSURE),
    ],
)
def test_edges(text: str, ending: Ending) -> None:
    assert ends(text, "en") is ending


def test_a_tag_is_read_without_its_region_and_an_unknown_one_as_english() -> None:
    assert ends("Ja, aber", "de-AT") is Ending.OPEN
    assert ends("Yes, but", "tlh") is Ending.OPEN


@given(st.text(), st.sampled_from(KNOWN))
def test_any_text_ends_somehow(text: str, language: str) -> None:
    assert ends(text, language) in Ending
    assert ends(text + " x,", language) is Ending.OPEN
