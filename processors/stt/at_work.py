"""One recogniser at work inside another processor: it is given the tape first, and then what comes."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterable
from contextlib import suppress
from typing import Protocol

from pipecat.frames.frames import Frame, StartFrame, STTUpdateSettingsFrame
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor, FrameProcessorSetup
from pipecat.services.settings import STTSettings
from pipecat.services.stt_service import STTService

from processors.inner import Inner
from processors.stt.heard_tape import HeardTape

TELL_SECONDS = 1.0
"""How long a recogniser may take to follow to another language before it is given audio."""


class Reports(Protocol):
    """Who is told what becomes of a recogniser."""

    async def made(self, work: STTAtWork, frame: Frame) -> None:
        """It pushed a frame."""

    def hears(self, work: STTAtWork) -> None:
        """It says that what it is given arrives."""

    def is_deaf(self, work: STTAtWork) -> None:
        """It says that nothing arrives for the moment."""

    def broke(self, work: STTAtWork, problem: Exception) -> None:
        """It could not be set up."""


class STTAtWork:
    """``service`` from its beginning to its end."""

    def __init__(
        self, owner: FrameProcessor, service: FrameProcessor, tape: HeardTape, reports: Reports
    ) -> None:
        self._owner = owner
        self._tape = tape
        self._reports = reports
        self._inner = Inner(owner, service, self._take)
        self._beginning: asyncio.Task[None] | None = None
        self._linked = False
        """Whether it tells of its link by itself."""
        self._live = False
        self._untold: deque[Frame] = deque()
        if isinstance(service, STTService):
            service.add_event_handler("on_connected", self._connected)
            service.add_event_handler("on_disconnected", self._disconnected)

    def start(self, setup: FrameProcessorSetup, frame: StartFrame, standing: Iterable[Frame]) -> None:
        """Begin; ``standing`` is what it is to know before it hears anything."""
        self._untold.extend(standing)
        self._inner.start(setup, frame, self._failed)
        self._beginning = self._owner.create_task(self._begin(), "stt_begins")

    async def give(self) -> None:
        """There is more on the tape."""
        if self._live:
            await self._inner.send(self._tape.take())

    async def tell(self, frame: Frame) -> None:
        """Something else that it needs to know."""
        if self._live:
            await self._inner.send(_own(frame))
        else:
            self._untold.append(frame)

    async def end(self) -> None:
        """Let it give the words that are still to come, and let it go."""
        await self._stop_beginning()
        await self._inner.end()

    async def close(self) -> None:
        """Let it go."""
        await self._stop_beginning()
        await self._inner.close()

    async def _begin(self) -> None:
        await self._inner.ready()
        if not self._linked:
            self._reports.hears(self)
        while self._untold or self._tape.waits:
            if self._untold:
                await self._tell_and_wait(self._untold.popleft())
            else:
                await self._inner.send(self._tape.take())
        self._live = True

    async def _tell_and_wait(self, frame: Frame) -> None:
        """Settings go at a slower pace through a service than audio does, and may cost it its link."""
        done = asyncio.Event()

        async def processed(_: FrameProcessor, __: Frame, ___: FrameDirection) -> None:
            done.set()

        with suppress(TimeoutError):
            async with asyncio.timeout(TELL_SECONDS):
                await self._inner.service.queue_frame(_own(frame), FrameDirection.DOWNSTREAM, processed)
                await done.wait()

    async def _stop_beginning(self) -> None:
        self._live = False
        if self._beginning is not None:
            await self._owner.cancel_task(self._beginning)
            self._beginning = None

    async def _take(self, frame: Frame, _: FrameDirection) -> None:
        await self._reports.made(self, frame)

    async def _failed(self, problem: Exception) -> None:
        self._reports.broke(self, problem)

    async def _connected(self, _: FrameProcessor) -> None:
        self._linked = True
        self._reports.hears(self)

    async def _disconnected(self, _: FrameProcessor) -> None:
        self._linked = True
        self._reports.is_deaf(self)


def _own(frame: Frame) -> Frame:
    """A frame of its own for each service: they write into the settings that they are given."""
    match frame:
        case STTUpdateSettingsFrame(delta=STTSettings() as settings):
            return STTUpdateSettingsFrame(delta=settings.copy())
        case _:
            return frame
