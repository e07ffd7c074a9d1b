"""The engine that outlives crashes, on both databases: a committed job is done, and so is what a dead dialer left."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import pytest
from dbos import DBOS
from sqlalchemy import URL
from sqlalchemy.ext.asyncio import AsyncSession

from vantum.dialing.dbos_engine import open_engine
from vantum.dialing.engine import PROMISED, Engine, Job
from vantum.dialing.wakers import Wakers
from vantum.store.address import sqlite_file
from vantum.store.columns import new_id
from vantum.store.engine import Store, open_store

pytestmark = pytest.mark.real_time

PATIENCE_SECONDS: Final = 30.0


class Worker:
    """Does jobs, or begins them and is never done. What was done is not done again, but by another name."""

    def __init__(self) -> None:
        self.begun: list[str] = []
        self.done: set[str] = set()
        self.is_slow = False
        self.free = asyncio.Event()
        self.wakers = Wakers()

    async def work(self, job: Job) -> None:
        if job.id in self.done:
            return
        self.begun.append(job.attempt_id)
        if self.is_slow:
            await self.free.wait()
        self.done.add(job.id)

    async def until(self, count: int) -> None:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while len(self.begun) < count:  # noqa: ASYNC110 - jobs come from threads
                await asyncio.sleep(0.02)


async def state_is(attempt_id: str, wanted: str) -> None:
    """Wait until dbos has come so far with a job."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while await asyncio.to_thread(_state, attempt_id) != wanted:  # noqa: ASYNC110 - it tells nobody
            await asyncio.sleep(0.02)


def _state(attempt_id: str) -> str | None:
    status = DBOS.get_workflow_status(attempt_id)
    return None if status is None else status.status


@asynccontextmanager
async def engine(url: URL, worker: Worker, dialer_id: str) -> AsyncIterator[Engine]:
    async with open_engine(url, dialer_id) as new_engine:
        yield new_engine(worker.work, worker.wakers)


async def enqueue(store: Store, opened: Engine, *jobs: Job) -> None:
    async def put(session: AsyncSession) -> None:
        for job in jobs:
            await opened.enqueue_attempt(session, job)

    await store.write(put)


async def enqueue_and_fail(store: Store, opened: Engine, job: Job) -> None:
    async with store.writing() as session:
        await opened.enqueue_attempt(session, job)
        raise RuntimeError


async def test_jobs_are_done_once_and_outlive_their_dialer(own_url: URL) -> None:
    """One test, because each opening takes its time: dbos looks at all its tables."""
    worker = Worker()
    first, lost, slow, last = (new_id() for _ in range(4))
    async with open_store(own_url) as store:
        async with engine(own_url, worker, "dialer-1") as opened:
            with pytest.raises(RuntimeError):
                await enqueue_and_fail(store, opened, Job("org", lost))
            await enqueue(store, opened, Job("org", first, PROMISED), Job("org", first, PROMISED))
            await worker.until(1)
            assert worker.begun == [first]
            await opened.cancel(first)
            worker.is_slow = True
            await enqueue(store, opened, Job("org", slow))
            await worker.until(2)
            await state_is(slow, "PENDING")
        worker.is_slow = False
        # The same process again, as after a dialer that was taken for dead.
        async with engine(own_url, worker, "dialer-2") as opened:
            await enqueue(store, opened, Job("org", last))
            await state_is(last, "SUCCESS")
            await enqueue(store, opened, Job("org", last, run="again"))
            await worker.until(4)
            assert worker.begun[2:] == [last, last]
            assert await opened.recover_dead(["dialer-1"]) == 1
            await worker.until(5)
            assert worker.begun[4] == slow
            async with asyncio.timeout(PATIENCE_SECONDS):
                # What was begun last is written down as done a moment later.
                done = 0
                while done < 4:
                    done += await opened.purge(datetime.now(UTC) + timedelta(seconds=1))
    assert lost not in worker.begun


async def test_where_there_is_one_dialer_a_job_is_begun_at_once_and_only_once(
    tmp_path: Path, sqlite_template: Path
) -> None:
    """And its workflow ends with it, so that it is carried out again if this process dies before."""
    url = sqlite_file(Path(shutil.copyfile(sqlite_template, tmp_path / "x.db")))
    worker, attempt, other = Worker(), new_id(), new_id()
    worker.is_slow = True
    async with open_store(url) as store, engine(url, worker, "dialer-1") as opened:
        await enqueue(store, opened, Job("org", attempt))
        await asyncio.sleep(0)
        assert worker.begun == [attempt]
        await state_is(attempt, "PENDING")
        worker.free.set()
        await state_is(attempt, "SUCCESS")
        # One that is begun, and canceled before dbos looks into the queue.
        await enqueue(store, opened, Job("org", other))
        await opened.cancel(other)
        await state_is(other, "CANCELLED")
    assert worker.begun == [attempt, other]


async def test_an_attempt_is_woken(own_url: URL) -> None:
    worker = Worker()
    async with engine(own_url, worker, "dialer-1") as opened:
        with worker.wakers.named("a") as is_mine:
            assert is_mine
            asleep = asyncio.create_task(worker.wakers.sleep("a", PATIENCE_SECONDS))
            await asyncio.sleep(0)
            await opened.signal("a")
            assert await asleep
