"""What counts as an answer, as late and as a hole."""

from __future__ import annotations

import pytest

from benchmarks.heard import Answer, Heard, answers


def spoken(begins: float, chunks_: int) -> list[Heard]:
    return [Heard(begins + index * 0.04, 0.04) for index in range(chunks_)]


def test_an_answer_counts_from_when_it_could_begin() -> None:
    heard = [*spoken(10.5, 3), *spoken(18.25, 2)]
    assert answers([10.0, 18.0], heard) == [Answer(0.5, 3), Answer(0.25, 2)]


def test_an_answer_that_was_guessed_early_is_one_of_its_own() -> None:
    heard = [*spoken(10.5, 3), *spoken(17.75, 2)]
    assert answers([10.0, 18.0], heard) == [Answer(0.5, 3), Answer(-0.25, 2)]


def test_a_turn_without_an_answer_has_none() -> None:
    assert answers([10.0, 18.0], spoken(18.5, 1)) == [Answer(None, 0), Answer(0.5, 1)]


def test_a_call_that_never_began_has_no_answers() -> None:
    assert answers([], []) == []


def test_what_still_plays_from_before_is_no_answer() -> None:
    assert answers([10.0], spoken(9.5, 20)) == [Answer(None, 0)]


def test_audio_after_a_hole_is_late_and_the_hole_is_measured() -> None:
    [answer] = answers([10.0], [Heard(10.0, 0.04), Heard(10.140625, 0.04), Heard(10.19, 0.04)])
    assert answer.chunks == 3
    [hole] = answer.holes
    assert hole.at == 10.140625
    assert hole.seconds == pytest.approx(0.1, abs=0.001)


def test_a_long_hole_is_one_too() -> None:
    [answer] = answers([10.0], [Heard(10.0, 0.04), Heard(12.0, 0.04)])
    assert [hole.at for hole in answer.holes] == [12.0]


def test_audio_sent_ahead_leaves_no_hole() -> None:
    [answer] = answers([10.0], [Heard(10.0, 0.4), Heard(10.001, 0.4), Heard(10.79, 0.4)])
    assert answer.holes == ()
