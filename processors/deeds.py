"""Does what was decided, in order, in a task of its own: those that bring the news may be cancelled by it."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from weakref import proxy

from pipecat.processors.frame_processor import FrameProcessor

from processors.weakly import weakly
from vantum.core.acts import Act, Acts

WAIT_SECONDS = 1.0
"""To do what was decided takes far less."""


class Deeds:
    """Gives each of ``acts`` to ``do``, as a task of ``processor``."""

    def __init__(self, processor: FrameProcessor, acts: Acts, do: Callable[[Act], Awaitable[None]]) -> None:
        self._processor = proxy(processor)
        self._acts = acts
        self._do = weakly(do)
        self._news = asyncio.Event()
        self._done = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Do what waits, and what comes."""
        self._task = self._processor.create_task(self._run(), "deeds")

    def decided(self) -> None:
        """There may be acts to do."""
        self._done.clear()
        self._news.set()

    async def wait(self) -> None:
        """Wait until all is done, for a limited time."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(WAIT_SECONDS):
                await self._done.wait()

    async def cancel(self) -> None:
        """Do nothing more."""
        if self._task is not None:
            await self._processor.cancel_task(self._task)

    async def _run(self) -> None:
        while True:
            await self._news.wait()
            self._news.clear()
            for act in self._acts.take():
                await self._do(act)
            if not self._news.is_set():
                self._done.set()
