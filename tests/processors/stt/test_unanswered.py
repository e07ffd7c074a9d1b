"""How much speech a recogniser may leave unanswered."""

from __future__ import annotations

import pytest

from processors.stt.unanswered import ANSWER_SECONDS, Unanswered


def spoken(*stretches: tuple[float, float]) -> Unanswered:
    unanswered = Unanswered()
    for began, ended in stretches:
        unanswered.began(began)
        unanswered.ended(ended)
    return unanswered


@pytest.mark.parametrize(
    ("stretches", "due"),
    [
        ([], None),
        ([(1, 3)], None),
        ([(1, 2), (5, 6)], 6 + ANSWER_SECONDS),
        ([(1, 2), (5, 5.9)], None),
        ([(1, 2), (5, 5.9), (7, 9)], 9 + ANSWER_SECONDS),
        ([(1, 2), (5, 6), (7, 7.1)], 7.1 + ANSWER_SECONDS),
    ],
)
def test_two_stretches_of_real_speech_are_a_stall(
    stretches: list[tuple[float, float]], due: float | None
) -> None:
    assert spoken(*stretches).due() == due


def test_an_answer_settles_all_and_is_measured_once() -> None:
    unanswered = spoken((1, 2), (5, 6))
    assert (unanswered.answered(), unanswered.answered(), unanswered.due()) == (6, None, None)
    unanswered.began(8)
    unanswered.ended(9)
    assert unanswered.due() is None


def test_an_end_without_a_beginning_is_no_speech() -> None:
    unanswered = spoken((1, 2))
    unanswered.ended(9)
    assert unanswered.due() is None


def test_another_recogniser_owes_nothing() -> None:
    unanswered = spoken((1, 2), (5, 6))
    unanswered.forget()
    assert (unanswered.due(), unanswered.answered()) == (None, None)
