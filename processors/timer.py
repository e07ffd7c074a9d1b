"""A timer: one wait with an end, restarted or cancelled at will, owned by a processor."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from pipecat.processors.frame_processor import FrameProcessor


class Timer:
    """Calls ``then`` once, ``seconds`` after ``start``, unless it is cancelled or started again before."""

    def __init__(self, owner: FrameProcessor, seconds: float, then: Callable[[], Awaitable[None]]) -> None:
        self._owner = owner
        self._seconds = seconds
        self._then = then
        self._handle: asyncio.TimerHandle | None = None

    def start(self) -> None:
        """Begin the wait, afresh if one is under way."""
        self.cancel()
        self._handle = asyncio.get_running_loop().call_later(self._seconds, self._fire)

    def cancel(self) -> None:
        """Forget the wait, if there is one."""
        if self._handle is not None:
            self._handle.cancel()
            self._handle = None

    def _fire(self) -> None:
        self._handle = None
        self._owner.create_task(self._run(), "timer")

    async def _run(self) -> None:
        await self._then()
