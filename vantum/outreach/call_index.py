"""Every call that is over becomes a row: those that end while the server runs, and those that ended before.

Law: the folder of a call is the source of truth, and its row an index of it, made once. A dialer's attempt has its
row from the start; a call that may be one is left alone until the dialer knows its name.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from enum import Enum
from functools import partial
from pathlib import Path
from typing import Final

from loguru import logger
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from vantum.call_folder import CALLS
from vantum.outreach.aftermath import settled
from vantum.outreach.in_thread import in_thread
from vantum.outreach.recorded_call import RecordedCall, read_recorded
from vantum.store import analysis_jobs, recorded_calls
from vantum.store.engine import Store
from vantum.store.orgs import DEFAULT_ORG_ID
from vantum.store.write_line import Haste

LATER_SECONDS: Final = 0.5
"""A record is written to its end a moment after its call is over."""
SWEEP_SECONDS: Final = 60.0
TROUBLE_SECONDS: Final = 5.0
"""Before the store is asked again after it did not answer."""
RECENT_DAYS: Final = 2
"""Of the folders that are looked through again and again; all of them are at the start."""
TRIES: Final = 20
"""For a call that has just ended; what is not over then is found by the next sweep."""
ANALYSED: Final = timedelta(days=1)
"""Calls that ended longer ago get a row, and are analysed only when somebody asks for it."""


class Fate(Enum):
    """What became of a look at a call."""

    DONE = "done"  # it has its row
    LATER = "later"  # it is not over, or may be a dialer's
    NOTHING = "nothing"  # there is no such call here


class CallIndex:
    """Makes rows of the calls under ``data``; ``is_open`` knows the records that are being written."""

    def __init__(
        self,
        store: Store,
        data: Path,
        is_open: Callable[[str], bool] = lambda _: False,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._store = store
        self._data = data
        self._is_open = is_open
        self._clock = clock
        self._ended: dict[str, int] = {}
        """Calls that have just ended, and how often they were looked at."""
        self._woken = asyncio.Event()
        self._seen: set[str] = set()

    def ended(self, call_id: str) -> None:
        """A call of this process is over."""
        self._ended[call_id] = 0
        self._woken.set()

    async def run(self, *, sweeps: bool = True) -> None:
        """Index what ends, until cancelled; one process of those that share a folder ``sweeps`` it."""
        loop = asyncio.get_running_loop()
        next_sweep, days = loop.time(), None
        while True:
            if sweeps and loop.time() >= next_sweep:
                await self._guarded(partial(self.sweep, days))
                next_sweep, days = loop.time() + SWEEP_SECONDS, RECENT_DAYS
            await self._guarded(self.catch_up)
            with suppress(TimeoutError):
                async with asyncio.timeout(LATER_SECONDS if self._ended else SWEEP_SECONDS):
                    await self._woken.wait()
            self._woken.clear()
            if self._ended:
                await asyncio.sleep(LATER_SECONDS)

    async def catch_up(self) -> None:
        """Look at the calls that have just ended."""
        for call_id, tries in list(self._ended.items()):
            fate = await self.index(call_id)
            if fate is Fate.LATER and tries < TRIES:
                self._ended[call_id] = tries + 1
            else:
                self._ended.pop(call_id, None)

    async def sweep(self, days: int | None = None) -> int:
        """Look at the calls on disk that have no row, those of the last ``days``, or all; how many rows were made."""
        names = await in_thread(partial(_names, self._data, self._clock(), days))
        self._seen &= names
        unknown = {name for name in names - self._seen if not self._is_open(name)}
        async with self._store.reading() as session:
            known = await recorded_calls.known(session, unknown)
        self._seen |= known
        made = 0
        for name in sorted(unknown - known):
            made += await self.index(name) is Fate.DONE
        if made:
            logger.info("Calls of before were indexed.", count=made)
        return made

    async def index(self, call_id: str) -> Fate:
        """Make the row of a call that is over."""
        recorded = await in_thread(partial(read_recorded, self._data, call_id))
        if recorded is None or not (recorded.entries or recorded.phone):
            return Fate.NOTHING
        if self._is_open(call_id) or not recorded.is_over(self._clock()):
            return Fate.LATER
        return await self._store.write(partial(self._write, recorded), Haste.PATIENT)

    async def _write(self, recorded: RecordedCall, session: AsyncSession) -> Fate:
        call = await recorded_calls.of_record(session, recorded.id)
        if call is not None:
            if call.ended_at is not None and call.answered_at is not None:
                await analysis_jobs.ask_after(session, call.org_id, call.id, call.ended_at)
            return Fate.DONE if call.ended_at is not None else Fate.LATER
        row = recorded.row()
        if row.to_number and await recorded_calls.unnamed_attempts(session, row.to_number):
            return Fate.LATER
        call = await recorded_calls.add(session, DEFAULT_ORG_ID, row)
        if call is not None and row.ended_at >= self._clock() - ANALYSED:
            await settled(session, call)
        return Fate.DONE

    async def _guarded(self, work: Callable[[], Awaitable[object]]) -> None:
        """Do it; when the database does not answer, the next round does it."""
        try:
            await work()
        except (SQLAlchemyError, OSError, TimeoutError) as error:
            logger.error("Calls are not indexed: the database does not answer.", reason=type(error).__name__)
            await asyncio.sleep(TROUBLE_SECONDS)


@asynccontextmanager
async def indexing(index: CallIndex, *, sweeps: bool = True) -> AsyncIterator[CallIndex]:
    """While the block lasts, calls that end become rows."""
    task = asyncio.create_task(index.run(sweeps=sweeps), name="call-index")
    try:
        yield index
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


def _names(data: Path, now: datetime, days: int | None) -> set[str]:
    """The names of the folders of calls."""
    root = data / CALLS
    if days is None:
        folders = [day for day in root.iterdir() if day.is_dir()] if root.is_dir() else []
    else:
        folders = [root / (now.date() - timedelta(days=back)).isoformat() for back in range(days)]
    return {folder.name for day in folders if day.is_dir() for folder in day.iterdir() if folder.is_dir()}
