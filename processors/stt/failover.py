"""The speech recogniser of a pipeline, whoever it is: its providers fail, and the caller is heard.

What the caller says is kept until there are words for it (``heard_tape.py``), and goes to whoever works. Who
fails, or takes speech and gives nothing, is exchanged; when nobody works the conversation is told, the best is
tried again and again, and what was said meanwhile is heard then.
"""

from __future__ import annotations

import time

from pipecat.frames.frames import (
    EndFrame,
    ErrorFrame,
    Frame,
    InputAudioRawFrame,
    InputTransportMessageFrame,
    InterimTranscriptionFrame,
    LLMContextAssistantTurnFrame,
    OutputTransportMessageUrgentFrame,
    StartFrame,
    STTMuteFrame,
    STTUpdateSettingsFrame,
    TranscriptionFrame,
    UserStoppedSpeakingFrame,
    VADUserStartedSpeakingFrame,
    VADUserStoppedSpeakingFrame,
)
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor
from pipecat.services.settings import STTSettings
from pipecat.utils.errors import ErrorCategory

from processors.failover import Desk
from processors.faults import provider_error, provider_error_told
from processors.stt.at_work import STTAtWork
from processors.stt.bench import STTBench
from processors.stt.ear import Ear
from processors.stt.heard_tape import COVERED_SECONDS, HeardTape
from processors.stt.said_twice import SaidTwice
from processors.stt.unanswered import Unanswered
from processors.timer import Timer
from vantum.core.errors import ProviderError
from vantum.core.events import CallerLeft, ProviderSwitched, Recognised, TurnEndedByHand


class FailoverSTT(FrameProcessor):
    """Stands where a pipecat ``STTService`` would, and has those of ``desk`` hear the caller, one at a time.

    Input audio stops here; every other frame is passed on at once.
    """

    def __init__(self, desk: Desk[FrameProcessor]) -> None:
        super().__init__(enable_direct_mode=True)
        self._desk = desk
        self._tape = HeardTape()
        self._twice = SaidTwice()
        self._ear = Ear()
        self._unanswered = Unanswered()
        self._bench = STTBench(self, desk, self._tape, self)
        self._timer = Timer(self, self._tick)

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        """Keep what is to be heard; pass everything else on, then act on it."""
        await super().process_frame(frame, direction)
        if isinstance(frame, InputAudioRawFrame):
            self._tape.add(frame)
            await self._bench.give()
            return
        if isinstance(frame, EndFrame):
            await self._end()
        await self.push_frame(frame, direction)
        match frame:
            case VADUserStartedSpeakingFrame(start_secs=seconds):
                self._unanswered.began(time.monotonic() - seconds)
                await self._put_on_tape(frame)
            case VADUserStoppedSpeakingFrame(stop_secs=seconds):
                self._unanswered.ended(time.monotonic() - seconds)
                self._ear.asked()
                await self._put_on_tape(frame)
            case InputTransportMessageFrame(message=TurnEndedByHand() | CallerLeft()):
                await self._put_on_tape(frame)
            case STTUpdateSettingsFrame(delta=STTSettings(language=str(language))):
                await self._bench.follow(frame, language)
                self._decided()
            case STTUpdateSettingsFrame() | STTMuteFrame():
                await self._bench.settle(frame)
            case UserStoppedSpeakingFrame() | LLMContextAssistantTurnFrame():
                await self._bench.inform(frame)
            case StartFrame():
                self._ear.lost(time.monotonic())
                await self._bench.open(self.processor_setup, frame)
                self._decided()

    async def cleanup(self) -> None:
        """Let everybody go."""
        self._timer.cancel()
        await self._bench.close()
        await super().cleanup()

    async def _put_on_tape(self, frame: Frame) -> None:
        self._tape.add(frame)
        await self._bench.give()
        self._decided()

    async def _end(self) -> None:
        self._timer.cancel()
        # Who does not hear has nothing to say, however long it is waited for.
        await (self._bench.close() if self._ear.deaf else self._bench.end())

    # --- what becomes of who works ------------------------------------------------------------------

    async def made(self, work: STTAtWork, frame: Frame) -> None:
        """A recogniser pushed a frame."""
        if not self._bench.serves(work):
            return
        match frame:
            case TranscriptionFrame():
                await self._take_final(frame)
            case InterimTranscriptionFrame():
                await self._proven()
                frame.text = self._twice.interim(frame.text)
                if frame.text:
                    await self.push_frame(frame)
            case InputTransportMessageFrame(message=Recognised()):
                await self._proven()
                await self.push_frame(frame)
            case ErrorFrame(category=category) if category is not ErrorCategory.APPLICATION:
                self._failed(provider_error_told(self._desk.kind, self._desk.serving, frame))

    def hears(self, work: STTAtWork) -> None:
        """A recogniser says that what it is given arrives."""
        if self._bench.serves(work):
            self._ear.back(time.monotonic())
            self._decided()

    def is_deaf(self, work: STTAtWork) -> None:
        """A recogniser says that nothing arrives for the moment."""
        if self._bench.serves(work):
            self._ear.lost(time.monotonic())
            self._decided()

    def broke(self, work: STTAtWork, problem: Exception) -> None:
        """A recogniser could not be set up."""
        if self._bench.serves(work):
            self._failed(provider_error(self._desk.kind, self._desk.serving, problem))

    def begins(self) -> None:
        """A recogniser begins, and hears the tape from its beginning."""
        self._unanswered.forget()
        self._twice.rewind(self._tape.begins)

    def planned(self) -> None:
        """When a recogniser is to be begun has changed."""
        self._decided()

    async def switched(self, news: ProviderSwitched) -> None:
        """Another recogniser works."""
        await self.push_frame(OutputTransportMessageUrgentFrame(message=news))

    async def nobody_left(self, error: ProviderError) -> None:
        """None works, because of ``error`` in the end."""
        # Not a permanent one for pipecat: we go on trying.
        await self.push_error(str(error), error, category=ErrorCategory.UNKNOWN)

    async def _take_final(self, frame: TranscriptionFrame) -> None:
        spoke_until = await self._proven()
        seconds = None if spoke_until is None else time.monotonic() - spoke_until
        self._bench.works(seconds)
        covered = frame.metadata.get(COVERED_SECONDS)
        frame.text = self._twice.final(frame.text)
        if not self._tape.final(covered if isinstance(covered, float) else None):
            self._twice.given(frame.text, self._tape.ends)
        self._twice.forget(self._tape.begins)
        await self.push_frame(frame)

    async def _proven(self) -> float | None:
        """Who works hears the caller; when the speech ended that this is the first sign of."""
        self._ear.heard()
        ended_at = self._unanswered.answered()
        await self._tell_hearing(time.monotonic())
        self._decided()
        return ended_at

    def _failed(self, error: ProviderError) -> None:
        self._ear.lost(time.monotonic())
        self._unanswered.forget()
        self._bench.fail(error)
        self._decided()

    # --- time ---------------------------------------------------------------------------------------

    def _decided(self) -> None:
        times = (self._ear.due(), self._unanswered.due(), self._bench.due())
        self._timer.set(min((at for at in times if at is not None), default=None))

    async def _tick(self, now: float) -> None:
        stalled_at = self._unanswered.due()
        if stalled_at is not None and now >= stalled_at:
            problem = "It takes speech and gives nothing."
            self._failed(ProviderError(self._desk.kind, self._desk.serving, problem))
        await self._tell_hearing(now)
        await self._bench.tick(now, idle=self._tape.idle)
        self._decided()

    async def _tell_hearing(self, now: float) -> None:
        news = self._ear.news(now)
        if news is not None:
            await self.push_frame(InputTransportMessageFrame(message=news))
