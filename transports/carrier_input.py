"""The head of every pipeline: what came off the wire goes in as frames."""

from __future__ import annotations

import asyncio
from collections import deque

from pipecat.audio.dtmf.types import KeypadEntry
from pipecat.frames.frames import (
    CancelFrame,
    EndFrame,
    Frame,
    InputAudioRawFrame,
    InputDTMFFrame,
    InputTransportMessageFrame,
    StartFrame,
)
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor
from pipecat.utils.errors import ErrorCategory

from vantum.core.audio import seconds
from vantum.core.audio_way import Hears, hearer
from vantum.core.events import ClientRequest

MOST_WAITING = 1_000
"""Requests and keys beyond these are not kept, for a pipeline that is still being set up or takes nothing."""
WAITING_SECONDS = 5.0
"""How much audio is kept for it; older audio goes first."""


class CarrierInput(FrameProcessor):
    """Puts the caller's audio and requests into the pipeline, in the order in which they came; never waits.

    Audio goes the short way where who comes next knows it; all else, and what comes before the pipeline is up, waits
    as frames for its turn. ``draining`` is True from the frame that ends the pipeline on: what is in it may still be
    spoken.
    """

    def __init__(self) -> None:
        super().__init__(enable_direct_mode=True)
        self.draining = False
        self._canceled = False
        self._next_hears: Hears | None = None
        self._waiting: deque[Frame] = deque()
        self._waiting_seconds = 0.0
        self._under_way = False
        self._news = asyncio.Event()
        self._pushing: asyncio.Task[None] | None = None

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        """Pass everything; the start frame lets in what waits."""
        await super().process_frame(frame, direction)
        match frame:
            case EndFrame():
                self.draining = True
            case CancelFrame():
                self._canceled = True
        await self.push_frame(frame, direction)
        if isinstance(frame, StartFrame):
            self._next_hears = hearer(self.next)
            await self._push_waiting()
            self._pushing = self.create_task(self._keep_pushing(), "carrier_input")

    async def cleanup(self) -> None:
        """Push nothing more."""
        if self._pushing is not None:
            await self.cancel_task(self._pushing)
        await super().cleanup()

    def hear(self, pcm: bytes, rate: int) -> None:
        """PCM16 mono of the caller at ``rate`` Hz."""
        if self._next_hears is None or self._waiting or self._under_way:
            self._wait(InputAudioRawFrame(pcm, rate, 1))
            self._waiting_seconds += seconds(pcm, rate)
            while self._waiting_seconds > WAITING_SECONDS:
                self._drop_oldest_audio()
        elif not self._canceled:
            try:
                self._next_hears.hear(pcm, rate)
            except Exception as error:
                # As the engine does with what a processor raises: the call hears of it, and goes on.
                problem = f"The caller's sound was not taken: {error}"
                self.create_task(self.push_error(problem, error, category=ErrorCategory.UNKNOWN), "unheard")

    def request(self, request: ClientRequest) -> None:
        """The client asked for something."""
        self._let_in(InputTransportMessageFrame(message=request))

    def press(self, key: str) -> None:
        """The caller pressed a key of the telephone: a digit, ``*`` or ``#``."""
        self._let_in(InputDTMFFrame(button=KeypadEntry(key)))

    def _let_in(self, frame: Frame) -> None:
        if len(self._waiting) < MOST_WAITING:
            self._wait(frame)

    def _wait(self, frame: Frame) -> None:
        self._waiting.append(frame)
        self._news.set()

    async def _keep_pushing(self) -> None:
        while True:
            await self._news.wait()
            await self._push_waiting()
            self._news.clear()

    async def _push_waiting(self) -> None:
        while self._waiting:
            frame = self._waiting.popleft()
            if isinstance(frame, InputAudioRawFrame):
                self._waiting_seconds -= seconds(frame.audio, frame.sample_rate)
            self._under_way = True
            await self.push_frame(frame)
            self._under_way = False

    def _drop_oldest_audio(self) -> None:
        oldest = next(frame for frame in self._waiting if isinstance(frame, InputAudioRawFrame))
        self._waiting.remove(oldest)
        self._waiting_seconds -= seconds(oldest.audio, oldest.sample_rate)
