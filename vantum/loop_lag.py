"""Watches how late the event loop is, so that no call is taken while those under way would stutter."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager

from vantum.core.admission import Admission

EVERY_SECONDS = 0.05


class _Watch:
    """Looks at the clock twenty times a second."""

    def __init__(self, admission: Admission) -> None:
        self._admission = admission
        self._loop = asyncio.get_running_loop()
        self._due = self._loop.time()
        self._handle = self._wait()

    def stop(self) -> None:
        self._handle.cancel()

    def _wait(self) -> asyncio.TimerHandle:
        self._due = self._loop.time() + EVERY_SECONDS
        return self._loop.call_at(self._due, self._look)

    def _look(self) -> None:
        self._admission.lagged(self._loop.time() - self._due, time.monotonic())
        self._handle = self._wait()


@contextmanager
def watched_loop(admission: Admission) -> Iterator[None]:
    """Tell ``admission`` of every lag while the block lasts."""
    watch = _Watch(admission)
    try:
        yield
    finally:
        watch.stop()
