"""The engine in memory: for tests on virtual time, where processes are killed and taken over at exact moments."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime

from loguru import logger
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session

from vantum.dialing.engine import Job, Work
from vantum.dialing.wakers import Wakers


@dataclass(slots=True)
class MemoryQueue:
    """The jobs of several engines: who has begun what, and what is done."""

    begun: dict[str, tuple[str, Job]] = field(default_factory=dict)
    done: set[str] = field(default_factory=set)

    def give(self, job: Job, engine: MemoryEngine) -> None:
        """Have an engine that lives do a job that nobody has."""
        if engine.lives and job.id not in self.done and job.id not in self.begun:
            self.begun[job.id] = (engine.dialer_id, job)
            engine.begin(job)


class MemoryEngine:
    """One process's share of a queue. ``kill`` ends it as a power cut would."""

    def __init__(self, queue: MemoryQueue, dialer_id: str, work: Work, wakers: Wakers) -> None:
        self.dialer_id = dialer_id
        self.lives = True
        self._queue = queue
        self._work = work
        self._wakers = wakers
        self._tasks: set[asyncio.Task[None]] = set()
        self._loop = asyncio.get_running_loop()

    def begin(self, job: Job) -> None:
        """Carry out a job."""
        task = self._loop.create_task(self._carry_out(job), name=f"attempt-{job.id}")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _carry_out(self, job: Job) -> None:
        try:
            await self._work(job)
        except Exception as error:  # one attempt's fault is no other's
            logger.error("An attempt failed.", attempt=job.attempt_id, reason=type(error).__name__)
        if self.lives:
            self._queue.begun.pop(job.id, None)
            self._queue.done.add(job.id)

    def kill(self) -> None:
        """End all at once; what was begun stays begun."""
        self.lives = False
        for task in self._tasks:
            task.cancel()

    async def close(self) -> None:
        """End all, and wait until it has ended."""
        self.kill()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def enqueue_attempt(self, session: AsyncSession, job: Job) -> None:
        """Have a job done once this transaction is committed."""

        def committed(_session: Session) -> None:
            self._loop.call_soon_threadsafe(self._queue.give, job, self)

        event.listen(session.sync_session, "after_commit", committed, once=True)

    async def signal(self, attempt_id: str) -> None:
        """Wake an attempt of this process."""
        self._wakers.wake(attempt_id)

    async def cancel(self, attempt_id: str) -> None:
        """Do not begin an attempt: all that are enqueued have been begun."""

    async def recover_dead(self, dialer_ids: Collection[str]) -> int:
        """Have done again what these dialers had begun."""
        left = [job for dialer_id, job in self._queue.begun.values() if dialer_id in dialer_ids]
        for job in left:
            del self._queue.begun[job.id]
            self._queue.give(job, self)
        return len(left)

    async def purge(self, before: datetime) -> int:  # noqa: ARG002 - memory is as old as its process
        """Forget what is done."""
        count = len(self._queue.done)
        self._queue.done.clear()
        return count
