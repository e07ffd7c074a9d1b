"""A list comes into the store: all of it, or nothing.

A list takes as long to read as a database must not be locked (on SQLite one transaction writes at a time, and the
dialer waits for it). So its rows are read first, and wait in a file without a name; then they are got ready in
temporary tables; then one short transaction publishes them, with the verdict of each. A process that is killed leaves
a row of ``imports`` that says "running" and nothing else: the next import closes it. A list that is begun again while
it is being read overtakes the first one, which finds that out before it publishes anything.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from vantum.core.errors import UsageError
from vantum.core.outreach.campaign import CampaignState
from vantum.core.outreach.delivery import EventType
from vantum.outreach.findings import Findings
from vantum.outreach.in_thread import in_thread
from vantum.outreach.list_reading import (
    ImportProgress,
    Order,
    Pulse,
    Repeat,
    Report,
    Sink,
    Step,
    no_pulse,
    opened,
    read_list,
)
from vantum.outreach.spool import Spool
from vantum.sheets.prospect_list import ProspectList
from vantum.store import bulk, campaigns, imports, outbox
from vantum.store.engine import Store
from vantum.store.imports import NewImport
from vantum.store.models import Import
from vantum.store.outbox import Event
from vantum.store.publishing import Published, Publisher, Target
from vantum.store.staged import StagedRow
from vantum.store.words import RowVerdict

BEAT_SECONDS: Final = 5.0
"""How often a process that reads a list says that it lives; see ``imports.QUIET``."""
PART: Final = 100
"""Rows that are published at once: what is computed for them keeps calls on the same loop waiting for a moment."""
STOPPED: Final = "The import was stopped."
FAILED: Final = "The import failed"


@dataclass(frozen=True, slots=True)
class Imported:
    """A list that is in the store now: rows by their verdict as they were published, and how many leads it brought.

    ``findings`` are the verdicts as they were read: a moment before somebody may have asked not to be called.
    """

    import_id: str
    counts: Mapping[RowVerdict, int]
    leads: int
    findings: Findings


@dataclass(frozen=True, slots=True)
class Before:
    """The file was imported for this campaign before, and nothing was done."""

    import_id: str
    at: datetime
    counts: Mapping[RowVerdict, int]


async def import_list(
    store: Store, org_id: str, order: Order, scratch: Path, report: Report = lambda _: None
) -> Imported | Before:
    """Import a list; its rows wait under ``scratch``. Raises UsageError for a list that cannot be read to its end,
    and for a campaign that is not there or archived: then nothing of it is in the store."""
    await _check_campaign(store, org_id, order)
    async with opened(order) as listed:
        if (before := await _before(store, org_id, order, listed)) is not None:
            return before
        new = _new_import(order, listed)
        import_id = await store.write(lambda session: imports.begin(session, org_id, new, _now()))
        try:
            with Spool(scratch) as spool:
                pulse = _Heart(store, org_id, import_id).pulse
                findings = await read_list(store, org_id, order, listed, spool.add, pulse, report)
                target = Target(org_id, import_id, order.campaign_id, order.wish.now)
                async with store.apart() as session:
                    publishing = _Publishing(store, session, target, order, new, spool, findings.rows)
                    await publishing.get_ready(pulse, report)
                    published = await publishing.publish()
        except BaseException as error:
            await _give_up(store, org_id, import_id, _reason(error))
            raise
    return Imported(import_id, published.counts, published.leads, findings)


async def try_list(
    store: Store, org_id: str, order: Order, sink: Sink = lambda _: None, report: Report = lambda _: None
) -> Findings:
    """What an import would come to; nothing is changed. Raises as ``import_list`` does."""
    await _check_campaign(store, org_id, order)
    async with opened(order) as listed:
        return await read_list(store, org_id, order, listed, sink, no_pulse, report)


class _Heart:
    """Says from time to time that the import lives."""

    def __init__(self, store: Store, org_id: str, import_id: str) -> None:
        self._store = store
        self._org_id = org_id
        self._import_id = import_id
        self._last = asyncio.get_running_loop().time()

    async def pulse(self, rows: int) -> None:
        """After a batch; raises UsageError when the import was given up."""
        now = asyncio.get_running_loop().time()
        if now - self._last < BEAT_SECONDS:
            return
        self._last = now

        async def beat(session: AsyncSession) -> bool:
            return await imports.beat(session, self._org_id, self._import_id, rows, _now())

        if not await self._store.write(beat):
            raise _overtaken()


class _Publishing:
    """The second half: rows that were read are got ready on a connection apart, then published at once."""

    def __init__(
        self,
        store: Store,
        session: AsyncSession,
        target: Target,
        order: Order,
        new: NewImport,
        spool: Spool,
        rows: int,
    ) -> None:
        self._store = store
        self._session = session
        self._target = target
        self._order = order
        self._new = new
        self._spool = spool
        self._rows = rows
        self._publisher = Publisher(session, target)

    async def get_ready(self, pulse: Pulse, report: Report) -> None:
        """All that takes long."""
        await self._publisher.begin()
        counts = Counter[RowVerdict]()
        size = self._new.bytes
        async for piece in self._pieces():
            for part in bulk.pieces(piece, PART):
                await self._publisher.add(part)
                await self._session.commit()
            counts.update(row.verdict for row in piece)
            await pulse(self._rows)
            report(ImportProgress(Step.WRITING, counts.total(), size, size, counts))

    async def publish(self) -> Published:
        """The one transaction, done again when another was in its way. Raises UsageError when it is overtaken."""
        return await self._store.write_apart(self._session, self._all_of_it)

    async def _all_of_it(self, session: AsyncSession) -> Published:
        target = self._target
        # Written first: from here on nobody else writes on SQLite, and nobody else publishes this list.
        if not await imports.beat(session, target.org_id, target.import_id, self._rows, _now()):
            raise _overtaken()
        if self._order.repeat is Repeat.TELL and await imports.imported(
            session, target.org_id, self._new.sha256, self._new.campaign_id
        ):
            raise _overtaken()
        published, now = await self._publisher.publish(self._again), _now()
        await imports.finish(session, target.org_id, target.import_id, published.counts, now)
        await outbox.tell(session, target.org_id, self._finished(published, now))
        return published

    async def _again(self, numbers: Collection[int]) -> AsyncIterator[list[StagedRow]]:
        async for piece in self._pieces():
            if wanted := [row for row in piece if row.row in numbers]:
                yield wanted

    async def _pieces(self) -> AsyncIterator[list[StagedRow]]:
        pieces = self._spool.pieces()
        # Thousands of rows are read in a thread: calls under way are on this loop.
        while (piece := await in_thread(lambda: next(pieces, None))) is not None:
            yield piece

    def _finished(self, published: Published, at: datetime) -> Event:
        import_id, campaign_id = self._target.import_id, self._target.campaign_id
        counts = {kind.value: published.counts.get(kind, 0) for kind in RowVerdict}
        data = {"import_id": import_id, "campaign_id": campaign_id, "leads": published.leads, **counts}
        return Event(EventType.IMPORT_FINISHED, import_id, data, at)


async def _check_campaign(store: Store, org_id: str, order: Order) -> None:
    if order.campaign_id is None:
        return
    async with store.reading() as session:
        campaign = await campaigns.get(session, org_id, order.campaign_id)
    if campaign is None:
        raise UsageError("There is no such campaign.", "Name one of this organisation.")
    if campaign.state is CampaignState.ARCHIVED:
        raise UsageError(f"The campaign {campaign.name!r} is archived.", "Name one that can still call.")


async def _before(store: Store, org_id: str, order: Order, listed: ProspectList) -> Before | None:
    if order.repeat is Repeat.IMPORT:
        return None
    async with store.reading() as session:
        row = await imports.imported(session, org_id, listed.sheet.about.sha256, order.campaign_id)
    return None if row is None else Before(row.id, row.finished_at or row.created_at, counts_of(row))


def counts_of(row: Import) -> dict[RowVerdict, int]:
    """The rows of a finished import by their verdict."""
    return {
        RowVerdict.ACCEPTED: row.accepted,
        RowVerdict.DUPLICATE: row.duplicate,
        RowVerdict.INVALID: row.invalid,
        RowVerdict.SUPPRESSED: row.suppressed,
    }


def _new_import(order: Order, listed: ProspectList) -> NewImport:
    about = listed.sheet.about
    columns = [
        {"name": column.name, "field": column.field.value, "key": column.key}
        for column in listed.mapping.columns
    ]
    mapping: dict[str, object] = {"columns": columns, "country": order.wish.country}
    if listed.sheet.name:
        mapping["sheet"] = listed.sheet.name
    return NewImport(order.name, about.sha256, about.size, mapping, order.campaign_id)


async def _give_up(store: Store, org_id: str, import_id: str, words: str) -> None:
    # The database may be what has failed: then the row is closed when it was quiet for too long.
    with suppress(SQLAlchemyError, TimeoutError):
        await store.write(lambda session: imports.fail(session, org_id, import_id, words, _now()))


def _reason(error: BaseException) -> str:
    if isinstance(error, UsageError):
        return str(error)
    return f"{FAILED} ({type(error).__name__})." if isinstance(error, Exception) else STOPPED


def _overtaken() -> UsageError:
    return UsageError("The same list was begun again meanwhile.", "Nothing was added by this import.")


def _now() -> datetime:
    return datetime.now(UTC)
