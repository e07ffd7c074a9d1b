"""A voice activity detector that knows beforehand when the caller speaks, and needs no audio for it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from pipecat.frames.frames import (
    Frame,
    InputTransportMessageFrame,
    StartFrame,
    VADUserStartedSpeakingFrame,
    VADUserStoppedSpeakingFrame,
)
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor

from vantum.core.events import TurnEndedByHand
from vantum.core.vad import Change


@dataclass(frozen=True, slots=True)
class Speech:
    """The caller is heard from ``start`` to ``stop``, in seconds since the pipeline started."""

    start: float
    stop: float

    def __post_init__(self) -> None:
        if not 0.0 <= self.start < self.stop:
            raise ValueError(f"Speech from {self.start:g} to {self.stop:g} s is no stretch of time.")


class ScriptedVAD(FrameProcessor):
    """Tells of the stretches of ``speech`` as the real detector would, and passes every frame on.

    A stretch is noticed ``start_seconds`` after its start and gone ``stop_seconds`` after its end. The end of
    a turn by hand ends the stretch under way at once.
    """

    def __init__(
        self, speech: Iterable[Speech], *, start_seconds: float = 0.2, stop_seconds: float = 0.2
    ) -> None:
        super().__init__(enable_direct_mode=True)
        self._start_seconds = start_seconds
        self._stop_seconds = stop_seconds
        self._changes = changes(in_order(speech), start_seconds, stop_seconds)
        self._speaking = False
        self._teller: asyncio.Task[None] | None = None

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        """Begin with the pipeline, and pass everything on."""
        await super().process_frame(frame, direction)
        if isinstance(frame, InputTransportMessageFrame) and isinstance(frame.message, TurnEndedByHand):
            await self._tell(Change.STOPPED, stop_seconds=0.0)
        await self.push_frame(frame, direction)
        if isinstance(frame, StartFrame):
            self._teller = self.create_task(self._tell_changes(), "scripted_vad")

    async def cleanup(self) -> None:
        """Forget what would still be heard."""
        if self._teller is not None:
            await self.cancel_task(self._teller)
        await super().cleanup()

    async def _tell_changes(self) -> None:
        loop = asyncio.get_running_loop()
        zero = loop.time()
        for at, change in self._changes:
            await asyncio.sleep(zero + at - loop.time())
            await self._tell(change, self._stop_seconds)

    async def _tell(self, change: Change, stop_seconds: float) -> None:
        match change:
            case Change.STARTED:
                self._speaking = True
                await self.push_frame(VADUserStartedSpeakingFrame(start_secs=self._start_seconds))
            case Change.STOPPED if self._speaking:
                self._speaking = False
                await self.push_frame(VADUserStoppedSpeakingFrame(stop_secs=stop_seconds))


def in_order(speech: Iterable[Speech]) -> list[Speech]:
    """The stretches as they follow each other; ValueError if the caller speaks twice at a time."""
    ordered = sorted(speech, key=lambda stretch: stretch.start)
    for one, other in pairwise(ordered):
        if other.start < one.stop:
            raise ValueError(f"The caller speaks twice at {other.start:g} s.")
    return ordered


def changes(speech: list[Speech], start_seconds: float, stop_seconds: float) -> list[tuple[float, Change]]:
    """What a detector notices, and when: no sound shorter than ``start_seconds``, no pause than the other."""
    told: list[tuple[float, Change]] = []
    for stretch in _without_pauses(speech, stop_seconds):
        if round(stretch.stop - stretch.start, 9) >= start_seconds:
            told.append((round(stretch.start + start_seconds, 9), Change.STARTED))
            told.append((round(stretch.stop + stop_seconds, 9), Change.STOPPED))
    return told


def _without_pauses(speech: list[Speech], stop_seconds: float) -> list[Speech]:
    joined: list[Speech] = []
    for stretch in speech:
        if joined and round(stretch.start - joined[-1].stop, 9) < stop_seconds:
            joined.append(Speech(joined.pop().start, stretch.stop))
        else:
            joined.append(stretch)
    return joined
