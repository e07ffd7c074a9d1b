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
    InterimTranscriptionFrame,
    StartFrame,
    TranscriptionFrame,
    VADUserStartedSpeakingFrame,
    VADUserStoppedSpeakingFrame,
)
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor
from pipecat.transcriptions.language import Language

CALLER = "caller"
"""The ``user_id`` of the transcripts."""


@dataclass(frozen=True, slots=True)
class Utterance:
    """The words of one stretch of speech: ``final`` comes ``after`` seconds after the VAD saw it stop.

    ``interims`` are pairs of seconds after the VAD saw the speech start, and the words by then. A stretch
    with an empty ``final`` gives no transcript.
    """

    final: str
    after: float = 0.2
    interims: tuple[tuple[float, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Transcribed:
    """A transcript at a time of its own, in seconds since the pipeline started, whatever the VAD says."""

    time: float
    text: str
    final: bool = True


class ScriptedSTT(FrameProcessor):
    """Swallows the caller's audio and gives the transcripts of its script.

    The utterances answer the VAD's frames, in order, one for each stretch of speech; speech beyond the
    script is not recognised. Transcripts that are still due when the pipeline ends are never given.
    """

    def __init__(self, script: Iterable[Utterance | Transcribed]) -> None:
        super().__init__(enable_direct_mode=True)
        steps = list(script)
        self._utterances = [step for step in steps if isinstance(step, Utterance)]
        self._timed = [step for step in steps if isinstance(step, Transcribed)]
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
                for step in self._timed:
                    self._schedule(step.time, step.text, final=step.final)
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

    def _begin(self) -> None:
        self._current = self._utterances.pop(0) if self._utterances else None
        if self._current is not None:
            for seconds, text in self._current.interims:
                self._schedule(seconds, text, final=False)

    def _schedule(self, seconds: float, text: str, *, final: bool) -> None:
        if text:
            self._due.append(self.create_task(self._transcribe(seconds, text, final=final), "transcript"))

    async def _transcribe(self, seconds: float, text: str, *, final: bool) -> None:
        await asyncio.sleep(seconds)
        now = datetime.fromtimestamp(time.time(), UTC).isoformat()
        if final:
            await self.push_frame(TranscriptionFrame(text, CALLER, now, Language.EN, finalized=True))
        else:
            await self.push_frame(InterimTranscriptionFrame(text, CALLER, now, Language.EN))
