"""Imports: which lists are being read, which were, and what became of their rows.

A list that is being read has one row here and nothing else in the database; all that comes of it is written by one
transaction at its end. So a process that dies leaves that row behind, and no part of the list. Its row is closed
when it was quiet for too long, or as soon as the same list is begun again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from vantum.store.models import Import, ImportRow
from vantum.store.words import ImportState, RowVerdict

QUIET: Final = timedelta(minutes=2)
"""From a process that reads a list comes a sign of life every few seconds."""
MOST_ROWS: Final = 1_000
"""Rows that are listed at once."""
DIED: Final = "The process that read the list ended before it was done."
OVERTAKEN: Final = "The same list was begun again."
_RUNNING: Final = Import.state == ImportState.RUNNING


@dataclass(frozen=True, slots=True)
class NewImport:
    """A list that is about to be read: its name, its fingerprint, and what its columns are."""

    filename: str
    sha256: str
    bytes: int
    mapping: Mapping[str, object]
    campaign_id: str | None = None


async def begin(session: AsyncSession, org_id: str, new: NewImport, at: datetime) -> str:
    """Write down that a list is being read; gives the import's id.

    One of the same file for the same campaign that is still being read is given up: its process finds that out
    before it writes anything.
    """
    await _close(session, OVERTAKEN, at, _of(org_id), *_same(new.sha256, new.campaign_id))
    await bury(session, org_id, at)
    row = Import(
        org_id=org_id,
        campaign_id=new.campaign_id,
        filename=new.filename,
        sha256=new.sha256,
        bytes=new.bytes,
        mapping=dict(new.mapping),
        created_at=at,
        updated_at=at,
    )
    session.add(row)
    await session.flush()
    return row.id


async def bury(session: AsyncSession, org_id: str, at: datetime) -> int:
    """Close the imports whose processes have died; tells how many there were."""
    return await _close(session, DIED, at, _of(org_id), Import.updated_at < at - QUIET)


async def bury_all(session: AsyncSession, at: datetime) -> int:
    """The same for all organisations, when a server starts and from time to time; nothing of a list is told."""
    return await _close(session, DIED, at, Import.updated_at < at - QUIET)


async def imported(session: AsyncSession, org_id: str, sha256: str, campaign_id: str | None) -> Import | None:
    """The last finished import of a file for a campaign."""
    statement = select(Import).where(
        Import.org_id == org_id, Import.state == ImportState.FINISHED, *_same(sha256, campaign_id)
    )
    return await session.scalar(statement.order_by(Import.id.desc()).limit(1))


async def beat(session: AsyncSession, org_id: str, import_id: str, rows: int, at: datetime) -> bool:
    """A sign of life after so many rows; False when the import was given up meanwhile."""
    statement = update(Import).where(_of(org_id), _RUNNING, Import.id == import_id)
    result = await session.execute(statement.values(rows=rows, updated_at=at).returning(Import.id))
    return result.first() is not None


async def finish(
    session: AsyncSession, org_id: str, import_id: str, counts: Mapping[RowVerdict, int], at: datetime
) -> None:
    """The list is published; ``counts`` says how many of its rows have which verdict."""
    statement = update(Import).where(_of(org_id), _RUNNING, Import.id == import_id)
    await session.execute(
        statement.values(
            state=ImportState.FINISHED,
            rows=sum(counts.values()),
            accepted=counts.get(RowVerdict.ACCEPTED, 0),
            duplicate=counts.get(RowVerdict.DUPLICATE, 0),
            invalid=counts.get(RowVerdict.INVALID, 0),
            suppressed=counts.get(RowVerdict.SUPPRESSED, 0),
            finished_at=at,
            updated_at=at,
        )
    )


async def fail(session: AsyncSession, org_id: str, import_id: str, words: str, at: datetime) -> bool:
    """Nothing came of the list, and why; False when it is closed already."""
    return await _close(session, words, at, _of(org_id), Import.id == import_id) > 0


async def get(session: AsyncSession, org_id: str, import_id: str) -> Import | None:
    """An import."""
    return await session.scalar(select(Import).where(Import.org_id == org_id, Import.id == import_id))


async def rows(
    session: AsyncSession,
    org_id: str,
    import_id: str,
    after: int = 0,
    verdict: RowVerdict | None = None,
) -> Sequence[ImportRow]:
    """What became of the rows behind row ``after``, in their order, at most ``MOST_ROWS``; only those with a verdict
    where one is named."""
    statement = select(ImportRow).where(
        ImportRow.org_id == org_id, ImportRow.import_id == import_id, ImportRow.row > after
    )
    if verdict is not None:
        statement = statement.where(ImportRow.verdict == verdict)
    return (await session.scalars(statement.order_by(ImportRow.row).limit(MOST_ROWS))).all()


def _of(org_id: str) -> ColumnElement[bool]:
    return Import.org_id == org_id


def _same(sha256: str, campaign_id: str | None) -> tuple[ColumnElement[bool], ...]:
    return (Import.sha256 == sha256, Import.campaign_id.is_not_distinct_from(campaign_id))


async def _close(session: AsyncSession, words: str, at: datetime, *where: ColumnElement[bool]) -> int:
    # One that is locked is being published at this moment: it lives.
    found = select(Import.id).where(_RUNNING, *where).with_for_update(skip_locked=True)
    ids = (await session.scalars(found)).all()
    for import_id in ids:
        values = {"state": ImportState.FAILED, "error": words[:500], "finished_at": at, "updated_at": at}
        await session.execute(update(Import).where(Import.id == import_id).values(values))
    return len(ids)
