"""A timer: one wait with an end, set again or cancelled at will, owned by a processor."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from weakref import proxy

from pipecat.processors.frame_processor import FrameProcessor

from processors.weakly import weakly


class Timer:
    """Calls ``then`` at the time it is set to, in ``time.monotonic()`` seconds, unless it is set otherwise before.

    ``then`` is given the time, which is never before the one that the timer was set to.
    """

    def __init__(self, owner: FrameProcessor, then: Callable[[float], Awaitable[None]]) -> None:
        self._owner = proxy(owner)
        self._then = weakly(then)
        self._at: float | None = None
        self._handle: asyncio.TimerHandle | None = None

    def set(self, at: float | None) -> None:
        """Wait until ``at``; None waits for nothing."""
        if at == self._at:
            return
        self.cancel()
        if at is not None:
            self._at = at
            delay = max(0.0, at - time.monotonic())
            self._handle = asyncio.get_running_loop().call_later(delay, self._fire, at)

    def cancel(self) -> None:
        """Forget the wait, if there is one."""
        self._at = None
        if self._handle is not None:
            self._handle.cancel()
            self._handle = None

    def _fire(self, at: float) -> None:
        self._at = self._handle = None
        # A loop rounds times: one that it takes for reached may be a hair's breadth away, for ever.
        self._owner.create_task(self._run(max(at, time.monotonic())), "timer")

    async def _run(self, now: float) -> None:
        await self._then(now)
