"""A voice activity detector that knows beforehand when the caller speaks, and needs no audio for it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise, zip_longest

from pipecat.frames.frames import (
    Frame,
    InputTransportMessageFrame,
    StartFrame,
    VADUserStartedSpeakingFrame,
    VADUserStoppedSpeakingFrame,
)
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor

from vantum.core.events import SpeechPaused, SpeechResumed, TurnEndedByHand, TurnJudged
from vantum.core.vad import Change

PAUSE_SECONDS = 0.1
"""How long after the end of a stretch its pause is noticed; the real detector takes three windows, 0.096 s."""

News = tuple[float, Change | TurnJudged]
"""What a detector tells, and when."""


@dataclass(frozen=True, slots=True)
class Speech:
    """The caller is heard from ``start`` to ``stop``, in seconds since the pipeline started.

    ``complete`` is how probably they sound finished at the pause after it, told ``judged_after`` seconds later.
    """

    start: float
    stop: float
    complete: float | None = 1.0
    judged_after: float = 0.0

    def __post_init__(self) -> None:
        if not 0.0 <= self.start < self.stop:
            raise ValueError(f"Speech from {self.start:g} to {self.stop:g} s is no stretch of time.")


class ScriptedVAD(FrameProcessor):
    """Tells of the stretches of ``speech`` as the real detector would, and passes every frame on.

    A stretch is noticed ``start_seconds`` after its start; after its end it is a pause from ``pause_seconds`` on,
    which is judged, and gone after ``stop_seconds``. The end of a turn by hand ends the stretch under way at once,
    and no judgement of it comes any more.
    """

    def __init__(
        self,
        speech: Iterable[Speech],
        *,
        start_seconds: float = 0.2,
        stop_seconds: float = 0.2,
        pause_seconds: float = PAUSE_SECONDS,
    ) -> None:
        super().__init__(enable_direct_mode=True)
        self._start_seconds = start_seconds
        self._stop_seconds = stop_seconds
        self._pause_seconds = min(pause_seconds, stop_seconds)
        self._news = news(in_order(speech), start_seconds, stop_seconds, pause_seconds)
        self._speaking = False
        self._judged = False
        self._teller: asyncio.Task[None] | None = None

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        """Begin with the pipeline, and pass everything on."""
        await super().process_frame(frame, direction)
        if isinstance(frame, InputTransportMessageFrame) and isinstance(frame.message, TurnEndedByHand):
            await self._tell(Change.STOPPED, stop_seconds=0.0)
            self._judged = False
        await self.push_frame(frame, direction)
        if isinstance(frame, StartFrame):
            self._teller = self.create_task(self._tell_news(), "scripted_vad")

    async def cleanup(self) -> None:
        """Forget what would still be heard."""
        if self._teller is not None:
            await self.cancel_task(self._teller)
        await super().cleanup()

    async def _tell_news(self) -> None:
        loop = asyncio.get_running_loop()
        zero = loop.time()
        for at, told in self._news:
            await asyncio.sleep(zero + at - loop.time())
            await self._tell(told, self._stop_seconds)

    async def _tell(self, told: Change | TurnJudged, stop_seconds: float) -> None:
        match told:
            case Change.STARTED:
                self._speaking = True
                await self.push_frame(VADUserStartedSpeakingFrame(start_secs=self._start_seconds))
            case Change.PAUSED if self._speaking:
                self._judged = True
                await self._push_message(SpeechPaused(self._pause_seconds))
            case Change.RESUMED if self._speaking:
                await self._push_message(SpeechResumed())
            case Change.STOPPED if self._speaking:
                self._speaking = False
                await self.push_frame(VADUserStoppedSpeakingFrame(stop_secs=stop_seconds))
            case TurnJudged() if self._judged:
                await self._push_message(told)

    async def _push_message(self, message: SpeechPaused | SpeechResumed | TurnJudged) -> None:
        await self.push_frame(InputTransportMessageFrame(message=message))


def in_order(speech: Iterable[Speech]) -> list[Speech]:
    """The stretches as they follow each other; ValueError if the caller speaks twice at a time."""
    ordered = sorted(speech, key=lambda stretch: stretch.start)
    for one, other in pairwise(ordered):
        if other.start < one.stop:
            raise ValueError(f"The caller speaks twice at {other.start:g} s.")
    return ordered


def news(
    speech: list[Speech], start_seconds: float, stop_seconds: float, pause_seconds: float = PAUSE_SECONDS
) -> list[News]:
    """What a detector tells, and when: of no sound shorter than ``start_seconds`` and no pause than the others."""
    told: list[News] = []
    for stretches in _without_stops(speech, stop_seconds):
        started = round(stretches[0].start + start_seconds, 9)
        if round(stretches[-1].stop, 9) >= started:
            # Who begins anew is not judged by the pause before.
            told = [(at, what) for at, what in told if at < started or not isinstance(what, TurnJudged)]
            told.append((started, Change.STARTED))
            for stretch, following in zip_longest(stretches, stretches[1:]):
                paused = round(stretch.stop + min(pause_seconds, stop_seconds), 9)
                if paused >= started:
                    told += _pause(stretch, paused, following)
            told.append((round(stretches[-1].stop + stop_seconds, 9), Change.STOPPED))
    return sorted(told, key=lambda each: each[0])


def _pause(stretch: Speech, paused: float, following: Speech | None) -> list[News]:
    """The pause after a stretch, unless the caller goes on before it is noticed."""
    judged = round(paused + stretch.judged_after, 9), TurnJudged(stretch.complete)
    if following is None:
        return [(paused, Change.PAUSED), judged]
    resumed = round(following.start, 9)
    if resumed <= paused:
        return []
    verdict = [judged] if judged[0] < resumed else []
    return [(paused, Change.PAUSED), *verdict, (resumed, Change.RESUMED)]


def _without_stops(speech: list[Speech], stop_seconds: float) -> list[list[Speech]]:
    """Stretches with nothing but shorter pauses between them, together."""
    joined: list[list[Speech]] = []
    for stretch in speech:
        if joined and round(stretch.start - joined[-1][-1].stop, 9) < stop_seconds:
            joined[-1].append(stretch)
        else:
            joined.append([stretch])
    return joined
