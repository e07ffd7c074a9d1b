"""The head of every pipeline: what came off the wire goes in as frames."""

from __future__ import annotations

from collections import deque

from pipecat.audio.dtmf.types import KeypadEntry
from pipecat.frames.frames import (
    EndFrame,
    Frame,
    InputAudioRawFrame,
    InputDTMFFrame,
    InputTransportMessageFrame,
    StartFrame,
)
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor

from vantum.core.audio import seconds
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
        self._started = False
        self._early: deque[Frame] = deque()
        self._early_seconds = 0.0

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        """Pass everything; the start frame lets in what was early."""
        await super().process_frame(frame, direction)
        if isinstance(frame, EndFrame):
            self.draining = True
        await self.push_frame(frame, direction)
        if isinstance(frame, StartFrame):
            self._started = True
            while self._early:
                await self.push_frame(self._early.popleft())

    async def hear(self, pcm: bytes, rate: int) -> None:
        """PCM16 mono of the caller at ``rate`` Hz."""
        frame = InputAudioRawFrame(pcm, rate, 1)
        if self._started:
            await self.push_frame(frame)
            return
        self._early.append(frame)
        self._early_seconds += seconds(pcm, rate)
        while self._early_seconds > EARLY_SECONDS:
            self._drop_oldest_audio()

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
