"""How often and how soon a provider is tried again."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vantum.core.faults import Fault
from vantum.core.retry import JITTER, PATIENCE_SECONDS, Phase, jittered, waits


@pytest.mark.parametrize("phase", Phase)
@pytest.mark.parametrize("fault", [Fault.AUTH, Fault.FATAL])
def test_what_no_retry_helps_is_not_tried_again(fault: Fault, phase: Phase) -> None:
    assert waits(fault, phase) == ()
    assert waits(fault, phase, 0.1) == ()


def test_a_network_gets_more_time_while_nobody_waits() -> None:
    assert waits(Fault.NETWORK, Phase.MID_CALL) == (0.0, 0.1, 0.5)
    assert waits(Fault.NETWORK, Phase.CONNECT) == (0.0, 0.1, 1.0, 3.0, 5.0)


@pytest.mark.parametrize(
    ("asked", "waited"),
    [(None, (1.0,)), (0.2, (0.2,)), (PATIENCE_SECONDS, (PATIENCE_SECONDS,)), (PATIENCE_SECONDS + 0.1, ())],
)
def test_a_provider_gets_the_time_it_asks_for_within_the_callers_patience(
    asked: float | None, waited: tuple[float, ...]
) -> None:
    assert waits(Fault.RATE_LIMIT, Phase.MID_CALL, asked) == waited


@given(st.floats(0, 100), st.floats(0, 1))
def test_a_wait_differs_by_no_more_than_its_share(seconds: float, chance: float) -> None:
    assert seconds * (1 - JITTER) - 1e-9 <= jittered(seconds, chance) <= seconds * (1 + JITTER) + 1e-9


def test_chance_spreads_a_wait_evenly() -> None:
    assert [jittered(1.0, chance) for chance in (0.0, 0.5, 1.0)] == pytest.approx([0.9, 1.0, 1.1])
