"""Calls per second: the limit holds in every window of a second."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from vantum.core.outreach.bucket import Bucket, Rate, Taken, Wait, take

START = datetime(2026, 11, 18, 17, tzinfo=UTC)
SECOND = timedelta(seconds=1)
rates = st.builds(
    Rate,
    st.sampled_from((0.1, 0.5, 0.99, 1.0, 1.5, 2.0, 2.5, 3.0, 7.0, 10.0, 33.0, 100.0)),
    st.sampled_from((0.0, 0.1, 0.5)),
)


def at(seconds: float) -> datetime:
    """A moment of the test."""
    return START + timedelta(seconds=seconds)


def starts(rate: Rate, asked: Sequence[datetime]) -> list[datetime]:
    """When calls start that ask at ``asked``; each waits as it is told."""
    bucket, started, clock = Bucket(1.0, START), list[datetime](), START
    for moment in sorted(asked):
        clock = max(clock, moment)
        answer = take(bucket, rate, clock)
        if isinstance(answer, Wait):
            assert answer.seconds > 0
            clock += timedelta(seconds=answer.seconds)
            answer = take(answer.bucket, rate, clock)
        assert isinstance(answer, Taken)
        bucket = answer.bucket
        started.append(clock)
    return started


def most_in_any(window: timedelta, moments: Sequence[datetime]) -> int:
    """The most moments in any window, both ends included; the fullest one begins with one of them."""
    return max(sum(begin <= moment <= begin + window for moment in moments) for begin in moments)


asked = st.lists(
    st.one_of(st.floats(0, 8), st.integers(0, 8).map(float), st.sampled_from((0.999999, 1.0, 1.000001))),
    min_size=1,
    max_size=60,
).map(lambda seconds: [at(each) for each in seconds])


@given(rates, asked)
@example(Rate(10.0, 0.0), [START] * 60)
@example(Rate(1.0, 0.0), [at(n / 10) for n in range(60)])
@example(Rate(2.5, 0.0), [START] * 20)
def test_in_no_second_more_calls_start_than_the_rate_allows(rate: Rate, moments: list[datetime]) -> None:
    started = starts(rate, moments)
    assert most_in_any(SECOND, started) <= max(1, math.floor(rate.per_second))
    if rate.per_second < 1:
        assert most_in_any(timedelta(seconds=1 / rate.per_second), started) == 1


@given(rates, asked, st.data())
def test_the_carrier_sees_no_more_although_calls_are_late_by_the_jitter(
    rate: Rate, moments: list[datetime], data: st.DataObject
) -> None:
    late = st.sampled_from((0.0, rate.jitter_seconds)) | st.floats(0, rate.jitter_seconds)
    seen = [moment + timedelta(seconds=data.draw(late)) for moment in starts(rate, moments)]
    assert most_in_any(SECOND, seen) <= max(1, math.floor(rate.per_second))


@pytest.mark.parametrize("per_second", [1, 5, 10, 100])
def test_little_of_the_rate_is_given_away(per_second: int) -> None:
    started = starts(Rate(per_second), [START] * (per_second * 10 + 1))
    assert (started[-1] - START) / SECOND < 10 * 1.11


def test_a_call_that_comes_alone_never_waits() -> None:
    bucket = Bucket(1.0, START)
    for n in range(5):
        answer = take(bucket, Rate(1.0), at(n * 2))
        assert answer == Taken(Bucket(0.0, at(n * 2)))
        bucket = answer.bucket


def test_a_rest_is_not_saved_up() -> None:
    rate = Rate(10.0)
    first = take(Bucket(0.0, START), rate, at(3600))
    assert isinstance(first, Taken)
    assert isinstance(take(first.bucket, rate, at(3600)), Wait)


def test_a_wait_is_as_long_as_it_has_to_be() -> None:
    wait = take(Bucket(0.0, START), Rate(1.0, 0.0), at(0.25))
    assert wait == Wait(Bucket(0.0, START), 0.750001)
    half = take(Bucket(0.5, START), Rate(1.0, 0.0), START)
    assert isinstance(half, Wait)
    assert half.seconds == pytest.approx(0.5, abs=1e-5)


@pytest.mark.parametrize("hours", [0.0001, 1, 1000])
def test_a_clock_that_is_set_back_costs_one_gap_and_no_more(hours: float) -> None:
    rate = Rate(2.0)
    set_back = START - timedelta(hours=hours)
    wait = take(Bucket(1.0, START), rate, set_back)
    assert isinstance(wait, Wait)
    assert wait.seconds == rate.gap / SECOND
    assert isinstance(take(wait.bucket, rate, set_back + rate.gap), Taken)


def test_values_make_sense() -> None:
    for per_second in (0.0, -1.0, 1001.0, math.nan):
        with pytest.raises(ValueError, match="calls a second"):
            Rate(per_second)
    for jitter in (-0.1, 11.0, math.nan):
        with pytest.raises(ValueError, match="A jitter is"):
            Rate(1.0, jitter)
    for tokens in (-0.1, 1.1, math.nan):
        with pytest.raises(ValueError, match="0 to 1 tokens"):
            Bucket(tokens, START)
