"""When a provider is left alone, and when it is used again."""

from __future__ import annotations

import pytest

from vantum.core.breaker import LONGEST_REST_SECONDS, REST_SECONDS, WINDOW_SECONDS, Breaker, Circuit
from vantum.core.faults import Fault


def broken(at: float = 0.0) -> Breaker:
    breaker = Breaker()
    breaker.failed(at, Fault.AUTH)
    return breaker


def test_three_failures_in_the_window_open_it() -> None:
    breaker = Breaker()
    states = []
    for at in (0.0, 10.0, 20.0):
        breaker.failed(at, Fault.NETWORK)
        states.append(breaker.circuit)
    assert states == [Circuit.CLOSED, Circuit.CLOSED, Circuit.OPEN]
    assert breaker.probe_at == 20.0 + REST_SECONDS


def test_failures_that_are_far_apart_do_not() -> None:
    breaker = Breaker()
    for index in range(10):
        breaker.failed(index * WINDOW_SECONDS * 0.6, Fault.RATE_LIMIT)
    assert breaker.usable
    assert breaker.probe_at is None


def test_failures_among_many_successes_do_not() -> None:
    breaker = Breaker()
    for at in range(7):
        breaker.succeeded(at)
    for at in range(6):
        breaker.failed(7 + at, Fault.NETWORK)
    assert breaker.usable
    breaker.failed(13, Fault.NETWORK)
    assert not breaker.usable


def test_a_bad_key_opens_it_at_once_and_a_bad_request_never() -> None:
    assert not broken().usable
    breaker = Breaker()
    for _ in range(10):
        breaker.failed(0.0, Fault.FATAL)
    assert breaker.usable


def test_a_probe_that_succeeds_closes_it() -> None:
    breaker = broken()
    breaker.probing()
    assert (breaker.circuit, breaker.usable, breaker.probe_at) == (Circuit.HALF_OPEN, False, None)
    breaker.probed(6.0, well=True)
    assert breaker.usable
    breaker.failed(7.0, Fault.NETWORK)
    assert breaker.usable


def test_a_probe_that_fails_doubles_the_rest_up_to_a_bound() -> None:
    breaker, now, rests = broken(), 0.0, []
    for _ in range(6):
        assert breaker.probe_at is not None
        rests.append(breaker.probe_at - now)
        now = breaker.probe_at
        breaker.probing()
        breaker.probed(now, well=False)
    assert rests == [5.0, 10.0, 20.0, 40.0, LONGEST_REST_SECONDS, LONGEST_REST_SECONDS]


@pytest.mark.parametrize("well", [True, False])
def test_a_call_that_is_served_is_a_better_proof_than_a_probe(well: bool) -> None:
    breaker = broken()
    breaker.probing()
    breaker.succeeded(5.5)
    breaker.probed(6.0, well=well)
    assert breaker.usable


def test_a_failure_while_it_is_open_changes_nothing() -> None:
    breaker = broken()
    breaker.failed(1.0, Fault.AUTH)
    assert breaker.probe_at == REST_SECONDS
