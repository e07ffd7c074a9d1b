"""Has calls analysed that are over: durably, some at once, again when it fails, and never twice by two processes.

Law: a process that dies leaves its jobs to the others when their lease is over; one that is told to stop gives them
back at once. A job whose record lies on another machine is left to that machine.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Final

from loguru import logger
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from vantum.call_folder import folder_of
from vantum.outreach.analysis_work import NO_RECORD, AnalysisWork, Staff
from vantum.outreach.in_thread import in_thread
from vantum.store import analysis_jobs
from vantum.store.analysis_jobs import Claimed, Due, Place
from vantum.store.engine import Store
from vantum.store.words import JobState
from vantum.store.write_line import Haste

AT_ONCE: Final = 4
POLL_SECONDS: Final = 1.0
"""How soon a job is found that another process has asked for."""
TROUBLE_SECONDS: Final = 5.0
"""Before the store is asked again after it did not answer."""
LEASE: Final = timedelta(seconds=180)
"""How long a job is its process's: longer than the longest analysis."""
ELSEWHERE: Final = timedelta(minutes=1)
"""How long jobs are left alone whose records are not on this machine."""
LATE: Final = timedelta(minutes=1)
"""How much later a job may be written down than it is due; nobody asks before the record is written."""
LOST: Final = timedelta(days=1)
"""A record that no machine has for so long is lost."""
LOOKED_AT: Final = 50
"""Jobs that are looked at together."""


class Analysing:
    """Makes the analyses that are asked for in a store; ``is_open`` knows the records that are being written.

    Any number of these may share a store.
    """

    def __init__(
        self,
        store: Store,
        data: Path,
        staff: Staff,
        is_open: Callable[[str], bool] = lambda _: False,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._store = store
        self._data = data
        self._work = AnalysisWork(store, data, staff, is_open, clock)
        self._clock = clock
        self._busy = 0
        self._woken = asyncio.Event()
        self._line: Place | None = None
        """Those before it are another machine's, or nobody's: they are left alone until ``_from_the_start_at``."""
        self._from_the_start_at = clock()

    def wake(self) -> None:
        """Look for jobs now."""
        self._woken.set()

    async def run(self) -> None:
        """Analyse until cancelled."""
        async with asyncio.TaskGroup() as jobs:
            while True:
                try:
                    claimed = await self._claimed()
                except (SQLAlchemyError, OSError, TimeoutError) as error:
                    logger.error("Analyses wait: the database does not answer.", reason=type(error).__name__)
                    await asyncio.sleep(TROUBLE_SECONDS)
                    continue
                for each in claimed:
                    self._busy += 1
                    jobs.create_task(self._carry_out(each), name=f"analysis {each.id}")
                if not claimed:
                    await self._rest()

    async def _rest(self) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(POLL_SECONDS):
                await self._woken.wait()
        self._woken.clear()

    # --- whose it is --------------------------------------------------------------------------------

    async def _claimed(self) -> Sequence[Claimed]:
        """Take what is due and lies here, as much as there is room for; where nothing is, nothing is written."""
        room, now = AT_ONCE - self._busy, self._clock()
        if room <= 0:
            return ()
        if now >= self._from_the_start_at:
            self._line, self._from_the_start_at = None, now + ELSEWHERE
        wanted = (await self._next_here(now))[:room]
        if not wanted:
            return ()
        return await self._store.write(
            lambda session: analysis_jobs.claim(session, wanted, now, now + LEASE), Haste.PATIENT
        )

    async def _next_here(self, now: datetime) -> Sequence[str]:
        """The first jobs that are due and whose records lie here."""
        place = self._line
        while True:
            async with self._store.glancing() as session:
                due = await analysis_jobs.due(session, now, LOOKED_AT, place)
            here = await in_thread(partial(_here, self._data, due)) if due else frozenset()
            for each in due:
                if each.id not in here and each.asked_at < now - LOST:
                    await self._store.write(partial(_give_up, each.id, now), Haste.PATIENT)
            if here:
                return [each.id for each in due if each.id in here]
            if len(due) < LOOKED_AT:
                self._line = Place(now - LATE)
                return ()
            place = Place(due[-1].next_at, due[-1].id)

    async def _carry_out(self, job: Claimed) -> None:
        try:
            await self._work.carry_out(job)
        finally:
            self._busy -= 1
            self.wake()


@asynccontextmanager
async def open_analyst(analysing: Analysing) -> AsyncIterator[Analysing]:
    """While the block lasts, calls are analysed."""
    task = asyncio.create_task(analysing.run(), name="analyst")
    try:
        yield analysing
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


def _here(data: Path, due: Sequence[Due]) -> frozenset[str]:
    """The jobs whose records lie on this machine."""
    return frozenset(
        each.id
        for each in due
        if each.record_id is not None and (folder := folder_of(data, each.record_id)) and folder.is_dir()
    )


async def _give_up(job_id: str, now: datetime, session: AsyncSession) -> None:
    for job in await analysis_jobs.claim(session, (job_id,), now, now + LEASE):
        await analysis_jobs.settle(session, job, JobState.FAILED, None, NO_RECORD)
