"""A list comes into the store: all of it, or nothing.

A list takes as long to read as a database must not be locked (on SQLite one transaction writes at a time, and the
dialer waits for it). So its rows are read first, and wait in a file without a name; then one transaction publishes
them, with the verdict of each. A process that is killed leaves a row of ``imports`` that says "running" and nothing
else: the next import closes it. A list that is begun again while it is being read overtakes the first one, which
finds that out before it publishes anything.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
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
from vantum.store.words import RowVerdict

BEAT_SECONDS: Final = 5.0
"""How often a process that reads a list says that it lives; see ``imports.QUIET``."""
PART: Final = 500
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
                publishing = _Publishing(target, order, new, spool, report)
                published = await store.write(publishing.publish)
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


@dataclass(frozen=True, slots=True)
class _Publishing:
    """What the one transaction does; it may be done again when another was in its way."""

    target: Target
    order: Order
    new: NewImport
    spool: Spool
    report: Report

    async def publish(self, session: AsyncSession) -> Published:
        org_id, import_id = self.target.org_id, self.target.import_id
        if not await imports.beat(session, org_id, import_id, 0, _now()):
            raise _overtaken()
        if self.order.repeat is Repeat.TELL and await imports.imported(
            session, org_id, self.new.sha256, self.new.campaign_id
        ):
            raise _overtaken()
        publisher = Publisher(session, self.target)
        pieces = self.spool.pieces()
        # Thousands of rows are read in a thread: calls under way are on this loop.
        while (piece := await in_thread(lambda: next(pieces, None))) is not None:
            for part in bulk.pieces(piece, PART):
                await publisher.add(part)
            self._tell(publisher.published)
        now, published = _now(), publisher.published
        await imports.finish(session, org_id, import_id, published.counts, now)
        await outbox.tell(session, org_id, self._finished(published, now))
        return published

    def _finished(self, published: Published, at: datetime) -> Event:
        import_id, campaign_id = self.target.import_id, self.target.campaign_id
        counts = {kind.value: published.counts.get(kind, 0) for kind in RowVerdict}
        data = {"import_id": import_id, "campaign_id": campaign_id, "leads": published.leads, **counts}
        return Event(EventType.IMPORT_FINISHED, import_id, data, at)

    def _tell(self, published: Published) -> None:
        size = self.new.bytes
        rows = sum(published.counts.values())
        self.report(ImportProgress(Step.WRITING, rows, size, size, published.counts))


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
