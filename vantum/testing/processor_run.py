"""Runs one processor in a real pipeline and keeps what comes out of both of its ends, with the times."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

from pipecat.frames.frames import CancelFrame, EndFrame, Frame, StartFrame, StopFrame, TextFrame
from pipecat.pipeline.pipeline import Pipeline
from pipecat.pipeline.worker import PipelineParams, PipelineWorker
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor
from pipecat.workers.runner import WorkerRunner

from vantum.testing.virtual_time import at_rest

F = TypeVar("F", bound=Frame)

UNTIL_SECONDS = 60.0
"""How long the frame that ends a run may take to come out."""

_LIFECYCLE = (StartFrame, EndFrame, StopFrame, CancelFrame)
_PARAMS = PipelineParams(audio_in_sample_rate=16000, audio_out_sample_rate=16000)

Input = Frame | tuple[float, Frame] | tuple[Frame, FrameDirection] | tuple[float, Frame, FrameDirection]
"""What goes in: a frame, the second it goes in at, and the direction (downstream unless given)."""


class Passed(NamedTuple):
    """A frame that came out, and when: in seconds since the pipeline started."""

    time: float
    frame: Frame


@dataclass(frozen=True, slots=True)
class Run:
    """What came out of a processor, in order. ``ended`` says when the pipeline was told to end.

    The frames that start and end the pipeline itself are left out.
    """

    down: tuple[Passed, ...]
    up: tuple[Passed, ...]
    ended: float

    def of(self, kind: type[F]) -> list[F]:
        """The frames of a type, those that went down before those that went up."""
        return [frame for _, frame in self.down + self.up if isinstance(frame, kind)]

    def times(self, kind: type[Frame]) -> list[float]:
        """When the frames of a type came out, in the order of ``of``."""
        return [time for time, frame in self.down + self.up if isinstance(frame, kind)]

    def texts(self) -> list[str]:
        """The texts of all text frames that went down."""
        return [frame.text for _, frame in self.down if isinstance(frame, TextFrame)]

    def kinds(self) -> list[tuple[float, type[Frame]]]:
        """Times and types of what went down: two runs of the same input are equal in them."""
        return [(time, type(frame)) for time, frame in self.down]


class Collector(FrameProcessor):
    """Keeps the frames that pass in one direction, and passes everything on."""

    def __init__(self, direction: FrameDirection, changed: asyncio.Condition) -> None:
        super().__init__(enable_direct_mode=True)
        self.passed: list[Passed] = []
        self._direction = direction
        self._changed = changed
        self._zero = 0.0

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        """Keep the frame if it passes in the direction; pass it on in any case."""
        await super().process_frame(frame, direction)
        now = asyncio.get_running_loop().time()
        if isinstance(frame, StartFrame):
            self._zero = now
        if direction is self._direction:
            async with self._changed:
                self.passed.append(Passed(round(now - self._zero, 9), frame))
                self._changed.notify_all()
        await self.push_frame(frame, direction)

    def without_lifecycle(self) -> tuple[Passed, ...]:
        """What has passed, but for the frames that start and end the pipeline."""
        return tuple(passed for passed in self.passed if not isinstance(passed.frame, _LIFECYCLE))


async def run_processor(
    processor: FrameProcessor,
    frames: Iterable[Input],
    *,
    until: type[Frame] | None = None,
    settle: float = 0.0,
    params: PipelineParams = _PARAMS,
) -> Run:
    """Put ``frames`` through ``processor`` and return what came out.

    A frame without a time goes in when all that its predecessor caused without time passing has happened;
    a frame with a time, at that second. Then the run goes on until a frame of the type ``until`` has come
    out of either end (at most UNTIL_SECONDS, else TimeoutError) and for ``settle`` seconds more, and the
    pipeline ends: what the processor still holds comes out, as at the end of a call.
    """
    changed = asyncio.Condition()
    top, bottom = Collector(FrameDirection.UPSTREAM, changed), Collector(FrameDirection.DOWNSTREAM, changed)
    loop = asyncio.get_running_loop()
    async with _running(Pipeline([top, processor, bottom]), params) as worker:
        await _came_out(StartFrame, changed, bottom)
        await at_rest()
        zero = loop.time()
        for given in frames:
            time, frame, direction = _input(given)
            if time is not None:
                await asyncio.sleep(zero + time - loop.time())
            await worker.queue_frame(frame, direction)
            await at_rest()
        if until is not None:
            await _came_out(until, changed, top, bottom)
        await asyncio.sleep(settle)
        ended = round(loop.time() - zero, 9)
    return Run(bottom.without_lifecycle(), top.without_lifecycle(), ended)


async def _came_out(kind: type[Frame], changed: asyncio.Condition, *ends: Collector) -> None:
    def has_come() -> bool:
        return any(isinstance(frame, kind) for end in ends for _, frame in end.passed)

    try:
        async with asyncio.timeout(UNTIL_SECONDS), changed:
            await changed.wait_for(has_come)
    except TimeoutError:
        raise TimeoutError(f"No {kind.__name__} came out in {UNTIL_SECONDS:g} s.") from None


@asynccontextmanager
async def _running(pipeline: Pipeline, params: PipelineParams) -> AsyncIterator[PipelineWorker]:
    """The pipeline at work; it is ended when the block is left, and cancelled when the block fails."""
    worker = PipelineWorker(
        pipeline, params=params, enable_rtvi=False, enable_turn_tracking=False, idle_timeout_secs=None
    )
    runner = WorkerRunner(handle_sigint=False)
    await runner.add_workers(worker)
    running = asyncio.create_task(runner.run(), name="pipeline")
    try:
        yield worker
        await worker.queue_frame(EndFrame())
        await running
    finally:
        await runner.cancel()
        await running


def _input(given: Input) -> tuple[float | None, Frame, FrameDirection]:
    match given:
        case Frame():
            return None, given, FrameDirection.DOWNSTREAM
        case (Frame() as frame, FrameDirection() as direction):
            return None, frame, direction
        case (float() | int() as time, Frame() as frame):
            return time, frame, FrameDirection.DOWNSTREAM
        case (float() | int() as time, Frame() as frame, FrameDirection() as direction):
            return time, frame, direction
    raise TypeError(f"A frame, or a tuple of time, frame and direction, is needed: {given!r}")
