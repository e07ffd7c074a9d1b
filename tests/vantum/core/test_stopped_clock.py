"""A clock that stands still: no time passes, and it goes on where it stood."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vantum.core.stopped_clock import StoppableClock

TIMES = st.floats(0, 1e6)


def test_it_runs_with_the_clock_outside_until_it_is_stopped() -> None:
    clock = StoppableClock()
    assert (clock.read(3.0), clock.outside(4.0), clock.outside(None), clock.stopped) == (
        3.0,
        4.0,
        None,
        False,
    )


def test_no_time_passes_while_it_stands_still() -> None:
    clock = StoppableClock()
    clock.stop(3.0)
    clock.stop(5.0)
    assert (clock.read(9.0), clock.outside(4.0), clock.stopped) == (3.0, None, True)
    assert clock.go_on(10.0) == 7.0
    assert clock.go_on(11.0) == 0.0
    assert (clock.read(12.0), clock.outside(6.0), clock.stopped) == (5.0, 13.0, False)


@pytest.mark.parametrize(("due", "outside", "shown"), [(None, 2.0, 2.0), (3.0, 2.0, 2.0), (3.0, 4.0, 4.0)])
def test_what_is_due_is_reached_when_it_is(due: float | None, outside: float, shown: float) -> None:
    assert StoppableClock().at_due(due, outside) == shown


def test_nothing_is_reached_while_it_stands_still() -> None:
    clock = StoppableClock()
    clock.stop(3.0)
    assert clock.at_due(4.0, 9.0) == 3.0


@given(TIMES, TIMES, TIMES)
def test_no_rounding_keeps_what_is_due_from_being_reached(
    stopped: float, seconds: float, wait: float
) -> None:
    clock = StoppableClock()
    clock.stop(stopped)
    clock.go_on(stopped + seconds)
    due = clock.read(stopped + seconds) + wait
    at = clock.outside(due)
    assert at is not None
    assert clock.at_due(due, at) >= due
