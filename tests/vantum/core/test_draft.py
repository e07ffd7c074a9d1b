"""When a draft is tried, and what it still fits."""

from __future__ import annotations

import pytest

from vantum.core.draft import MOST_ATTEMPTS, Drafts, estimated_tokens


def test_the_same_words_are_tried_once() -> None:
    drafts = Drafts()
    assert drafts.worth("What time is it?")
    assert drafts.begin("What time is it?") == 1
    assert not drafts.worth("what time is it")
    assert drafts.worth("what time is it now")


@pytest.mark.parametrize("words", ["", " ", "…?"])
def test_no_words_are_not_worth_a_try(words: str) -> None:
    assert not Drafts().worth(words)


def test_a_turn_has_so_many_tries_and_the_next_has_them_again() -> None:
    drafts = Drafts()
    assert [drafts.begin(f"word {number}") for number in range(MOST_ATTEMPTS)] == [1, 2, 3]
    assert not drafts.worth("another word")
    drafts.turn_over()
    assert drafts.begin("another word") == 1
    assert drafts.worth("word 0")


@pytest.mark.parametrize(
    ("words", "fits"),
    [
        ("Tomorrow, at nine.", True),
        ("tomorrow at nine", True),
        ("tomorrow at nine or ten", False),
        ("tomorrow", False),
        ("", False),
    ],
)
def test_a_draft_fits_the_same_words(words: str, fits: bool) -> None:
    drafts = Drafts()
    drafts.begin("Tomorrow at nine")
    assert drafts.fits(words) is fits


def test_only_the_last_draft_is_under_way() -> None:
    drafts = Drafts(most=2)
    drafts.begin("tomorrow")
    drafts.begin("tomorrow at nine")
    assert not drafts.fits("tomorrow")
    assert not drafts.worth("today")


@pytest.mark.parametrize(
    ("texts", "tokens"), [((), 0), (("",), 0), (("a",), 1), (("four",), 1), (("fives", "four"), 3)]
)
def test_tokens_are_estimated_and_rounded_up_for_each_text(texts: tuple[str, ...], tokens: int) -> None:
    assert estimated_tokens(*texts) == tokens
