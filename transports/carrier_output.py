"""The tail of every pipeline: one utterance per bot turn, paced to the ear, and the truth about what it heard.

Audio leaves at most 400 ms ahead of playing, in chunks, on the process's one pacer. When a turn has been played
or cut, ``UtteranceEnded`` with the words heard is published and goes back upstream to the conversation.
"""

from __future__ import annotations

import asyncio
import time
from typing import Protocol

import uuid_utils
from pipecat.frames.frames import (
    BotStartedSpeakingFrame,
    BotStoppedSpeakingFrame,
    CancelFrame,
    EndFrame,
    Frame,
    InputTransportMessageFrame,
    InterruptionFrame,
    LLMFullResponseEndFrame,
    LLMFullResponseStartFrame,
    OutputAudioRawFrame,
    OutputDTMFFrame,
    OutputTransportMessageUrgentFrame,
    TTSAudioRawFrame,
    TTSStoppedFrame,
    TTSTextFrame,
)
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor

from transports.hooks import Hooks
from transports.utterance import Framing, Utterance
from vantum.core.audio import SAMPLE_BYTES
from vantum.core.dtmf import tones
from vantum.core.events import (
    DigitsSent,
    Event,
    Stage,
    StageReached,
    UtteranceEnded,
    UtteranceStarted,
    WordsSpoken,
)


class Wire(Protocol):
    """What the output needs of a carrier."""

    def play(self, utterance_id: str, pcm: bytes, rate: int) -> None:
        """Send one chunk of an utterance; never waits."""


class CarrierOutput(FrameProcessor):
    """Plays what comes down the pipeline over ``wire``, framed as its carrier wants it."""

    def __init__(self, wire: Wire, framing: Framing, hooks: Hooks) -> None:
        super().__init__(enable_direct_mode=True)
        self._wire = wire
        self._framing = framing
        self._hooks = hooks
        self._utterance: Utterance | None = None
        self._response_open = False
        self._digits = ""
        self._tones: Utterance | None = None
        self._not_before = 0.0
        self._silent = asyncio.Event()
        self._silent.set()

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        """Play audio and words, publish events, pass what others may want to see."""
        await super().process_frame(frame, direction)
        if direction is FrameDirection.UPSTREAM:
            await self.push_frame(frame, direction)
            return
        match frame:
            case OutputAudioRawFrame():
                self._queue_audio(frame)
                return
            case TTSTextFrame():
                self._queue_text(frame)
                return
            case OutputDTMFFrame():
                self._digits += frame.to_string()
                self._press_keys()
                self._advance()
                return
            case OutputTransportMessageUrgentFrame() if isinstance(frame.message, Event):
                self._hooks.publish(frame.message)
                return
            case _:
                await self._obey(frame)
        await self.push_frame(frame, direction)

    async def _obey(self, frame: Frame) -> None:
        """What begins, completes and cuts a bot turn."""
        match frame:
            case LLMFullResponseStartFrame():
                self._response_open = True
            case LLMFullResponseEndFrame() if self._response_open:
                self._response_open = False
                await self._complete()
            case TTSStoppedFrame() if not self._response_open:
                await self._complete()
            case InterruptionFrame():
                await self._cut()
            case EndFrame():
                await self._finish()
            case CancelFrame():
                self._tones, self._digits = None, ""
                self._stop(time.monotonic())
            case _:
                pass

    def step(self, now: float) -> float | None:
        """Send what is due and tell the words being heard. Returns when the next work is due."""
        while (tones := self._tones) is not None:
            while (chunk := tones.next_chunk(now)) is not None:
                self._transmit(tones, chunk, now)
            if not tones.over(now):
                return tones.due()
            self._tones = None
            self._press_keys()
            self._settle()
        utterance = self._utterance
        if utterance is None:
            return None
        if now < self._not_before:
            return self._not_before
        while (chunk := utterance.next_chunk(now)) is not None:
            self._play(utterance, chunk, now)
        words = utterance.playback.tell(now)
        if words:
            self._hooks.publish(WordsSpoken(utterance.id, words))
        if utterance.over(now):
            self._ended(UtteranceEnded(utterance.id, utterance.playback.text(), interrupted=False))
            return self.step(now)
        return utterance.due()

    def confirm(self, utterance_id: str, position: int) -> None:
        """The carrier has played the first ``position`` samples of an utterance."""
        for playing in (self._tones, self._utterance):
            if playing is not None and playing.id == utterance_id:
                playing.playback.confirm(position, time.monotonic())
                self._advance()

    # --- filling ------------------------------------------------------------------------------------

    def _queue_audio(self, frame: OutputAudioRawFrame) -> None:
        if frame.sample_rate != self._framing.rate:
            raise ValueError(f"Audio at {frame.sample_rate} Hz came to an output at {self._framing.rate} Hz.")
        context = frame.context_id if isinstance(frame, TTSAudioRawFrame) else None
        utterance = self._open()
        if not utterance.queued:
            self._hooks.publish(StageReached(Stage.FIRST_AUDIO))
        utterance.queue_audio(frame.audio, context, self.get_clock().get_time())
        self._advance()

    def _queue_text(self, frame: TTSTextFrame) -> None:
        self._open().queue_text(frame.text, frame.context_id, frame.pts, self.get_clock().get_time())
        self._advance()

    def _open(self) -> Utterance:
        if self._utterance is None:
            self._utterance = Utterance(str(uuid_utils.uuid7()), self._framing)
            self._silent.clear()
        return self._utterance

    async def _complete(self) -> None:
        """No more audio follows in this turn."""
        if self._utterance is None:
            await self._report(UtteranceEnded("", "", interrupted=False))
            self._press_keys()
            self._advance()
            return
        self._utterance.complete = True
        self._advance()

    async def _finish(self) -> None:
        """The pipeline ends: what is queued is played to its end."""
        self._response_open = False
        self._press_keys()
        self._advance()
        if self._utterance is not None:
            await self._complete()
        await self._silent.wait()

    def _press_keys(self) -> None:
        """Keys are pressed between two turns, and are never cut: half a number is a wrong number."""
        if not self._digits or self._response_open or self._utterance is not None or self._tones is not None:
            return
        digits, self._digits = self._digits, ""
        self._hooks.publish(DigitsSent(digits))
        self._tones = Utterance(str(uuid_utils.uuid7()), self._framing)
        self._silent.clear()
        self._tones.queue_audio(tones(digits, self._framing.rate), None, self.get_clock().get_time())
        self._tones.complete = True

    def _advance(self) -> None:
        self._hooks.pacer.schedule(self, self.step(time.monotonic()))

    # --- playing ------------------------------------------------------------------------------------

    def _settle(self) -> None:
        if self._utterance is None and self._tones is None:
            self._silent.set()

    def _transmit(self, utterance: Utterance, chunk: bytes, now: float) -> None:
        starts_at = utterance.playback.send(len(chunk) // SAMPLE_BYTES, now)
        self._wire.play(utterance.id, chunk, self._framing.rate)
        self._hooks.tap.bot_audio(chunk, self._framing.rate, starts_at)

    def _play(self, utterance: Utterance, chunk: bytes, now: float) -> None:
        first = utterance.playback.sent == 0
        if first:
            self._hooks.publish(UtteranceStarted(utterance.id))
        self._transmit(utterance, chunk, now)
        if first:
            self._hooks.publish(StageReached(Stage.FIRST_BYTE))
            self.create_task(self._bot_started(utterance.id), "bot_started")

    async def _bot_started(self, utterance_id: str) -> None:
        await self.broadcast_frame(BotStartedSpeakingFrame)
        started = UtteranceStarted(utterance_id)
        await self.push_frame(InputTransportMessageFrame(message=started), FrameDirection.UPSTREAM)

    async def _cut(self) -> None:
        """The caller has the floor: nothing more of this turn is heard."""
        self._response_open = False
        if self._utterance is None:
            await self._report(UtteranceEnded("", "", interrupted=True))
            self._press_keys()
            self._advance()
        else:
            self._stop(time.monotonic())

    def _stop(self, now: float) -> None:
        utterance = self._utterance
        if utterance is None:
            return
        if utterance.playback.sent:
            self._not_before = now + self._framing.cut_pause_seconds
            self._hooks.tap.bot_cut(now)
        self._ended(UtteranceEnded(utterance.id, utterance.playback.heard_text(now), interrupted=True))
        self._advance()

    def _ended(self, ended: UtteranceEnded) -> None:
        heard_any = self._utterance is not None and self._utterance.playback.sent > 0
        self._utterance = None
        if heard_any:
            self._hooks.publish(ended)
        self._press_keys()
        self._settle()
        self.create_task(self._bot_stopped(ended, heard_any), "bot_stopped")

    async def _bot_stopped(self, ended: UtteranceEnded, spoke: bool) -> None:
        if spoke:
            await self.broadcast_frame(BotStoppedSpeakingFrame)
        await self._report(ended)

    async def _report(self, ended: UtteranceEnded) -> None:
        await self.push_frame(InputTransportMessageFrame(message=ended), FrameDirection.UPSTREAM)
