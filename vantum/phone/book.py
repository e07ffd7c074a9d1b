"""The book of phone calls: each change is in memory at once, and on disk in the order in which it was made.

All files are written by one thread, so that no call waits for the disk on the event loop. What must be on disk
before something happens (a call before it is dialed) is awaited by the one who makes it happen.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final, TypeVar

from loguru import logger

from vantum.call_folder import CALLS, folder_of
from vantum.phone.phone_call import PhoneCall, read_call, sync_folder, write_call

KEYS: Final = "idempotency"
RECENT_DAYS: Final = 2
"""A call that began longer ago is over, whatever its file says."""

Result = TypeVar("Result")
Change = Callable[[PhoneCall], PhoneCall]


class CallBook:
    """The phone calls under ``data``. All methods are for one event loop; ``close`` writes what waits."""

    def __init__(self, data: Path) -> None:
        self._data = data
        self._open: dict[str, PhoneCall] = {}
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="call-book")
        self._writing: set[asyncio.Future[None]] = set()

    def close(self) -> None:
        """Write what waits."""
        self._writer.shutdown()

    def live(self, call_id: str) -> PhoneCall | None:
        """A call that is not over, from memory."""
        return self._open.get(call_id)

    def open_calls(self) -> tuple[PhoneCall, ...]:
        """All calls that are not over."""
        return tuple(self._open.values())

    async def find(self, call_id: str) -> PhoneCall | None:
        """A call, live or past; None for an id that is none."""
        if call_id in self._open:
            return self._open[call_id]
        return await self._in_thread(lambda: read_call(folder_of(self._data, call_id)))

    async def create(self, call: PhoneCall, idempotency_key: str = "") -> PhoneCall:
        """Put a new call on disk for good, and return it; a known key returns the call that it was given for."""

        def write() -> PhoneCall:
            first = self._claim(idempotency_key, call.id) if idempotency_key else None
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
            writing = asyncio.ensure_future(
                self._in_thread(lambda: write_call(self._data, call, durable=False))
            )
            self._writing.add(writing)
            writing.add_done_callback(self._written)
        return call

    async def commit(self, call_id: str, change: Change) -> PhoneCall | None:
        """Change a call and wait until the disk has it."""
        call = self._changed(call_id, change)
        if call is not None:
            await self._in_thread(lambda: write_call(self._data, call, durable=True))
        return call

    async def amend(self, call_id: str, change: Change) -> PhoneCall | None:
        """Change a call, even one that is over: facts may come late."""
        if call_id in self._open:
            return self.change(call_id, change)
        call = await self.find(call_id)
        if call is None or (changed := change(call)) == call:
            return call
        await self._in_thread(lambda: write_call(self._data, changed, durable=False))
        return changed

    async def reopen(self) -> list[PhoneCall]:
        """The calls of today and yesterday; those that a process before this one left unfinished are live again."""
        recent = await self._in_thread(lambda: list(self._recent()))
        self._open.update({call.id: call for call in recent if not call.over})
        return recent

    # --- the thread ---------------------------------------------------------------------------------

    async def _in_thread(self, work: Callable[[], Result]) -> Result:
        return await asyncio.get_running_loop().run_in_executor(self._writer, work)

    def _changed(self, call_id: str, change: Change) -> PhoneCall | None:
        call = self._open.get(call_id)
        if call is None:
            return None
        changed = change(call)
        if changed.over:
            del self._open[call_id]
        else:
            self._open[call_id] = changed
        return changed

    def _written(self, writing: asyncio.Future[None]) -> None:
        self._writing.discard(writing)
        if not writing.cancelled() and (error := writing.exception()) is not None:
            logger.error("A phone call cannot be written.", reason=type(error).__name__)

    def _recent(self) -> Iterator[PhoneCall]:
        today = datetime.now(UTC).date()
        for days in range(RECENT_DAYS):
            day = self._data / CALLS / (today - timedelta(days=days)).isoformat()
            for folder in sorted(day.iterdir()) if day.is_dir() else ():
                call = read_call(folder)
                if call is not None:
                    yield call

    def _claim(self, key: str, call_id: str) -> PhoneCall | None:
        """The call that ``key`` was given for; None when it is free, and now given for ``call_id``."""
        folder = self._data / KEYS
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = folder / hashlib.sha256(key.encode()).hexdigest()
        try:
            with path.open("x") as file:
                file.write(call_id)
            sync_folder(folder)
        except FileExistsError:
            first = read_call(folder_of(self._data, path.read_text()))
            if first is None:
                # Claimed by a process that ended before it had written the call: nothing was dialed.
                path.write_text(call_id)
            return first
        return None
