"""A pipeline at work: how it is started, and how it is stopped within bounds, whatever it is doing."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Sequence

from loguru import logger
from pipecat.frames.frames import CancelFrame, Frame, InputTransportMessageFrame
from pipecat.pipeline.worker import PipelineWorker
from pipecat.utils.asyncio.task_manager import TaskManager
from pipecat.workers.runner import WorkerRunner

from transports.carrier_input import CarrierInput
from vantum.core.events import CallerLeft
from vantum.taken_apart import take_apart
from vantum.waiting import waiting_lines

SET_UP_SECONDS = 1.0
"""How long a pipeline that is being set up gets to take a cancellation in good order."""
CLOSE_SECONDS = 2.0
"""How long a cancelled pipeline may take; whatever providers do, its tasks are ended after that."""
LAST_WORDS_SECONDS = 1.8
"""How long the words of a caller who has left are waited for: what they leave of two seconds is for closing."""
RUNNER_SECONDS = 0.25
"""What the runner gets after its pipeline is over."""
MOST_CANCELS = 3
"""Who tidies up when cancelled may wait for good for another who was: then once more."""


class PipelineRun:
    """One worker on a runner and a task manager of its own; ``task`` is done when the pipeline is over."""

    def __init__(self, worker: PipelineWorker, head: CarrierInput, name: str) -> None:
        self._worker = worker
        self._head = head
        self._name = name
        self._started = asyncio.Event()
        self._tasks = TaskManager(loop=asyncio.get_running_loop())
        self._runner = WorkerRunner(name=name, handle_sigint=False, task_manager=self._tasks)
        self._nothing_waits = asyncio.Event()
        worker.add_event_handler("on_pipeline_started", self._on_started)
        worker.add_reached_downstream_filter((InputTransportMessageFrame,))
        worker.add_event_handler("on_frame_reached_downstream", self._on_frame_out)
        self.task = asyncio.create_task(self._run(), name=name)

    async def queue(self, frames: Sequence[Frame]) -> None:
        """Push frames from the head of the pipeline."""
        await self._worker.queue_frames(frames)

    async def hear_out(self) -> None:
        """Tell the pipeline that the caller has left, and wait until nothing in it waits for their words."""
        if self._started.is_set() and not self._head.draining:
            await self._first_of(self._let_caller_go(), LAST_WORDS_SECONDS)

    async def stop(self) -> None:
        """Cancel the pipeline if it is still at work, and leave no task of it behind."""
        if not self.task.done():
            await self._settle()
            await self._cancel()
        if await self._end_leftovers():
            take_apart(self._worker, self._runner)

    async def _run(self) -> None:
        await self._runner.add_workers(self._worker)
        await self._runner.run()

    async def _on_started(self, *_: object) -> None:
        self._started.set()

    async def _let_caller_go(self) -> None:
        self._head.request(CallerLeft())
        await self._nothing_waits.wait()

    async def _on_frame_out(self, _: PipelineWorker, frame: Frame) -> None:
        match frame:
            case InputTransportMessageFrame(message=CallerLeft()):
                self._nothing_waits.set()

    async def _settle(self) -> None:
        """A worker hears of its cancellation only once it is set up: let it come so far."""
        await self._first_of(self._started.wait(), SET_UP_SECONDS)

    async def _cancel(self) -> None:
        if self._head.draining and not self.task.done():
            # A worker that drains an EndFrame takes no other frame until it is through: cancel from the head.
            await self._head.queue_frame(CancelFrame())
        await self._runner.cancel()
        if not await self._first_of(self._worker.wait(), CLOSE_SECONDS):
            waiting = waiting_lines(self._leftovers())
            logger.warning("A call's pipeline did not close in time.", call=self._name, waiting=waiting)
        # Now and then a runner waits for good on its own bus; the pipeline is over by then.
        await asyncio.wait((self.task,), timeout=RUNNER_SECONDS)

    async def _first_of(self, event: Coroutine[object, object, object], seconds: float) -> bool:
        """Wait for ``event`` or the end of the pipeline; False when neither came within ``seconds``."""
        waiting = asyncio.create_task(event)
        done, _ = await asyncio.wait(
            (waiting, self.task), timeout=seconds, return_when=asyncio.FIRST_COMPLETED
        )
        waiting.cancel()
        return bool(done)

    async def _end_leftovers(self) -> bool:
        """End what did not end by itself; whether nothing of the pipeline is at work any more."""
        for _ in range(MOST_CANCELS):
            left = self._leftovers()
            if not left:
                return True
            for task in left:
                task.cancel()
            await asyncio.wait(left, timeout=CLOSE_SECONDS / MOST_CANCELS)
        return not self._leftovers()

    def _leftovers(self) -> list[asyncio.Task[None]]:
        return [task for task in (self.task, *self._tasks.current_tasks()) if not task.done()]
