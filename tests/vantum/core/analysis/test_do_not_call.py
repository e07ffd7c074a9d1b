"""A wish not to be called any more is heard in five languages; a time, a name and calls to others are none."""

# ruff: noqa: RUF001 - typographic apostrophes are a case here

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.vantum.core.analysis.calls import patient
from tests.vantum.core.analysis.wishes import NO_WISHES, WISHES, lines
from vantum.core.analysis.do_not_call import RULES, do_not_call, find_wish
from vantum.core.analysis.turn import Turn
from vantum.core.transcript import Speaker

SIDE_TALK = st.lists(st.sampled_from(lines(NO_WISHES)), max_size=3)


def caller(text: str, start_ms: int = 0, end_ms: int = 1000) -> Turn:
    return Turn(Speaker.CALLER, text, start_ms, end_ms)


def test_there_are_enough_cases() -> None:
    assert len(set(lines(WISHES))) >= 100
    assert len(set(lines(NO_WISHES))) >= 100


@pytest.mark.parametrize("said", lines(WISHES))
def test_a_wish_is_heard(said: str) -> None:
    assert do_not_call(said)


@pytest.mark.parametrize("said", lines(NO_WISHES))
def test_what_only_sounds_like_it_is_none(said: str) -> None:
    assert do_not_call(said) is None


@patient
@given(SIDE_TALK, st.sampled_from(lines(WISHES)), SIDE_TALK)
def test_a_wish_is_heard_among_other_sentences(before: list[str], wish: str, after: list[str]) -> None:
    quote = do_not_call(". ".join([*before, wish, *after]))
    assert quote is not None
    assert quote in wish


@patient
@given(st.sampled_from(lines(WISHES) + lines(NO_WISHES)))
def test_case_and_typography_change_nothing(said: str) -> None:
    heard = do_not_call(said) is not None
    assert (do_not_call(said.replace("'", "’")) is not None) is heard
    assert (do_not_call(said.upper()) is not None) is heard


@patient
@given(st.text(max_size=300))
def test_any_text_can_be_asked(said: str) -> None:
    quote = do_not_call(said)
    assert quote is None or quote in said


@pytest.mark.parametrize(
    ("said", "quote"),
    [
        ("Well… no. Take me off your list, please!", "Take me off your list"),
        ("Bitte: Rufen Sie mich nicht mehr an. Danke.", "Rufen Sie mich nicht mehr an"),
        ("  Ne m’appelez plus, merci", "Ne m’appelez plus"),
        ("don't call me again before nine", "don't call me"),
    ],
)
def test_the_quote_is_what_was_said(said: str, quote: str) -> None:
    assert do_not_call(said) == quote


@pytest.mark.parametrize("rule", RULES)
def test_no_pattern_can_be_made_slow(rule: object) -> None:
    patterns = [getattr(rule, name) for name in ("says", "never_before", "unless_before", "unless_after")]
    for pattern in filter(None, patterns):
        bare = re.sub(r"\\.|\[[^\]]*\]", "x", pattern.pattern)
        assert not re.search(r"[*+]|\{\d*,\}", bare)


def test_only_the_end_of_a_speech_without_end_is_looked_at() -> None:
    assert do_not_call("take me off your list " + "word " * 3000) is None
    assert do_not_call("word " * 3000 + "take me off your list") == "take me off your list"


def test_the_wish_is_found_with_its_second() -> None:
    turns = [
        Turn(Speaker.BOT, "Shall I take you off our list? Do not call me.", 0, 900),
        caller("Yes. Please stop calling me.", 1000, 2000),
        caller("Take me off your list.", 3000, 4000),
    ]
    found = find_wish(turns)
    assert found is not None
    assert (found.turn, found.quote, found.start_ms, found.end_ms) == (1, "stop calling me", 1400, 2000)
    assert find_wish(turns[:1]) is None
