"""A worker's part in what the server may do, and what it hears from the front while it is at work."""

from __future__ import annotations

import pytest

from vantum.settings import load_settings
from vantum.workers.worker import shared


@pytest.mark.parametrize(
    ("workers", "calls", "queued", "rate"),
    [(1, 100, 7, 1.0), (2, 50, 4, 0.5), (3, 34, 3, 1 / 3), (200, 1, 1, 0.005)],
)
def test_limits_of_the_server_are_shared(workers: int, calls: int, queued: int, rate: float) -> None:
    given = {"VANTUM_MAX_CALLS": "100", "VANTUM_MAX_QUEUED_CALLS": "7", "VANTUM_CALLS_PER_SECOND": "1"}
    mine = shared(load_settings({}, None, given), workers)
    assert (mine.max_calls, mine.max_queued_calls, mine.calls_per_second) == (calls, queued, rate)
    assert mine.max_calls_per_address == load_settings({}, None).max_calls_per_address
