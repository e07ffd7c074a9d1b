"""What the store and the disk have kept for as long as they may goes: sound, calls, people, and what quotes them.

An organisation says how long (``retention_days``); the settings of a server (``VANTUM_KEEP_DAYS`` and
``VANTUM_KEEP_DAYS_AUDIO``) hold for the calls of all. Files go before the rows that lead to them, and are put down
before that: so a round that is cut short anywhere is finished by the next one. A suppression outlives everything.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Any, Final, TypeVar

from sqlalchemy.ext.asyncio import AsyncSession

from vantum.call_folder import CALLS
from vantum.outreach import call_folders
from vantum.outreach.in_thread import in_thread
from vantum.retention import Keep
from vantum.store import erasure, expiry, proofs, traces
from vantum.store.bulk import on_sqlite
from vantum.store.engine import Store
from vantum.store.erasure import Cause
from vantum.store.expiry import Due, OldCall, OldSound
from vantum.store.proofs import Kind, Subject
from vantum.store.write_line import Haste

PAGE: Final = 20
"""Calls or people in one transaction: others want to write too."""
ROWS: Final = 2_000
"""The same of rows that nothing else hangs on."""
MOST: Final = 5_000
"""Of each kind, of one organisation, in one round; the others wait for the next."""
MOST_ROWS: Final = 500_000
ELSEWHERE: Final = timedelta(days=2)
"""How long a call waits for the machine that has its folder, where there may be several machines."""

Result = TypeVar("Result")


class Thing(StrEnum):
    """What is past its time, in the order in which it goes: with whom a call is kept is kept."""

    SOUND = "recordings of calls that are kept"
    CALLS = "calls"
    PEOPLE = "people"
    LIST_ROWS = "rows of lists"
    MESSAGES = "messages to webhooks"
    NUMBERS = "numbers in clear that must not be called"


@dataclass(frozen=True, slots=True)
class Bounds:
    """What is older than these is past its time in one organisation; None where it is kept for ever."""

    org_id: str
    sound: datetime | None
    calls: datetime | None
    people: datetime | None

    def due(self, now: datetime) -> dict[Thing, Due]:
        """The rows past their time; a recording may have a time of its own."""
        found = {Thing.SOUND: expiry.old_sound(self.org_id, self.sound, now)}
        if self.calls is not None:
            found[Thing.CALLS] = expiry.old_calls(self.org_id, self.calls)
            found[Thing.MESSAGES] = expiry.old_deliveries(self.org_id, self.calls)
        if self.people is not None:
            found[Thing.PEOPLE] = expiry.old_contacts(self.org_id, self.people)
            found[Thing.LIST_ROWS] = expiry.old_list_rows(self.org_id, self.people)
            found[Thing.NUMBERS] = expiry.old_numbers(self.org_id, self.people)
        return found


async def all_bounds(store: Store, keep: Keep, now: datetime) -> list[Bounds]:
    """The bounds of every organisation."""
    async with store.reading() as session:
        days = await expiry.days(session)
    sound = _before(now, keep.audio_days)
    return [
        Bounds(org_id, sound, _before(now, min(filter(None, (own, keep.days)), default=0)), _before(now, own))
        for org_id, own in days.items()
    ]


async def count(store: Store, keep: Keep, now: datetime) -> Counter[Thing]:
    """How much is past its time; nothing is removed."""
    total = Counter[Thing]()
    for bounds in await all_bounds(store, keep, now):
        async with store.reading() as session:
            for thing, due in bounds.due(now).items():
                total[thing] += await expiry.how_many(session, due)
    return total


async def forget(store: Store, data: Path, keep: Keep, now: datetime) -> Counter[Thing]:
    """One round; tells how much went. Raises OSError for files that cannot be removed: the rows that lead to them
    stay."""
    total = Counter[Thing]()
    for bounds in await all_bounds(store, keep, now):
        await _Round(store, data, bounds, now, total).run()
    return total


class _Round:
    """One organisation's part of a round; what went is counted as it goes."""

    def __init__(
        self, store: Store, data: Path, bounds: Bounds, now: datetime, total: Counter[Thing]
    ) -> None:
        self._store = store
        self._data = data
        self._bounds = bounds
        self._org_id = bounds.org_id
        self._now = now
        self._total = total

    async def run(self) -> None:
        """One thing after the other."""
        due = self._bounds.due(self._now)
        await self._sound(due[Thing.SOUND])
        if Thing.CALLS in due:
            await self._calls(due[Thing.CALLS])
            await self._rows(Thing.MESSAGES, partial(expiry.forget_deliveries, due=due[Thing.MESSAGES]))
        if Thing.PEOPLE in due:
            await self._people(due[Thing.PEOPLE])
            await self._rows(Thing.LIST_ROWS, partial(expiry.forget_list_rows, due=due[Thing.LIST_ROWS]))
            hide = partial(expiry.hide_numbers, org_id=self._org_id, due=due[Thing.NUMBERS])
            await self._rows(Thing.NUMBERS, hide)

    async def _sound(self, due: Due) -> None:
        after = ""
        for _ in range(MOST // PAGE):
            async with self._store.reading() as session:
                page = await expiry.sound(session, due, after, PAGE)
            if not page:
                return
            after = page[-1].id
            files = await in_thread(partial(self._files, page))
            subject = Subject(Kind.SOUND, page[0].id)
            await self._put_down(subject, partial(call_folders.prints_of, self._data, files))
            await in_thread(partial(_unlink, files))
            await self._write(partial(self._without_sound, page=page, subject=subject))
            self._total[Thing.SOUND] += len(page)

    def _files(self, page: Sequence[OldSound]) -> list[Path]:
        """The files of recordings that are there; what is not below the calls is none of them."""
        calls = (self._data / CALLS).resolve()
        files = [self._data / each.path for each in page]
        return [file for file in files if file.is_file() and file.resolve().is_relative_to(calls)]

    async def _without_sound(
        self, session: AsyncSession, *, page: Sequence[OldSound], subject: Subject
    ) -> None:
        rows = await expiry.forget_sound(session, self._org_id, [each.id for each in page])
        await proofs.finish(session, self._org_id, subject, {"rows": {"recordings": rows}}, self._now)

    async def _calls(self, due: Due) -> None:
        after = ""
        for _ in range(MOST // PAGE):
            async with self._store.reading() as session:
                page = await expiry.calls(session, due, after, PAGE)
                alone = on_sqlite(session)
            if not page:
                return
            after = page[-1].id
            names = {call.record_id for call in page if call.record_id is not None}
            folders = await in_thread(partial(call_folders.existing, self._data, names))
            here = {folder.name for folder in folders}
            await self._these([call.id for call in page if alone or self._is_ours(call, here)], folders)

    def _is_ours(self, call: OldCall, here: set[str]) -> bool:
        """Whether a call's folder is on this machine, or is nowhere for all that is known."""
        return call.record_id is None or call.record_id in here or call.ended_at <= self._long_ago

    @property
    def _long_ago(self) -> datetime:
        return (self._bounds.calls or self._now) - ELSEWHERE

    async def _these(self, ids: Sequence[str], folders: Sequence[Path]) -> None:
        """Calls of which all folders that there are, are here."""
        if not ids:
            return
        subject = Subject(Kind.CALLS, ids[0])
        await self._put_down(subject, partial(call_folders.fingerprints, self._data, folders))
        await in_thread(partial(call_folders.remove, self._data, folders))
        await self._write(partial(self._without_calls, ids=ids, subject=subject))
        self._total[Thing.CALLS] += len(ids)

    async def _without_calls(self, session: AsyncSession, *, ids: Sequence[str], subject: Subject) -> None:
        rows = await erasure.forget_calls(session, self._org_id, ids)
        await proofs.finish(session, self._org_id, subject, {"calls": [*ids], "rows": rows}, self._now)

    async def _people(self, due: Due) -> None:
        after = ""
        for _ in range(MOST // PAGE):
            ids, gone = await self._write(partial(self._without_people, due=due, after=after))
            self._total[Thing.PEOPLE] += gone
            if not ids:
                return
            after = ids[-1]

    async def _without_people(
        self, session: AsyncSession, *, due: Due, after: str
    ) -> tuple[Sequence[str], int]:
        """Those that were looked at, and how many of them are forgotten."""
        ids, gone = await expiry.contacts(session, due, after, PAGE), 0
        for person in await traces.of_contacts(session, self._org_id, ids):
            # A call that came in is under way, or has not come to its own time.
            if person.record_ids or person.is_live:
                continue
            await erasure.begin(session, self._org_id, person, person.contact_id, (), self._now)
            subject, cause = person.contact_id, Cause.RETENTION
            await erasure.finish(session, self._org_id, person, subject, self._now, cause)
            gone += 1
        return ids, gone

    async def _rows(self, thing: Thing, work: Callable[..., Coroutine[Any, Any, int]]) -> None:
        for _ in range(MOST_ROWS // ROWS):
            gone = await self._write(partial(work, most=ROWS))
            self._total[thing] += gone
            if gone < ROWS:
                return

    async def _write(self, work: Callable[[AsyncSession], Awaitable[Result]]) -> Result:
        return await self._store.write(work, Haste.PATIENT)

    async def _put_down(self, subject: Subject, prints: Callable[[], Sequence[proofs.File]]) -> None:
        files = await in_thread(prints)
        if files:
            await self._write(
                partial(proofs.begin, org_id=self._org_id, subject=subject, files=files, at=self._now)
            )


def _before(now: datetime, days: int) -> datetime | None:
    return now - timedelta(days=days) if days else None


def _unlink(files: Sequence[Path]) -> None:
    for file in files:
        file.unlink(missing_ok=True)
