"""What every wire test needs: a real pipeline around one processor, and waiting for a condition."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from typing import TypeVar

import pytest
from pipecat.frames.frames import CancelFrame, EndFrame, ErrorFrame, Frame, StartFrame
from pipecat.pipeline.pipeline import Pipeline
from pipecat.pipeline.worker import PipelineWorker
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor
from pipecat.workers.runner import WorkerRunner

PATIENCE_SECONDS = 30.0
CLOSE_SECONDS = 2.0
FrameT = TypeVar("FrameT", bound=Frame)


async def until(condition: Callable[[], object], seconds: float = PATIENCE_SECONDS) -> None:
    """Return as soon as the condition holds; fail if it does not within ``seconds``."""
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 - the conditions are about plain lists, which tell nobody
            await asyncio.sleep(0.002)


class Collector(FrameProcessor):
    """Passes every frame on, and keeps it with its time."""

    def __init__(self) -> None:
        super().__init__(enable_direct_mode=True)
        self.seen: list[tuple[float, Frame]] = []

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        await super().process_frame(frame, direction)
        self.seen.append((time.monotonic(), frame))
        await self.push_frame(frame, direction)


@dataclass(slots=True)
class Line:
    """A pipeline with one processor under test, and what came out of it on both sides."""

    worker: PipelineWorker
    before: Collector
    after: Collector
    began: float = field(default_factory=time.monotonic)

    def down(self, kind: type[FrameT]) -> list[FrameT]:
        """The frames of this type that left the processor downstream."""
        return [frame for _, frame in self.after.seen if isinstance(frame, kind)]

    def errors(self) -> list[str]:
        return [frame.error for _, frame in self.before.seen if isinstance(frame, ErrorFrame)]

    def when(self, kind: type[Frame]) -> float:
        """Seconds from the beginning to the first frame of this type that came out."""
        return next(at for at, frame in self.after.seen if isinstance(frame, kind)) - self.began

    async def push(self, *frames: Frame) -> None:
        await self.worker.queue_frames(frames)

    async def end(self) -> float:
        """End the call in order; seconds until the end came out."""
        return await self._leave(EndFrame())

    async def hang_up(self) -> float:
        """Cancel the call; seconds until that came out."""
        return await self._leave(CancelFrame())

    async def _leave(self, frame: Frame) -> float:
        began = time.monotonic()
        await self.push(frame)
        await until(lambda: self.down(type(frame)))
        return time.monotonic() - began


Run = Callable[[FrameProcessor], AbstractAsyncContextManager[Line]]


@asynccontextmanager
async def run_line(processor: FrameProcessor) -> AsyncIterator[Line]:
    """Run the processor in a pipeline of its own, started; stop and clean up within ``CLOSE_SECONDS``."""
    before, after = Collector(), Collector()
    worker = PipelineWorker(
        Pipeline([before, processor, after]),
        enable_rtvi=False,
        enable_turn_tracking=False,
        idle_timeout_secs=None,
    )
    runner = WorkerRunner(handle_sigint=False)
    await runner.add_workers(worker)
    line = Line(worker, before, after)
    running = asyncio.create_task(runner.run())
    try:
        await until(lambda: line.down(StartFrame))
        yield line
    finally:
        await worker.cancel()
        async with asyncio.timeout(CLOSE_SECONDS):
            await running


@pytest.fixture
def run() -> Run:
    return run_line


@pytest.fixture
def unused_port() -> int:
    """A port of this machine on which nothing listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
