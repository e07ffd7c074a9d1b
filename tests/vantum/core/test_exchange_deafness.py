"""Conversations in which nobody hears the caller for a while: what the bot says of it, and what it does not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.vantum.core.talk import (
    Input,
    Reply,
    Talk,
    back,
    final,
    interim,
    lost,
    opened,
    speaks,
    started,
    stopped,
)
from vantum.core.acts import EndCall
from vantum.core.events import CallerPrompted
from vantum.core.floor import Kind
from vantum.core.manners import Manners
from vantum.core.phrases import phrases

ENGLISH = phrases("en")
HELLO = ("Hello there.", Kind.OWN)
"""Heard from 0.0 to 0.5."""
LONG = "All of that is written down in our long book of bookings."


def prompts(talk: Talk) -> list[tuple[float, str]]:
    return [(at, event.text) for at, event in talk.told(CallerPrompted)]


def ends(talk: Talk) -> list[tuple[float, str]]:
    return [(at, act.reason) for at, act in talk.log if isinstance(act, EndCall)]


@pytest.mark.parametrize(
    ("caller", "told_at"),
    [
        ([lost(2), started(3), stopped(4)], 4.0),
        ([lost(2), started(3), stopped(9)], 5.5),
        ([started(1.5), lost(2), stopped(9)], 4.5),
        ([started(1.5), lost(2), stopped(3)], 3.0),
        ([started(1), stopped(1.5), lost(3)], 3.0),
        ([started(1), stopped(1.5), lost(6)], 6.0),
    ],
    ids=["speaks", "speaks on", "spoke on", "was speaking", "waits", "waits for long"],
)
def test_a_caller_who_speaks_while_nobody_hears_them_is_told_so(caller: list[Input], told_at: float) -> None:
    talk = Talk().play(opened(0, HELLO), *caller, until=10)
    assert prompts(talk)[0] == (told_at, ENGLISH.cannot_hear)
    assert talk.said()[-1][1] == ENGLISH.cannot_hear


def test_they_are_told_again_when_they_have_spoken_again() -> None:
    talk = Talk().play(opened(0, HELLO), lost(2), started(3), stopped(4), started(8), stopped(9), until=12)
    assert prompts(talk) == [(4.0, ENGLISH.cannot_hear), (9.0, ENGLISH.cannot_hear)]


def test_who_speaks_on_while_they_are_told_is_told_once() -> None:
    talk = Talk().play(opened(0, HELLO), lost(2), started(3), stopped(4), started(4.2), stopped(4.8), until=9)
    assert prompts(talk) == [(4.0, ENGLISH.cannot_hear)]


def test_a_silent_caller_is_told_nothing_and_asked_nothing_and_the_call_ends_fifteen_seconds_after() -> None:
    talk = Talk(manners=Manners()).play(opened(0, HELLO), lost(2))
    # The loss was at 0; silence would be broken at 8.5.
    assert prompts(talk) == [(15.0, ENGLISH.call_back)]
    assert ends(talk) == [(15.0, "nobody heard the caller")]


def test_the_end_comes_in_the_middle_of_what_is_said() -> None:
    talk = Talk(Reply(f"{LONG} " * 8)).play(opened(0, HELLO), final(3, "Hello."), lost(4))
    assert talk.said()[-1] == (17.0 + 0.25 * len(ENGLISH.call_back.split()), ENGLISH.call_back)
    assert talk.said()[-2][1].endswith("…")


def test_hearing_that_is_back_in_time_changes_nothing() -> None:
    talk = Talk(manners=replace(Manners(), filler_seconds=0)).play(
        opened(0, HELLO), lost(2), back(5), *speaks(6, 7, "What does it cost?"), until=12
    )
    assert prompts(talk) == []
    assert talk.messages[-2:] == ["user: What does it cost?", "assistant: All right."]


def test_silence_counts_from_when_the_caller_is_heard_again() -> None:
    talk = Talk(manners=Manners()).play(opened(0, HELLO), lost(4), back(10), until=19)
    assert prompts(talk) == [(18.0, ENGLISH.still_there)]


@pytest.mark.parametrize("words", ["Yes.", "Okay.", "What does it cost?"])
def test_words_that_come_late_over_the_excuse_are_answered(words: str) -> None:
    talk = Talk().play(opened(0, HELLO), lost(2), started(3), stopped(4), back(4.5), final(4.6, words))
    assert talk.asked()[0][1][-1] == f"user: {words}"
    assert talk.said()[-1][1] == "All right."


def test_a_nod_that_comes_late_after_the_excuse_is_answered() -> None:
    excuse_seconds = 0.25 * len(ENGLISH.cannot_hear.split())
    late = 4 + excuse_seconds + 0.5
    talk = Talk().play(opened(0, HELLO), lost(2), started(3), stopped(4), back(late), final(late, "Okay."))
    assert [question[-1] for _, question in talk.asked()] == ["user: Okay."]


def test_the_bot_says_what_it_was_saying_before_the_excuse() -> None:
    talk = Talk(Reply(LONG)).play(final(1, "Hello."), lost(2), started(2.2), stopped(2.6), until=12)
    assert [text for _, text in talk.said()] == [LONG, ENGLISH.cannot_hear]


def test_a_turn_whose_words_are_there_is_answered_instead() -> None:
    talk = Talk().play(
        opened(0, HELLO), started(1), interim(1.9, "What does it cost?"), lost(2), stopped(2.5)
    )
    assert talk.said()[1][1] == "All right."
    assert [text for _, text in prompts(talk)] == [ENGLISH.call_back]


def test_turns_without_words_are_not_spoken_of_while_nobody_hears_them() -> None:
    noise = [started(3), stopped(4), started(8.5), stopped(9)]
    talk = Talk().play(opened(0, HELLO), lost(2), *noise, until=14.5)
    assert [text for _, text in prompts(talk)] == [ENGLISH.cannot_hear] * 2


def test_before_the_call_is_open_there_is_nobody_to_tell() -> None:
    talk = Talk(manners=Manners(silence_seconds=0)).play(lost(2), opened(40))
    assert ends(talk) == [(53.0, "nobody heard the caller")]


def test_what_is_lost_already_is_not_lost_again() -> None:
    talk = Talk().play(opened(0, HELLO), lost(2), lost(10))
    assert ends(talk) == [(15.0, "nobody heard the caller")]
