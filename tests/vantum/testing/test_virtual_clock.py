"""The clock counts exactly, and the time module tells it only while it is redirected."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vantum.testing.virtual_clock import VirtualClock


@given(st.lists(st.integers(0, 10**12), max_size=50))
def test_sums_of_nanoseconds_stay_exact(steps: list[int]) -> None:
    clock = VirtualClock()
    for step in steps:
        clock.advance(step / 1e9)
    assert clock.seconds() == sum(steps) / 1e9


def test_every_function_of_the_time_module_tells_the_clock() -> None:
    clock = VirtualClock()
    clock.advance(1.5)
    with clock.redirecting_time():
        assert time.monotonic() == time.perf_counter() == 1.5
        assert time.monotonic_ns() == time.perf_counter_ns() == 1_500_000_001
        assert datetime.fromtimestamp(time.time(), UTC) == datetime(2026, 1, 1, 0, 0, 1, 500_000, UTC)
        assert time.time_ns() == 1_767_225_601_500_000_000


def test_the_time_module_is_put_back_after_a_failure() -> None:
    before = (
        time.time,
        time.time_ns,
        time.monotonic,
        time.monotonic_ns,
        time.perf_counter,
        time.perf_counter_ns,
    )
    with pytest.raises(ValueError, match="inside"), VirtualClock().redirecting_time():
        raise ValueError("inside")
    after = (
        time.time,
        time.time_ns,
        time.monotonic,
        time.monotonic_ns,
        time.perf_counter,
        time.perf_counter_ns,
    )
    assert after == before
