"""The resampler: brings audio of any rate to the rate that the next processors work at.

soxr's LQ recipe holds back 11 ms from 48 kHz and 32 ms from 8 kHz, at 88 dB SNR at 1 and 3 kHz: its short delay
costs nothing that a call can hear. One stream per direction and call; nothing is done when the rates agree.
"""

from __future__ import annotations

import numpy as np
import soxr
from pipecat.frames.frames import (
    EndFrame,
    Frame,
    InputAudioRawFrame,
    InputTransportMessageFrame,
    InterruptionFrame,
    OutputAudioRawFrame,
    StartFrame,
    TTSStoppedFrame,
)
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor, FrameProcessorSetup

from vantum.core.audio import MAX_RATE, MIN_RATE, PIPELINE_RATE, SAMPLE_BYTES
from vantum.core.audio_way import Hears, hearer
from vantum.core.events import TurnEndedByHand

QUALITY = "LQ"

Kind = type[InputAudioRawFrame] | type[OutputAudioRawFrame]


class ResampleStream:
    """One continuous stream of PCM16 mono from ``source`` to ``target`` Hz."""

    def __init__(self, source: int, target: int) -> None:
        self.source = source
        self.target = target
        self._soxr = self._fresh()

    def convert(self, pcm: bytes) -> bytes:
        """The part of the stream that is ready after ``pcm``; a few milliseconds are held back."""
        return self._soxr.resample_chunk(np.frombuffer(pcm, np.int16)).tobytes()

    def flush(self) -> bytes:
        """What was held back; the next ``convert`` begins a new stream."""
        rest = self._soxr.resample_chunk(np.empty(0, np.int16), last=True).tobytes()
        self._soxr = self._fresh()
        return rest

    def _fresh(self) -> soxr.ResampleStream:
        return soxr.ResampleStream(self.source, self.target, 1, dtype="int16", quality=QUALITY)


class Resampler(FrameProcessor):
    """Converts the audio that passes downstream to ``rate`` Hz (8000..48000; None: what the pipeline hears at).

    At the head of a pipeline it serves the caller's audio, before the transport output the bot's. The tail that
    the filter holds back leaves at the end of an utterance or of the caller's turn by hand; what an interruption
    cuts is dropped.
    """

    def __init__(self, rate: int | None = None) -> None:
        if rate is not None and not MIN_RATE <= rate <= MAX_RATE:
            raise ValueError(f"rate is {rate}; it must lie between {MIN_RATE} and {MAX_RATE}.")
        super().__init__(enable_direct_mode=True)
        self._own_rate = rate
        self._rate = rate or PIPELINE_RATE
        self._stream: ResampleStream | None = None
        self._kind: Kind = InputAudioRawFrame
        self._next_hears: Hears | None = None

    async def setup(self, setup: FrameProcessorSetup) -> None:  # type: ignore[override]
        """Learn the rate at which the pipeline hears."""
        await super().setup(setup)
        self._rate = self._own_rate or setup.audio_in_sample_rate or PIPELINE_RATE

    async def cleanup(self) -> None:
        """Let go of the filter."""
        self._stream = None
        await super().cleanup()

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        """Convert audio, flush at the end of an utterance, pass everything else."""
        await super().process_frame(frame, direction)
        if direction is FrameDirection.UPSTREAM:
            await self.push_frame(frame, direction)
            return
        match frame:
            case InputAudioRawFrame() | OutputAudioRawFrame():
                await self._convert(frame)
                return
            case InterruptionFrame() if self._kind is OutputAudioRawFrame:
                self._stream = None
            case TTSStoppedFrame() if self._kind is OutputAudioRawFrame:
                await self._push_tail()
            case _ if _ends_input(frame):
                await self._push_tail()
        await self.push_frame(frame, direction)
        if isinstance(frame, StartFrame):
            # Who comes next knows by then whether it may be given sound.
            self._next_hears = hearer(self.next)

    @property
    def hears(self) -> bool:
        """Whether who comes next may be given sound at once."""
        return self._next_hears is not None

    def hear(self, pcm: bytes, rate: int) -> None:
        """The caller's audio on the short way."""
        _, tail, converted = self._converted(pcm, rate, InputAudioRawFrame)
        self._give(tail)
        self._give(converted)

    async def _convert(self, frame: InputAudioRawFrame | OutputAudioRawFrame) -> None:
        kind: Kind = InputAudioRawFrame if isinstance(frame, InputAudioRawFrame) else OutputAudioRawFrame
        kind_before, tail, pcm = self._converted(frame.audio, frame.sample_rate, kind)
        await self._push(kind_before, tail)
        if pcm:
            frame.audio = pcm
            frame.sample_rate = self._rate
            frame.num_frames = len(pcm) // SAMPLE_BYTES
            await self.push_frame(frame)

    def _converted(self, pcm: bytes, rate: int, kind: Kind) -> tuple[Kind, bytes, bytes]:
        """What the filter still held of a stream of another rate and its kind, and ``pcm`` at our rate, less what
        the filter holds back."""
        kind_before, tail = self._kind, b""
        if self._stream is not None and self._stream.source != rate:
            tail = self._tail()
        if rate == self._rate:
            return kind_before, tail, pcm
        if self._stream is None:
            self._stream = ResampleStream(rate, self._rate)
        self._kind = kind
        return kind_before, tail, self._stream.convert(pcm)

    def _tail(self) -> bytes:
        """What the filter still holds; the next sound begins a new stream."""
        stream, self._stream = self._stream, None
        return b"" if stream is None else stream.flush()

    async def _push_tail(self) -> None:
        """Pass on what the filter still holds, as audio of the last kind."""
        await self._push(self._kind, self._tail())

    async def _push(self, kind: Kind, pcm: bytes) -> None:
        if kind is InputAudioRawFrame and self._next_hears is not None:
            self._give(pcm)
        elif pcm:
            await self.push_frame(kind(pcm, self._rate, 1))

    def _give(self, pcm: bytes) -> None:
        if pcm and self._next_hears is not None:
            self._next_hears.hear(pcm, self._rate)


def _ends_input(frame: Frame) -> bool:
    """The caller's audio pauses here: the turn was ended by hand, or the call ends."""
    match frame:
        case InputTransportMessageFrame(message=TurnEndedByHand()) | EndFrame():
            return True
        case _:
            return False
