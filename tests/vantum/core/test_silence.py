"""A caller who says nothing is asked twice and then bid goodbye."""

from __future__ import annotations

import pytest

from vantum.core.phrases import phrases
from vantum.core.silence import Silence

ENGLISH = phrases("en")


@pytest.mark.parametrize(("seconds", "due"), [(8.0, 11.0), (0.5, 3.5), (0.0, None)])
def test_a_silence_is_too_long_after_so_many_seconds(seconds: float, due: float | None) -> None:
    silence = Silence()
    silence.begin(3.0)
    assert silence.due(seconds) == due


def test_there_is_no_silence_before_it_begins_nor_after_it_ends() -> None:
    silence = Silence()
    assert silence.due(8.0) is None
    silence.begin(3.0)
    silence.end()
    assert silence.due(8.0) is None


def test_the_third_silence_is_the_last() -> None:
    silence = Silence()
    assert [silence.broken(ENGLISH) for _ in range(3)] == [
        (ENGLISH.still_there, False),
        (ENGLISH.still_there_again, False),
        (ENGLISH.goodbye_silence, True),
    ]


def test_a_broken_silence_is_over() -> None:
    silence = Silence()
    silence.begin(3.0)
    silence.broken(ENGLISH)
    assert silence.due(8.0) is None


def test_words_begin_the_ladder_anew() -> None:
    silence = Silence()
    silence.broken(ENGLISH)
    silence.words_heard()
    assert silence.broken(ENGLISH) == (ENGLISH.still_there, False)


def test_every_second_turn_without_words_is_spoken_of() -> None:
    silence = Silence()
    assert [silence.unheard() for _ in range(4)] == [False, True, False, True]


def test_words_between_two_turns_without_any_are_heard() -> None:
    silence = Silence()
    silence.unheard()
    silence.words_heard()
    assert not silence.unheard()


def test_a_silence_that_lasts_can_begin_anew_and_no_other() -> None:
    silence = Silence()
    silence.begin_anew(2.0)
    assert silence.due(8.0) is None
    silence.begin(3.0)
    silence.begin_anew(5.0)
    assert silence.due(8.0) == 13.0


def test_who_was_heard_last_without_words_puzzles() -> None:
    silence = Silence()
    puzzled = [silence.puzzled]
    for happens in (silence.unheard, silence.words_heard):
        happens()
        puzzled.append(silence.puzzled)
    assert puzzled == [False, True, False]
