"""When a caller whom nobody hears is told so, and when the call is given up."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from vantum.core.deafness import EXCUSE_SECONDS, GIVE_UP_SECONDS, Deafness


def deaf(at: float = 10.0) -> Deafness:
    deafness = Deafness()
    deafness.begin(at)
    return deafness


def test_while_somebody_hears_nothing_is_due() -> None:
    deafness = Deafness()
    deafness.voice(1.0)
    deafness.silence(2.0)
    assert (deafness.lasts, deafness.excuse_at(), deafness.over_at()) == (False, None, None)


def test_who_does_not_speak_need_not_know_but_the_call_ends() -> None:
    deafness = deaf(10.0)
    assert (deafness.lasts, deafness.excuse_at(), deafness.over_at()) == (True, None, 10.0 + GIVE_UP_SECONDS)


@pytest.mark.parametrize(
    ("happens", "excuse_at"),
    [
        ([lambda d: d.voice(11.0)], 11.0 + EXCUSE_SECONDS),
        ([lambda d: d.voice(11.0), lambda d: d.voice(12.0)], 11.0 + EXCUSE_SECONDS),
        ([lambda d: d.voice(11.0), lambda d: d.silence(12.0)], 12.0),
        ([lambda d: d.silence(12.0)], 12.0),
        ([lambda d: d.silence(12.0), lambda d: d.spare()], None),
        ([lambda d: d.silence(12.0), lambda d: d.excuse()], None),
        ([lambda d: d.excuse(), lambda d: d.voice(12.0)], None),
        ([lambda d: d.excuse(), lambda d: d.voice(12.0), lambda d: d.silence(13.0)], 13.0),
        ([lambda d: d.silence(12.0), lambda d: d.words()], None),
        ([lambda d: d.silence(12.0), lambda d: d.end()], None),
        ([lambda d: d.excuse(), lambda d: d.words(), lambda d: d.silence(13.0)], 13.0),
    ],
)
def test_who_speaks_is_told_once_for_each_time_they_wait(
    happens: list[Callable[[Deafness], None]], excuse_at: float | None
) -> None:
    deafness = deaf()
    for happening in happens:
        happening(deafness)
    assert deafness.excuse_at() == excuse_at


def test_who_was_told_knows_until_a_word_of_theirs_has_come() -> None:
    deafness = deaf()
    deafness.excuse()
    deafness.end()
    assert (deafness.lasts, deafness.excused, deafness.over_at()) == (False, True, None)
    deafness.begin(20.0)
    deafness.voice(21.0)
    assert deafness.excuse_at() is None
    deafness.words()
    assert not deafness.excused
