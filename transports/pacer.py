"""One pacer for the output of all calls of a process, with absolute deadlines.

Each output says when it is due next; being called late moves no later deadline, so nothing drifts.
"""

from __future__ import annotations

import asyncio
import heapq
import math
import time
from itertools import count
from typing import Protocol

from loguru import logger

SLACK_SECONDS = 0.001
"""Timers fire up to this early; work that is due within it is done, as of the time at which it is due."""

NEVER = math.inf


class Paced(Protocol):
    """Something with work at known times."""

    def step(self, now: float) -> float | None:
        """Do what is due at ``now``; return when the next work is due, or None."""


class Pacer:
    """Calls each ``Paced`` when it is due. Times are ``time.monotonic()`` seconds."""

    def __init__(self) -> None:
        self._due: dict[Paced, float] = {}
        self._heap: list[tuple[float, int, Paced]] = []
        self._order = count()
        self._timer: asyncio.TimerHandle | None = None
        self._timer_at = NEVER

    def schedule(self, paced: Paced, due: float | None) -> None:
        """Call ``paced`` at ``due``, instead of any time said before; None forgets it."""
        if due is None:
            self._due.pop(paced, None)
            return
        self._due[paced] = due
        heapq.heappush(self._heap, (due, next(self._order), paced))
        if due < self._timer_at:
            self._arm(due)

    def _arm(self, due: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer_at = due
        delay = max(0.0, due - time.monotonic())
        self._timer = asyncio.get_running_loop().call_later(delay, self._run)

    def _run(self) -> None:
        # Armed once all that is due is done: what is scheduled meanwhile may not be the next.
        self._timer, self._timer_at = None, 0.0
        now = time.monotonic()
        while self._heap and self._heap[0][0] <= now + SLACK_SECONDS:
            due, _, paced = heapq.heappop(self._heap)
            if self._due.get(paced) == due:
                del self._due[paced]
                self._step(paced, max(now, due))
        self._timer_at = NEVER
        if self._heap:
            self._arm(self._heap[0][0])

    def _step(self, paced: Paced, now: float) -> None:
        try:
            due = paced.step(now)
        except Exception:
            # One call's fault must not silence the others.
            logger.exception("An output failed and is no longer paced.")
        else:
            if due is not None:
                self.schedule(paced, due)
