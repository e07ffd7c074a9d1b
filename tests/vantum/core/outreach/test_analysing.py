"""How long is waited behind an attempt at an analysis, and when nobody tries any more."""

from __future__ import annotations

import pytest

from vantum.core.faults import Fault
from vantum.core.outreach.analysing import ATTEMPTS, HOPELESS, WAITS, wait_after


@pytest.mark.parametrize("fault", [Fault.AUTH, Fault.NETWORK, Fault.RATE_LIMIT])
def test_waits_grow_and_end(fault: Fault) -> None:
    waits = [wait_after(attempt, fault) for attempt in range(1, ATTEMPTS + 1)]
    assert waits == [*WAITS, None]
    assert [*WAITS] == sorted(WAITS)


def test_what_is_hopeless_is_given_up_sooner() -> None:
    assert wait_after(HOPELESS - 1, Fault.FATAL) == WAITS[0]
    assert wait_after(HOPELESS, Fault.FATAL) is None
