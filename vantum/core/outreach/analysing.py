"""When an analysis that failed is tried again, and when it is not worth it any more.

Law: every call comes to an analysis or to a reason why it has none. What no waiting helps is not waited for.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from vantum.core.faults import Fault

WAITS: Final = tuple(timedelta(seconds=seconds) for seconds in (10, 60, 300, 1_800, 7_200))
"""Behind each attempt, growing; behind the last one there is no other."""
ATTEMPTS: Final = len(WAITS) + 1
HOPELESS: Final = 2
"""Attempts at what the same request will never bring: a model may answer with nonsense once."""


def wait_after(attempt: int, fault: Fault) -> timedelta | None:
    """How long to wait behind a failed attempt, counted from 1; None when no other is made."""
    if attempt >= ATTEMPTS or (fault is Fault.FATAL and attempt >= HOPELESS):
        return None
    return WAITS[attempt - 1]
