"""The engine that outlives crashes: each attempt is a durable workflow of dbos, in the store's own database.

Who enqueues an attempt begins it as soon as that is committed, and need not wait until dbos looks into its queue. The
workflow, when its turn comes, waits for the end of what its process has begun; in a process that has not begun it, it
is carried out there, which comes to nothing while the one who claimed it lives.

dbos is one for a process. Its workflows run on threads of its own, and each hands its attempt to the loop of the
store. On Postgres its tables are in a schema of their own; on SQLite they are in the store's file.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import AsyncIterator, Callable, Collection
from concurrent.futures import CancelledError, Future
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Final

from dbos import DBOS, DBOSClient, DBOSConfig, EnqueueOptions
from loguru import logger
from sqlalchemy import URL, event
from sqlalchemy.ext.asyncio import AsyncSession

from vantum.dialing.dialer import NewEngine
from vantum.dialing.engine import PROMISED, Job, Work
from vantum.dialing.wakers import Wakers
from vantum.store.address import is_sqlite

APP: Final = "vantum"
VERSION: Final = "1"
"""Of the workflow's steps, and not of Vantum: with another one, what older dialers have begun is never finished."""
DIAL: Final = "dial"
WORKFLOW: Final = "vantum-attempt"
POLL_SECONDS: Final = 1.0
"""Seldom enough: what is enqueued is begun at once, and each look has the lock of a file."""
MOST_RECOVERIES: Final = 1_000_000
"""An attempt is taken over as often as dialers die."""
MOST_THREADS: Final = 1_000
CONNECTIONS: Final = 5
ENDED: Final = ["SUCCESS", "ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED"]
PURGED: Final = 500
"""Workflows that are removed at a time."""


class _StoppedError(BaseException):
    """The process ends, and the attempt does not: no word of an end is written, so that another takes it over."""


class _Desk:
    """Where the workflows of this process find the dialer that does their work."""

    def __init__(self) -> None:
        self._work: Work | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._manned = threading.Event()
        self._under_way: set[Future[None]] = set()
        self._begun: dict[str, asyncio.Task[None]] = {}
        """What is being done."""

    def man(self, work: Work) -> None:
        """From here on jobs are done."""
        self._work, self._loop = work, asyncio.get_running_loop()
        self._manned.set()

    async def leave(self) -> None:
        """From here on none is; those under way stop where they are. Returns when they have."""
        self._work = None
        self._manned.set()
        for future in tuple(self._under_way):
            future.cancel()
        begun = tuple(self._begun.values())
        for task in begun:
            task.cancel()
        await asyncio.gather(*begun, return_exceptions=True)

    def begin_soon(self, job: Job) -> None:
        """Do a job, unless it is being done; for any thread."""
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self.begin, job)

    def begin(self, job: Job) -> None:
        """Do a job, unless it is being done; on the loop."""
        if self._work is not None and job.attempt_id not in self._begun:
            task = asyncio.create_task(_done(self._work, job), name=f"attempt-{job.attempt_id}")
            self._begun[job.attempt_id] = task
            task.add_done_callback(lambda task: self._ended(job, task))

    def _ended(self, job: Job, task: asyncio.Task[None]) -> None:
        self._begun.pop(job.attempt_id, None)
        if not task.cancelled() and (error := task.exception()) is not None:
            # The workflow may do it again, and else whoever finds that nobody does it.
            logger.error("An attempt failed.", attempt=job.attempt_id, reason=type(error).__name__)

    def do(self, job: Job) -> None:
        """Have a job done on the loop, and wait for it; for threads."""
        self._manned.wait()
        if self._work is None or self._loop is None:
            raise _StoppedError
        future = asyncio.run_coroutine_threadsafe(self._end_of(job), self._loop)
        self._under_way.add(future)
        try:
            future.result()
        except CancelledError:
            raise _StoppedError from None
        finally:
            self._under_way.discard(future)

    async def _end_of(self, job: Job) -> None:
        self.begin(job)
        task = self._begun.get(job.attempt_id)
        if task is None:
            # Nobody does it any more since the thread asked.
            raise asyncio.CancelledError
        await task


_desk = _Desk()


async def _done(work: Work, job: Job) -> None:
    await work(job)


@DBOS.workflow(name=WORKFLOW, max_recovery_attempts=MOST_RECOVERIES)
def _attempt(org_id: str, attempt_id: str) -> None:
    _desk.do(Job(org_id, attempt_id))


class DbosEngine:
    """The engine of this process; ``begin`` does a job that was enqueued, from whatever thread it is told to."""

    def __init__(self, client: DBOSClient, wakers: Wakers, begin: Callable[[Job], None]) -> None:
        self._client = client
        self._wakers = wakers
        self._begin = begin

    async def enqueue_attempt(self, session: AsyncSession, job: Job) -> None:
        """Put the workflow into the queue, in this very transaction."""
        options: EnqueueOptions = {
            "workflow_name": WORKFLOW,
            "queue_name": DIAL,
            "workflow_id": job.id,
            "app_version": VERSION,
            # dbos begins with the lowest number, and before all with those that have none.
            "priority": 1 + PROMISED - job.urgency,
        }
        await session.run_sync(
            lambda sync: self._client.enqueue_in_transaction(sync, options, job.org_id, job.attempt_id)
        )
        event.listen(session.sync_session, "after_commit", lambda _: self._begin(job), once=True)

    async def signal(self, attempt_id: str) -> None:
        """Wake an attempt of this process."""
        self._wakers.wake(attempt_id)

    async def cancel(self, attempt_id: str) -> None:
        """Do not begin an attempt."""
        await asyncio.to_thread(DBOS.cancel_workflow, attempt_id)

    async def recover_dead(self, dialer_ids: Collection[str]) -> int:
        """Have done again what these dialers had begun."""
        handles = await asyncio.to_thread(DBOS._recover_pending_workflows, [*dialer_ids])  # noqa: SLF001 - documented
        return len(handles)

    async def purge(self, before: datetime) -> int:
        """Forget the workflows that are over, a page at a time."""
        moment = before.isoformat()
        count = 0
        while page := await asyncio.to_thread(self._over, moment):
            await asyncio.to_thread(self._client.delete_workflows, page)
            count += len(page)
        return count

    def _over(self, before: str) -> list[str]:
        found = self._client.list_workflows(
            status=ENDED,
            end_time=before,
            completed_before=before,
            limit=PURGED,
            load_input=False,
            load_output=False,
        )
        return [each.workflow_id for each in found]


@asynccontextmanager
async def open_engine(url: URL, dialer_id: str) -> AsyncIterator[NewEngine]:
    """dbos on the store's database, as ``dialer_id``; its tables are made if they are not there."""
    global _desk  # noqa: PLW0603 - dbos is one for a process, and so is its desk
    _desk = desk = _Desk()
    logging.getLogger("dbos").setLevel(logging.WARNING)
    address = url.set(drivername="sqlite" if is_sqlite(url) else "postgresql+psycopg")
    text = address.render_as_string(hide_password=False)
    await asyncio.to_thread(_launch, text, dialer_id)
    client = await asyncio.to_thread(lambda: DBOSClient(system_database_url=text, application_name=APP))

    def new_engine(work: Work, wakers: Wakers) -> DbosEngine:
        desk.man(work)
        return DbosEngine(client, wakers, desk.begin_soon)

    try:
        yield new_engine
    finally:
        await desk.leave()
        await asyncio.to_thread(client.destroy)
        await asyncio.to_thread(DBOS.destroy)


def _launch(url: str, dialer_id: str) -> None:
    config: DBOSConfig = {
        "name": APP,
        "system_database_url": url,
        "application_version": VERSION,
        "executor_id": dialer_id,
        "sys_db_pool_size": CONNECTIONS,
        "max_executor_threads": MOST_THREADS,
        "enable_otlp": False,
        "log_level": "WARNING",
        "console_log_level": "WARNING",
    }
    DBOS(config=config)
    DBOS.listen_queues([DIAL])
    DBOS.launch()
    DBOS.register_queue(DIAL, polling_interval_sec=POLL_SECONDS, on_conflict="always_update")
