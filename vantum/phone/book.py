"""The book of phone calls: each change is in memory at once, and on disk in the order in which it was made.

All files are written by one thread, so that no call waits for the disk on the event loop. What must be on disk
before something happens (a call before it is dialed) is awaited by the one who makes it happen.
"""

from __future__ import annotations

import asyncio
import fcntl
import hashlib
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Final, TypeVar

from loguru import logger

from vantum.call_folder import CALLS, folder_of, make_private
from vantum.phone.phone_call import PhoneCall, read_call, sync_folder, write_call

KEYS: Final = "idempotency"
RECENT_DAYS: Final = 2
"""A call that began longer ago is over, whatever its file says."""

MOST_JOBS: Final = 2_000
"""Changes that may wait for the disk before no call is added; those under way still write theirs."""

Result = TypeVar("Result")
Change = Callable[[PhoneCall], PhoneCall]


class CallBook:
    """The phone calls under ``data``. All methods are for one event loop; ``close`` writes what waits.

    ``on_over`` is told of each call of this process when it is over, whoever found that out.
    """

    def __init__(self, data: Path) -> None:
        self.on_over: Callable[[PhoneCall], None] = lambda _: None
        self._data = data
        self._open: dict[str, PhoneCall] = {}
        self._unwritten: dict[str, PhoneCall] = {}
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="call-book")
        self._writing: set[asyncio.Future[object]] = set()
        self._jobs = 0

    def close(self) -> None:
        """Write what waits."""
        self._writer.shutdown()

    @property
    def is_behind(self) -> bool:
        """Whether so much waits for the disk that no call should be added to it."""
        return self._jobs >= MOST_JOBS

    def live(self, call_id: str) -> PhoneCall | None:
        """A call that is not over, from memory."""
        return self._open.get(call_id)

    def open_calls(self) -> tuple[PhoneCall, ...]:
        """All calls that are not over."""
        return tuple(self._open.values())

    def known(self) -> dict[str, PhoneCall]:
        """The calls that memory knows better than the disk: those under way, and ends not written yet."""
        return self._unwritten | self._open

    async def find(self, call_id: str) -> PhoneCall | None:
        """A call, live or past; None for an id that is none."""
        known = self.known().get(call_id)
        if known is not None:
            return known
        return await self._in_thread(lambda: read_call(folder_of(self._data, call_id)))

    async def create(self, call: PhoneCall, idempotency_key: str = "") -> PhoneCall:
        """Put a new call on disk for good, and return it; a known key returns the call that it was given for."""

        def write() -> PhoneCall:
            with self._claim(idempotency_key, call.id) if idempotency_key else nullcontext() as first:
                if first is None:
                    write_call(self._data, call, durable=True)
                return first or call

        created = await self._in_thread(write)
        if created is call:
            self._open[call.id] = call
            return call
        return self._open.get(created.id, created)

    def change(self, call_id: str, change: Change) -> PhoneCall | None:
        """Change a call that is not over; it is written soon. None when there is no such call."""
        call = self._changed(call_id, change)
        if call is not None:
            self._later(partial(self._write, call))
        return call

    def note(self, call_id: str, change: Change) -> None:
        """Change a call that may be over by now; it is written soon."""
        if self.change(call_id, change) is None:
            self._later(self._amended(call_id, change))

    async def commit(self, call_id: str, change: Change) -> PhoneCall | None:
        """Change a call and wait until the disk has it."""
        call = self._changed(call_id, change)
        if call is not None:
            try:
                await self._in_thread(lambda: write_call(self._data, call, durable=True))
            finally:
                self._forget(call)
        return call

    async def amend(self, call_id: str, change: Change) -> PhoneCall | None:
        """Change a call, even one that is over: facts may come late."""
        if call_id in self._open:
            return self.change(call_id, change)
        return await self._in_thread(self._amended(call_id, change))

    async def claimed(self, idempotency_key: str) -> PhoneCall | None:
        """The call that a key was given for; None when it is free."""
        path = self._claim_path(idempotency_key)

        def read() -> PhoneCall | None:
            return read_call(folder_of(self._data, path.read_text())) if path.exists() else None

        first = await self._in_thread(read)
        return None if first is None else self.known().get(first.id, first)

    async def recent(self) -> list[PhoneCall]:
        """The calls of today and yesterday, as they are on disk."""
        return await self._in_thread(lambda: list(self._recent()))

    async def reopen(self, mine: Callable[[str], bool] = lambda _: True) -> list[PhoneCall]:
        """The calls of today and yesterday; those that a process before this one left unfinished are live again.

        Only those whose ids are ``mine``: others may still have a process.
        """
        recent = await self.recent()
        known = self.known()
        left = [call for call in recent if not call.over and mine(call.id) and call.id not in known]
        self._open.update({call.id: call for call in left})
        return recent

    # --- the thread ---------------------------------------------------------------------------------

    async def _in_thread(self, work: Callable[[], Result]) -> Result:
        return await self._handed(work)

    def _handed(self, work: Callable[[], Result]) -> asyncio.Future[Result]:
        handed = asyncio.get_running_loop().run_in_executor(self._writer, work)
        self._jobs += 1
        handed.add_done_callback(self._settled)
        return handed

    def _settled(self, _: object) -> None:
        self._jobs -= 1

    def _changed(self, call_id: str, change: Change) -> PhoneCall | None:
        call = self._open.get(call_id)
        if call is None:
            return None
        changed = change(call)
        if changed.over:
            del self._open[call_id]
            self._unwritten[call_id] = changed
            self.on_over(changed)
        else:
            self._open[call_id] = changed
        return changed

    def _later(self, work: Callable[[], object]) -> None:
        # Handed to the thread here and now: a task would begin after what is handed in next.
        writing = self._handed(work)
        self._writing.add(writing)
        writing.add_done_callback(self._written)

    def _write(self, call: PhoneCall) -> PhoneCall:
        write_call(self._data, call, durable=False)
        return call

    def _amended(self, call_id: str, change: Change) -> Callable[[], PhoneCall | None]:
        def read_and_write() -> PhoneCall | None:
            call = read_call(folder_of(self._data, call_id))
            if call is None or (changed := change(call)) == call:
                return call
            return self._write(changed)

        # In one piece, or of two facts that come at the same time one would be lost.
        return read_and_write

    def _forget(self, written: PhoneCall) -> None:
        """The disk knows as much as memory of a call that is over."""
        if self._unwritten.get(written.id) is written:
            del self._unwritten[written.id]

    def _written(self, writing: asyncio.Future[object]) -> None:
        self._writing.discard(writing)
        if writing.cancelled():
            return
        if (error := writing.exception()) is not None:
            logger.error("A phone call cannot be written.", reason=type(error).__name__)
        elif isinstance(call := writing.result(), PhoneCall):
            self._forget(call)

    def _recent(self) -> Iterator[PhoneCall]:
        today = datetime.now(UTC).date()
        for days in range(RECENT_DAYS):
            day = self._data / CALLS / (today - timedelta(days=days)).isoformat()
            for folder in sorted(day.iterdir()) if day.is_dir() else ():
                call = read_call(folder)
                if call is not None:
                    yield call

    def _claim_path(self, key: str) -> Path:
        return self._data / KEYS / hashlib.sha256(key.encode()).hexdigest()

    @contextmanager
    def _claim(self, key: str, call_id: str) -> Iterator[PhoneCall | None]:
        """The call that ``key`` was given for; None when it was free, and is now given for ``call_id``.

        While the block lasts no other process gets an answer: it would find a key without its call.
        """
        path = self._claim_path(key)
        make_private(path.parent)
        with path.open("a+") as file:
            # Held by a process, so it is free again when that one is killed.
            fcntl.flock(file, fcntl.LOCK_EX)
            file.seek(0)
            # A claim without a call is one of a process that ended before it had written the call.
            first = read_call(folder_of(self._data, file.read()))
            if first is None:
                file.truncate(0)
                file.write(call_id)
                file.flush()
                os.fsync(file.fileno())
                sync_folder(path.parent)
            yield first
