"""The voice activity detector: tells the rest of the call when the caller starts, pauses, goes on and stops.

At each pause it asks the end-of-turn model, if there is one, whether the caller sounds finished. It passes the audio
on in frames of 60 ms, which spares the processors behind it two of three hops.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from typing import Protocol

from pipecat.frames.frames import (
    EndFrame,
    Frame,
    InputAudioRawFrame,
    InputTransportMessageFrame,
    StartFrame,
    VADUserStartedSpeakingFrame,
    VADUserStoppedSpeakingFrame,
)
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor

from processors.silero import SileroBatch, SileroStream
from processors.turn_audio import TurnAudio
from processors.weakly import weakly_told
from vantum.core.audio import PIPELINE_RATE, SAMPLE_BYTES
from vantum.core.events import SpeechPaused, SpeechResumed, TurnEndedByHand, TurnJudged
from vantum.core.vad import Change, VadSettings, Voice, VoiceActivity

FRAME_SECONDS = 0.06
GAP_SECONDS = 0.6
"""Audio that stops arriving in the middle of speech (a muted or stuck client) ends the speech after this long."""


TIMER_SECONDS = 0.001
"""Timers fire up to this early."""


class Judge(Protocol):
    """Tells how probably the caller has finished, 0..1, from the sound of their turn; None if it cannot tell.

    An ``early`` question, while the caller may well go on, may be put off: it is asked again when they have stopped.
    """

    async def judge(self, pcm: bytes, rate: int, *, early: bool) -> float | None: ...


@dataclass(frozen=True, slots=True)
class _Noticed:
    """A change, and how long before it the speech began or ended."""

    change: Change
    seconds: float


@dataclass(slots=True, eq=False)
class _Pause:
    """A pause of the caller: whether they are said to have stopped, and the judge could not tell before that."""

    stopped: bool = False
    untold: bool = False


@dataclass(frozen=True, slots=True)
class _Verdict:
    """What the judge said of a pause."""

    pause: _Pause
    complete: float | None
    early: bool


class VAD(FrameProcessor):
    """Silero over the caller's audio at ``rate`` Hz; ``batch`` and ``judge`` are shared by all calls of the process.

    Downstream go the VAD frames, and as messages: at each pause SpeechPaused and exactly one TurnJudged, or
    SpeechResumed and no TurnJudged after it if the caller goes on before they are said to have stopped. Speech that
    begins anew and the end of the turn by hand also end the wait for a judgement. A judge that cannot tell at the
    pause is asked once more at the stop.
    """

    def __init__(
        self,
        batch: SileroBatch,
        settings: VadSettings | None = None,
        rate: int = PIPELINE_RATE,
        judge: Judge | None = None,
    ) -> None:
        super().__init__(enable_direct_mode=True)
        self._activity = VoiceActivity(settings or VadSettings())
        self._batch = batch
        self._stream = SileroStream(batch, rate, weakly_told(self._heard))
        self._rate = rate
        self._held = bytearray()
        self._frame_bytes = int(FRAME_SECONDS * rate) * SAMPLE_BYTES
        self._last_audio = 0.0
        self._watchdog: asyncio.TimerHandle | None = None
        self._turn = TurnAudio(rate)
        self._judge = judge
        self._pause = _Pause()
        self._judging: asyncio.Task[None] | None = None
        # One teller for all, so that nothing is told out of order or cancelled while it is being told.
        self._news: asyncio.Queue[_Noticed | _Verdict | bytes] = asyncio.Queue()
        self._teller: asyncio.Task[None] | None = None

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        """Look at audio and pass everything on."""
        await super().process_frame(frame, direction)
        match frame:
            case InputAudioRawFrame() if direction is FrameDirection.DOWNSTREAM:
                self.hear(frame.audio, frame.sample_rate)
                return
            case StartFrame():
                self._teller = self.create_task(self._tell_news(), "vad_changes")
            case EndFrame():
                self._pass_audio()
                await self._tell_waiting()
            case InputTransportMessageFrame(message=TurnEndedByHand()):
                await self._turn_ends_by_hand()
        await self.push_frame(frame, direction)

    async def cleanup(self) -> None:
        """Leave the shared batch."""
        self._batch.withdraw(self._stream)
        if self._watchdog is not None:
            self._watchdog.cancel()
        for task in (self._teller, self._judging):
            if task is not None:
                await self.cancel_task(task)
        await super().cleanup()

    @property
    def hears(self) -> bool:
        """It may always be given sound: what it passes on waits for its teller."""
        return True

    def hear(self, pcm: bytes, rate: int) -> None:  # noqa: ARG002 - it is ours: a resampler is before us
        """The caller's audio, which may also come the short way."""
        self._last_audio = time.monotonic()
        self._stream.feed(pcm)
        self._held += pcm
        if len(self._held) >= self._frame_bytes:
            self._pass_audio()

    def _pass_audio(self) -> None:
        if self._held:
            pcm = bytes(self._held)
            self._held.clear()
            self._turn.add(pcm)
            self._news.put_nowait(pcm)

    def _heard(self, probability: float, level_db: float) -> None:
        change = self._activity.step(probability, level_db)
        if change is None:
            return
        # What was heard is told before what it means.
        self._pass_audio()
        noticed = _Noticed(change, self._activity.run_seconds)
        match change:
            case Change.STARTED:
                self._turn.started(noticed.seconds)
            case Change.STOPPED:
                self._turn.stopped(noticed.seconds)
        self._news.put_nowait(noticed)

    async def _tell_news(self) -> None:
        """Tell the pipeline what happens, in order, each after the audio that caused it."""
        while True:
            await self._tell(await self._news.get())

    async def _tell_waiting(self) -> None:
        """Tell what waits to be told now."""
        while not self._news.empty():
            await self._tell(self._news.get_nowait())

    async def _tell(self, news: _Noticed | _Verdict | bytes) -> None:
        match news:
            case bytes():
                # What is told of a push to those who ask costs half of a hop, and nobody asks about sound.
                if self.next is not None:
                    await self.next.queue_frame(InputAudioRawFrame(news, self._rate, 1))
            case _Noticed(Change.STARTED, seconds):
                await self._forget_pause()
                self._watch()
                await self.push_frame(VADUserStartedSpeakingFrame(start_secs=seconds))
            case _Noticed(Change.PAUSED, seconds):
                await self._push_message(SpeechPaused(seconds))
                self._pause = _Pause()
                await self._ask(early=True)
            case _Noticed(Change.RESUMED):
                await self._forget_pause()
                await self._push_message(SpeechResumed())
            case _Noticed(Change.STOPPED, seconds):
                await self.push_frame(VADUserStoppedSpeakingFrame(stop_secs=seconds))
                self._pause.stopped = True
                if self._pause.untold:
                    await self._ask(early=False)
            case _Verdict(pause, complete, early) if pause is self._pause:
                await self._take_verdict(complete, early=early)

    async def _push_message(self, message: SpeechPaused | SpeechResumed | TurnJudged) -> None:
        await self.push_frame(InputTransportMessageFrame(message=message))

    async def _ask(self, *, early: bool) -> None:
        """Have this pause judged; the verdict comes as news. Of audio that stayed away nothing is left to judge."""
        heard = self._turn.so_far()
        if self._judge is None or not heard:
            await self._push_message(TurnJudged(None))
        else:
            self._pause.untold = False
            asking = self._ask_judge(self._judge, self._pause, heard, early=early)
            self._judging = self.create_task(asking, "vad_judge")

    async def _ask_judge(self, judge: Judge, pause: _Pause, pcm: bytes, *, early: bool) -> None:
        complete = await judge.judge(pcm, self._rate, early=early)
        self._news.put_nowait(_Verdict(pause, complete, early))

    async def _take_verdict(self, complete: float | None, *, early: bool) -> None:
        if complete is not None or not early:
            await self._push_message(TurnJudged(complete))
        elif self._pause.stopped:
            await self._ask(early=False)
        else:
            self._pause.untold = True

    async def _forget_pause(self) -> None:
        """The caller goes on: what the judge would say of the pause is of no interest."""
        self._pause = _Pause()
        if self._judging is not None:
            await self.cancel_task(self._judging)
            self._judging = None

    def _watch(self) -> None:
        """While the caller speaks, make sure that audio keeps coming."""
        left = self._last_audio + GAP_SECONDS - time.monotonic()
        self._watchdog = asyncio.get_running_loop().call_later(left, self._check_gap)

    def _check_gap(self) -> None:
        self._watchdog = None
        if not self._activity.speaking:
            return
        if time.monotonic() - self._last_audio >= GAP_SECONDS - TIMER_SECONDS:
            self.create_task(self._audio_stays_away(), "vad_gap")
        else:
            self._watch()

    async def _audio_stays_away(self) -> None:
        """No audio follows for now: whoever speaks has paused and stopped."""
        voice = await self._hear_to_the_end()
        if voice in (Voice.SPEAKING, Voice.STOPPING):
            await self._tell(_Noticed(Change.PAUSED, GAP_SECONDS))
        if voice in (Voice.SPEAKING, Voice.STOPPING, Voice.PAUSED):
            await self._tell(_Noticed(Change.STOPPED, GAP_SECONDS))
        self._turn.forget()

    async def _turn_ends_by_hand(self) -> None:
        """Whoever speaks has stopped, and there is nothing to judge."""
        voice = await self._hear_to_the_end()
        await self._forget_pause()
        if voice in (Voice.SPEAKING, Voice.STOPPING, Voice.PAUSED):
            await self._tell(_Noticed(Change.STOPPED, 0.0))
        self._turn.forget()

    async def _hear_to_the_end(self) -> Voice:
        """Look at what came to its end and tell of it; returns the caller's voice then, and begins afresh."""
        self._stream.finish()
        self._pass_audio()
        await self._tell_waiting()
        voice = self._activity.voice
        self._activity.reset()
        self._stream.forget()
        return voice
