"""A recogniser that knows beforehand what the caller will say."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from pipecat.frames.frames import (
    Frame,
    InputAudioRawFrame,
    InputTransportMessageFrame,
    InterimTranscriptionFrame,
    StartFrame,
    TranscriptionFrame,
    VADUserStartedSpeakingFrame,
    VADUserStoppedSpeakingFrame,
)
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor
from pipecat.transcriptions.language import Language

from vantum.core.events import Recognised, Sign

CALLER = "caller"
"""The ``user_id`` of the transcripts."""

SPEECH_SECONDS = 0.1
"""How long after the detector the recogniser knows that what it hears is speech."""


@dataclass(frozen=True, slots=True)
class Utterance:
    """The words of one stretch of speech: ``final`` comes ``after`` seconds after the VAD saw it stop.

    ``interims`` are pairs of seconds after the VAD saw the speech start, and the words by then. A stretch
    with an empty ``final`` gives no transcript.
    """

    final: str
    after: float = 0.2
    interims: tuple[tuple[float, str], ...] = ()

    @property
    def has_words(self) -> bool:
        """Whether the recogniser ever gives a word of it."""
        return bool(self.final or self.interims)


@dataclass(frozen=True, slots=True)
class Transcribed:
    """A transcript at a time of its own, in seconds since the pipeline started, whatever the VAD says."""

    time: float
    text: str
    final: bool = True


@dataclass(frozen=True, slots=True)
class Signed:
    """A sign of the recogniser, in seconds since the pipeline started."""

    time: float
    sign: Sign


@dataclass(frozen=True, slots=True)
class Worded:
    """What the caller says from ``start`` to ``stop`` has words: the recogniser knows it for speech."""

    start: float
    stop: float


Step = Utterance | Transcribed | Signed | Worded
"""What a script of the recogniser is made of."""


class ScriptedSTT(FrameProcessor):
    """Swallows the caller's audio and gives the transcripts of its script.

    The utterances answer the VAD's frames, in order, one for each stretch of speech; speech beyond the
    script is not recognised. What is still due when the pipeline ends is never given.

    0.1 s after the VAD began to hear words, the recogniser tells that it hears speech; never of a noise.
    """

    def __init__(self, script: Iterable[Step]) -> None:
        super().__init__(enable_direct_mode=True)
        steps = list(script)
        self._utterances = [step for step in steps if isinstance(step, Utterance)]
        self._timed = [step for step in steps if isinstance(step, Transcribed | Signed)]
        self._worded = [step for step in steps if isinstance(step, Worded)]
        self._zero = 0.0
        self._current: Utterance | None = None
        self._due: list[asyncio.Task[None]] = []

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        """Answer the VAD; pass on everything but audio."""
        await super().process_frame(frame, direction)
        if isinstance(frame, InputAudioRawFrame):
            return
        await self.push_frame(frame, direction)
        match frame:
            case StartFrame():
                self._zero = asyncio.get_running_loop().time()
                self._schedule_timed()
            case VADUserStartedSpeakingFrame():
                self._begin()
            case VADUserStoppedSpeakingFrame() if self._current is not None:
                self._schedule(self._current.after, self._current.final, final=True)
                self._current = None

    async def cleanup(self) -> None:
        """Forget what is still due."""
        for task in self._due:
            await self.cancel_task(task)
        await super().cleanup()

    def _schedule_timed(self) -> None:
        for step in self._timed:
            match step:
                case Transcribed():
                    self._schedule(step.time, step.text, final=step.final)
                case Signed():
                    self._schedule_sign(step.time, step.sign)

    def _begin(self) -> None:
        now = round(asyncio.get_running_loop().time() - self._zero, 9)
        self._current = self._utterances.pop(0) if self._utterances else None
        if self._current is not None:
            for seconds, text in self._current.interims:
                self._schedule(seconds, text, final=False)
        worded = self._current is not None and self._current.has_words
        if worded or any(step.start <= now <= step.stop for step in self._worded):
            self._schedule_sign(SPEECH_SECONDS, Sign.SPEECH)

    def _schedule(self, seconds: float, text: str, *, final: bool) -> None:
        if text:
            self._due.append(self.create_task(self._transcribe(seconds, text, final=final), "transcript"))

    def _schedule_sign(self, seconds: float, sign: Sign) -> None:
        self._due.append(self.create_task(self._sign(seconds, sign), "sign"))

    async def _sign(self, seconds: float, sign: Sign) -> None:
        await asyncio.sleep(seconds)
        await self.push_frame(InputTransportMessageFrame(message=Recognised(sign)))

    async def _transcribe(self, seconds: float, text: str, *, final: bool) -> None:
        await asyncio.sleep(seconds)
        now = datetime.fromtimestamp(time.time(), UTC).isoformat()
        if final:
            await self.push_frame(TranscriptionFrame(text, CALLER, now, Language.EN, finalized=True))
        else:
            await self.push_frame(InterimTranscriptionFrame(text, CALLER, now, Language.EN))
