"""The head of every pipeline: what came off the wire goes in as frames."""

from __future__ import annotations

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

MOST_EARLY = 1_000
"""Requests and keys beyond these are not kept for a pipeline that is still being set up."""
EARLY_SECONDS = 5.0
"""How much audio is kept for a pipeline that is still being set up; older audio goes first."""


class CarrierInput(FrameProcessor):
    """Pushes the caller's audio and requests into the pipeline, in the order in which they came.

    ``draining`` is True from the frame that ends the pipeline on: what is in it may still be spoken.
    """

    def __init__(self) -> None:
        super().__init__(enable_direct_mode=True)
        self.draining = False
        self._started = self._canceled = False
        self._next_hears: Hears | None = None
        self._early: deque[Frame] = deque()
        self._early_seconds = 0.0

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        """Pass everything; the start frame lets in what was early."""
        await super().process_frame(frame, direction)
        match frame:
            case EndFrame():
                self.draining = True
            case CancelFrame():
                self._canceled = True
        await self.push_frame(frame, direction)
        if isinstance(frame, StartFrame):
            self._started = True
            self._next_hears = hearer(self.next)
            while self._early:
                await self.push_frame(self._early.popleft())

    async def hear(self, pcm: bytes, rate: int) -> None:
        """PCM16 mono of the caller at ``rate`` Hz."""
        if self._started:
            await self._pass_on(pcm, rate)
            return
        self._early.append(InputAudioRawFrame(pcm, rate, 1))
        self._early_seconds += seconds(pcm, rate)
        while self._early_seconds > EARLY_SECONDS:
            self._drop_oldest_audio()

    async def _pass_on(self, pcm: bytes, rate: int) -> None:
        if self._next_hears is None:
            await self.push_frame(InputAudioRawFrame(pcm, rate, 1))
        elif not self._canceled:
            try:
                await self._next_hears.hear(pcm, rate)
            except Exception as error:
                # As the engine does with what a processor raises: the call hears of it, and goes on.
                problem = f"The caller's sound was not taken: {error}"
                await self.push_error(problem, error, category=ErrorCategory.UNKNOWN)

    async def request(self, request: ClientRequest) -> None:
        """The client asked for something."""
        await self._let_in(InputTransportMessageFrame(message=request))

    async def press(self, key: str) -> None:
        """The caller pressed a key of the telephone: a digit, ``*`` or ``#``."""
        await self._let_in(InputDTMFFrame(button=KeypadEntry(key)))

    async def _let_in(self, frame: Frame) -> None:
        if self._started:
            await self.push_frame(frame)
        elif len(self._early) < MOST_EARLY:
            self._early.append(frame)

    def _drop_oldest_audio(self) -> None:
        oldest = next(frame for frame in self._early if isinstance(frame, InputAudioRawFrame))
        self._early.remove(oldest)
        self._early_seconds -= seconds(oldest.audio, oldest.sample_rate)
