"""When the caller has left, what is still to come of their words is waited for, within bounds."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from loguru import logger
from pipecat.frames.frames import CancelFrame, EndFrame, Frame, InputTransportMessageFrame, StartFrame
from pipecat.pipeline.pipeline import Pipeline
from pipecat.pipeline.worker import PipelineWorker
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor

from transports.carrier_input import CarrierInput
from vantum.core.events import CallerLeft
from vantum.pipeline_run import LAST_WORDS_SECONDS, PipelineRun
from vantum.testing.virtual_time import at_rest


class Waits(FrameProcessor):
    """Waits for words for ``seconds`` before it lets the caller go; a start or an end may take its time, too."""

    def __init__(self, seconds: float, slow: type[Frame] | None = None) -> None:
        super().__init__()
        self.told = 0
        self._seconds = seconds
        self._slow = slow

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        await super().process_frame(frame, direction)
        match frame:
            case InputTransportMessageFrame(message=CallerLeft()):
                self.told += 1
                self.create_task(self._let_go(frame), "words")
            case StartFrame() | EndFrame() | CancelFrame() if isinstance(frame, self._slow or ()):
                await asyncio.sleep(3.0)
                await self.push_frame(frame, direction)
            case _:
                await self.push_frame(frame, direction)

    async def _let_go(self, frame: Frame) -> None:
        await asyncio.sleep(self._seconds)
        await self.push_frame(frame)


@asynccontextmanager
async def running(processor: FrameProcessor) -> AsyncIterator[PipelineRun]:
    head = CarrierInput()
    worker = PipelineWorker(
        Pipeline([head, processor]), enable_rtvi=False, enable_turn_tracking=False, idle_timeout_secs=None
    )
    run = PipelineRun(worker, head, "test")
    try:
        await at_rest()
        yield run
    finally:
        await run.stop()


@pytest.mark.parametrize(("words_take", "waited"), [(0.0, 0.0), (0.7, 0.7), (5.0, LAST_WORDS_SECONDS)])
async def test_the_words_of_who_has_left_are_waited_for_within_bounds(
    words_take: float, waited: float
) -> None:
    loop = asyncio.get_running_loop()
    async with running(Waits(words_take)) as run:
        began = loop.time()
        await run.hear_out()
        assert loop.time() - began == pytest.approx(waited)


async def test_a_pipeline_that_has_not_begun_is_not_waited_for() -> None:
    loop = asyncio.get_running_loop()
    waits = Waits(1.0, slow=StartFrame)
    async with running(waits) as run:
        began = loop.time()
        await run.hear_out()
        assert (loop.time(), waits.told) == (began, 0)


async def test_a_pipeline_that_ends_already_is_not_waited_for() -> None:
    loop = asyncio.get_running_loop()
    waits = Waits(1.0, slow=EndFrame)
    async with running(waits) as run:
        await run.queue([EndFrame()])
        await at_rest()
        began = loop.time()
        await run.hear_out()
        assert (loop.time(), waits.told) == (began, 0)


async def test_where_a_pipeline_that_does_not_close_waits_is_told() -> None:
    told: list[object] = []
    sink = logger.add(lambda message: told.append(message.record["extra"].get("waiting")), level="WARNING")
    try:
        async with running(Waits(0.0, slow=CancelFrame)):
            pass
    finally:
        logger.remove(sink)
    (waiting,) = [lines for lines in told if isinstance(lines, list)]
    assert any("test_pipeline_run.py:" in line for line in waiting)
