"""The voice activity detector: tells the rest of the call when the caller starts and stops speaking.

It passes the audio on in frames of 40 ms, which spares the processors behind it half of their hops.
"""

from __future__ import annotations

import asyncio

from pipecat.frames.frames import (
    Frame,
    InputAudioRawFrame,
    InputTransportMessageFrame,
    StartFrame,
    VADUserStartedSpeakingFrame,
    VADUserStoppedSpeakingFrame,
)
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor

from processors.silero import SileroBatch, SileroStream
from vantum.core.audio import PIPELINE_RATE, SAMPLE_BYTES
from vantum.core.events import TurnEndedByHand
from vantum.core.vad import Change, VadSettings, VoiceActivity

FRAME_SECONDS = 0.04
GAP_SECONDS = 0.6
"""Audio that stops arriving in the middle of speech (a muted or stuck client) ends the speech after this long."""


class VAD(FrameProcessor):
    """Silero over the caller's audio at ``rate`` Hz; ``batch`` is shared by all calls of the process."""

    def __init__(
        self, batch: SileroBatch, settings: VadSettings | None = None, rate: int = PIPELINE_RATE
    ) -> None:
        super().__init__(enable_direct_mode=True)
        self._activity = VoiceActivity(settings or VadSettings())
        self._batch = batch
        self._stream = SileroStream(batch, rate, self._heard)
        self._rate = rate
        self._held = bytearray()
        self._frame_bytes = int(FRAME_SECONDS * rate) * SAMPLE_BYTES
        self._last_audio = 0.0
        self._watchdog: asyncio.TimerHandle | None = None
        self._changes: asyncio.Queue[Change] = asyncio.Queue()
        self._teller: asyncio.Task[None] | None = None

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        """Look at audio and pass everything on."""
        await super().process_frame(frame, direction)
        match frame:
            case InputAudioRawFrame() if direction is FrameDirection.DOWNSTREAM:
                await self._take(frame.audio)
                return
            case StartFrame():
                self._teller = self.create_task(self._tell_changes(), "vad_changes")
            case InputTransportMessageFrame(message=TurnEndedByHand()):
                await self._audio_pauses(stop_seconds=0.0)
        await self.push_frame(frame, direction)

    async def cleanup(self) -> None:
        """Leave the shared batch."""
        self._batch.withdraw(self._stream)
        if self._watchdog is not None:
            self._watchdog.cancel()
        if self._teller is not None:
            await self.cancel_task(self._teller)
        await super().cleanup()

    async def _take(self, pcm: bytes) -> None:
        self._last_audio = asyncio.get_running_loop().time()
        self._stream.feed(pcm)
        self._held += pcm
        if len(self._held) >= self._frame_bytes:
            await self._pass_audio()

    async def _pass_audio(self) -> None:
        pcm = bytes(self._held)
        self._held.clear()
        if pcm:
            await self.push_frame(InputAudioRawFrame(pcm, self._rate, 1))

    def _heard(self, probability: float, level_db: float) -> None:
        change = self._activity.step(probability, level_db)
        if change is not None:
            self._changes.put_nowait(change)

    async def _tell_changes(self) -> None:
        """Tell the pipeline of changes, in order, each after the audio that caused it."""
        while True:
            await self._tell(await self._changes.get(), self._activity.stop_seconds)

    async def _tell(self, change: Change, stop_seconds: float) -> None:
        await self._pass_audio()
        match change:
            case Change.STARTED:
                self._watch()
                await self.push_frame(VADUserStartedSpeakingFrame(start_secs=self._activity.start_seconds))
            case Change.STOPPED:
                await self.push_frame(VADUserStoppedSpeakingFrame(stop_secs=stop_seconds))

    def _watch(self) -> None:
        """While the caller speaks, make sure that audio keeps coming."""
        loop = asyncio.get_running_loop()
        self._watchdog = loop.call_at(self._last_audio + GAP_SECONDS, self._check_gap)

    def _check_gap(self) -> None:
        self._watchdog = None
        if not self._activity.speaking:
            return
        if asyncio.get_running_loop().time() - self._last_audio >= GAP_SECONDS:
            self.create_task(self._audio_pauses(GAP_SECONDS), "vad_gap")
        else:
            self._watch()

    async def _audio_pauses(self, stop_seconds: float) -> None:
        """No audio follows for now: what came is looked at to its end, and whoever speaks has stopped."""
        self._stream.finish()
        while not self._changes.empty():
            await self._tell(self._changes.get_nowait(), self._activity.stop_seconds)
        await self._pass_audio()
        was_speaking = self._activity.speaking
        self._activity.reset()
        self._stream.forget()
        if was_speaking:
            await self._tell(Change.STOPPED, stop_seconds)
