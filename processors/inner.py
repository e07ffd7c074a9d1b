"""A service at work inside another processor: it can be begun, exchanged and ended while the pipeline runs.

The pipeline's own frames never pass through it, so nothing waits for a provider that is slow or dead; the processor
around it (``owner``) sends it what it needs, and is given what it makes.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

from loguru import logger
from pipecat.frames.frames import CancelFrame, EndFrame, Frame, StartFrame
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor, FrameProcessorSetup

from processors.parted import part
from processors.weakly import weakly

START_SECONDS = 5.0
"""How long a service may take to be set up."""
STOP_SECONDS = 0.6
"""How long a service may take to finish, then to say goodbye, and then to let go: all within two seconds."""
MOST_WAITING = 1000
"""Frames kept for a service that is not up yet: 20 s of audio in chunks of 20 ms."""

Take = Callable[[Frame, FrameDirection], Awaitable[None]]


class Inner:
    """One service. ``take`` is given each frame that it pushes, those that it passes on among them."""

    def __init__(self, owner: FrameProcessor, service: FrameProcessor, take: Take) -> None:
        self.service = service
        self._owner = owner
        self._take = weakly(take)
        self._head, self._tail = _End(weakly(self._taken)), _End(weakly(self._taken))
        self._up = asyncio.Event()
        self._left = asyncio.Event()
        self._waiting = 0
        self._starting: asyncio.Task[None] | None = None
        self._closed = False

    def start(
        self, setup: FrameProcessorSetup, frame: StartFrame, failed: Callable[[Exception], Awaitable[None]]
    ) -> None:
        """Begin to set the service up; ``failed`` is told why it could not be."""
        self._starting = self._owner.create_task(self._start(setup, frame, failed), "inner")

    async def ready(self) -> None:
        """Wait until the service is up; one that could not be set up never is."""
        await self._up.wait()

    async def send(self, frame: Frame, direction: FrameDirection = FrameDirection.DOWNSTREAM) -> None:
        """Give the service a frame; it waits until the service is up."""
        if self._closed:
            return
        if not self._up.is_set():
            self._waiting += 1
            if self._waiting > MOST_WAITING:
                return
        await self.service.queue_frame(frame, direction)

    async def end(self) -> None:
        """Let the service finish what it has, give what it still makes, and let it go."""
        if self._up.is_set() and not self._closed:
            await self.service.queue_frame(EndFrame())
            with suppress(TimeoutError):
                async with asyncio.timeout(STOP_SECONDS):
                    await self._left.wait()
        await self.close()

    async def close(self) -> None:
        """Let the service go at once; nothing that it makes is given from here on."""
        if self._closed:
            return
        self._closed = True
        if self._starting is not None and self._starting is not asyncio.current_task():
            await self._owner.cancel_task(self._starting)
        try:
            async with asyncio.timeout(STOP_SECONDS):
                if self._up.is_set() and not self._left.is_set():
                    await self.service.queue_frame(CancelFrame())
                    await self._left.wait()
        except TimeoutError:
            logger.warning("A service did not say goodbye in time.", service=self.service.name)
        try:
            async with asyncio.timeout(STOP_SECONDS):
                await asyncio.gather(*(part.cleanup() for part in (self.service, self._head, self._tail)))
        except TimeoutError:
            logger.warning("A service did not let go in time.", service=self.service.name)
        for processor in (self.service, self._head, self._tail):
            part(processor)

    async def _start(
        self, setup: FrameProcessorSetup, frame: StartFrame, failed: Callable[[Exception], Awaitable[None]]
    ) -> None:
        self._head.link(self.service)
        self.service.link(self._tail)
        try:
            async with asyncio.timeout(START_SECONDS):
                for part in (self._head, self._tail, self.service):
                    await part.setup(setup)
                await self.service.queue_frame(frame)
                await self._up.wait()
        except Exception as error:
            # Whatever a provider's SDK raises.
            await failed(error)

    async def _taken(self, frame: Frame, direction: FrameDirection) -> None:
        match frame:
            case StartFrame():
                self._up.set()
            case EndFrame() | CancelFrame():
                self._left.set()
            case _ if not self._closed:
                await self._take(frame, direction)


class _End(FrameProcessor):
    """What stands before and behind the service."""

    def __init__(self, take: Take) -> None:
        super().__init__(enable_direct_mode=True)
        self._take = take

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        await super().process_frame(frame, direction)
        await self._take(frame, direction)
