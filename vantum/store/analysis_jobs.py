"""Analyses that are to be made: asked for, leased by whoever makes them, and what became of each.

Law: who claims a job has it until a moment; behind that, whoever looks takes it up again, so that what a killed
process had begun is not lost. An attempt counts from its claim: a job that kills its process is not tried for ever.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import and_, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from vantum.store.bulk import insert_rows, inserting, pieces
from vantum.store.columns import new_id, now
from vantum.store.models import AnalysisJob, Call
from vantum.store.models.analyses import IS_WAITING
from vantum.store.words import JobCause, JobState

LONGEST_ERROR: Final = 500
"""Characters."""
SOON: Final = timedelta(minutes=3, seconds=10)
"""A little longer than a lease."""


@dataclass(frozen=True, slots=True)
class Place:
    """A place in the line of jobs that wait, longest first."""

    next_at: datetime
    id: str = ""


@dataclass(frozen=True, slots=True)
class Due:
    """A job that may be claimed, and the name of the call's folder on disk."""

    id: str
    record_id: str | None
    asked_at: datetime
    next_at: datetime


@dataclass(frozen=True, slots=True)
class Claimed:
    """A job that is somebody's own until ``until``; ``attempt`` is the number of this one, from 1."""

    id: str
    org_id: str
    call_id: str
    cause: JobCause
    fields: Mapping[str, object] | None
    attempt: int
    asked_at: datetime
    until: datetime


async def ask_after(session: AsyncSession, org_id: str, call_id: str, at: datetime) -> bool:
    """Have a call analysed that is over; False when that was asked for before. The job has the call's own id."""
    return bool(await _insert(session, [_row(org_id, call_id, JobCause.AFTER_CALL, None, at, call_id)]))


async def ask(
    session: AsyncSession,
    org_id: str,
    call_ids: Sequence[str],
    fields: Mapping[str, object] | None,
    at: datetime,
) -> Sequence[str]:
    """Have calls of an organisation analysed again, with these ``fields`` or the campaign's own; the jobs' ids.

    Calls of others, and those that were never had, are left out.
    """
    found: list[str] = []
    for piece in pieces(call_ids):
        statement = select(Call.id).where(
            Call.org_id == org_id, Call.id.in_(piece), Call.record_id.is_not(None)
        )
        ours = frozenset(await session.scalars(statement))
        wanted = [call_id for call_id in piece if call_id in ours]
        found += await _insert(
            session, [_row(org_id, call_id, JobCause.ASKED, fields, at, new_id()) for call_id in wanted]
        )
    return found


async def due(session: AsyncSession, at: datetime, most: int, after: Place | None = None) -> Sequence[Due]:
    """The jobs of all organisations that may be claimed, those that wait longest first, from ``after`` on."""
    statement = (
        select(AnalysisJob.id, Call.record_id, AnalysisJob.created_at, AnalysisJob.next_at)
        .join(Call, Call.id == AnalysisJob.call_id)
        .where(IS_WAITING, AnalysisJob.next_at <= at)
        .order_by(AnalysisJob.next_at, AnalysisJob.id)
        .limit(most)
    )
    if after is not None:
        same = and_(AnalysisJob.next_at == after.next_at, AnalysisJob.id > after.id)
        statement = statement.where(or_(AnalysisJob.next_at > after.next_at, same))
    found = await session.execute(statement)
    return [Due(job, record, asked_at, next_at or at) for job, record, asked_at, next_at in found]


async def claim(
    session: AsyncSession, job_ids: Collection[str], at: datetime, until: datetime
) -> Sequence[Claimed]:
    """Take those of some jobs that are still due.

    On Postgres those that another transaction claims are left out; on SQLite nobody else writes meanwhile.
    """
    statement = (
        select(AnalysisJob)
        .where(AnalysisJob.id.in_(job_ids), AnalysisJob.next_at <= at)
        .order_by(AnalysisJob.next_at, AnalysisJob.id)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    )
    rows = (await session.scalars(statement)).all()
    for row in rows:
        row.next_at, row.attempts = until, row.attempts + 1
    await session.flush()
    return [_claimed(row, until) for row in rows]


async def settle(
    session: AsyncSession,
    claimed: Claimed,
    state: JobState,
    analysis_id: str | None = None,
    error: str = "",
) -> bool:
    """A job is over; False when it was somebody else's by then, and nothing is changed."""
    values = {"state": state, "next_at": None, "analysis_id": analysis_id, "error": error[:LONGEST_ERROR]}
    return await _change(session, claimed, values)


async def put_off(session: AsyncSession, claimed: Claimed, until: datetime, error: str) -> bool:
    """It is tried again at a moment; False as in ``settle``."""
    return await _change(session, claimed, {"next_at": until, "error": error[:LONGEST_ERROR]})


async def give_back(session: AsyncSession, claimed: Claimed, until: datetime) -> bool:
    """It was no attempt: there is nothing to read yet. False as in ``settle``."""
    return await _change(session, claimed, {"next_at": until, "attempts": claimed.attempt - 1})


async def is_ours(session: AsyncSession, claimed: Claimed) -> bool:
    """Whether a job is still its claimer's; it is locked until the transaction ends."""
    statement = select(AnalysisJob.id).where(
        AnalysisJob.org_id == claimed.org_id,
        AnalysisJob.id == claimed.id,
        AnalysisJob.next_at == claimed.until,
    )
    return await session.scalar(statement.with_for_update()) is not None


async def counts(session: AsyncSession, org_id: str, job_ids: Sequence[str]) -> dict[JobState, int]:
    """How many of some jobs are in each state."""
    found = dict.fromkeys(JobState, 0)
    for piece in pieces(job_ids):
        statement = select(AnalysisJob.state, func.count()).where(
            AnalysisJob.org_id == org_id, AnalysisJob.id.in_(piece)
        )
        for state, count in await session.execute(statement.group_by(AnalysisJob.state)):
            found[state] += count
    return found


async def soon(session: AsyncSession, org_id: str, job_ids: Sequence[str], at: datetime) -> bool:
    """Whether any of some jobs is being worked on, or will be within three minutes."""
    for piece in pieces(job_ids):
        statement = select(AnalysisJob.id).where(
            AnalysisJob.org_id == org_id, AnalysisJob.id.in_(piece), AnalysisJob.next_at <= at + SOON
        )
        if await session.scalar(statement.limit(1)) is not None:
            return True
    return False


async def outstanding(
    session: AsyncSession, org_id: str, campaign_id: str, since: datetime, untouched_since: datetime
) -> bool:
    """Whether a call of a campaign that ended at ``since`` or later is being analysed for the first time.

    One that nobody has begun with counts where it ended at ``untouched_since`` or later.
    """
    statement = (
        select(AnalysisJob.id)
        .join(Call, Call.id == AnalysisJob.call_id)
        .where(IS_WAITING, AnalysisJob.org_id == org_id, AnalysisJob.cause == JobCause.AFTER_CALL)
        .where(Call.org_id == org_id, Call.campaign_id == campaign_id, Call.ended_at >= since)
        .where(or_(AnalysisJob.attempts > 0, Call.ended_at >= untouched_since))
    )
    return await session.scalar(statement.limit(1)) is not None


async def of_call(session: AsyncSession, org_id: str, call_id: str) -> Sequence[AnalysisJob]:
    """The jobs of a call, in the order in which they were asked for."""
    statement = select(AnalysisJob).where(AnalysisJob.org_id == org_id, AnalysisJob.call_id == call_id)
    return (await session.scalars(statement.order_by(AnalysisJob.created_at, AnalysisJob.id))).all()


async def _insert(session: AsyncSession, rows: Sequence[Mapping[str, object]]) -> list[str]:
    statement = inserting(session, AnalysisJob).on_conflict_do_nothing()
    return [job_id for (job_id,) in await insert_rows(session, statement, rows, ("id",))]


def _row(
    org_id: str, call_id: str, cause: JobCause, fields: Mapping[str, object] | None, at: datetime, job_id: str
) -> dict[str, object]:
    moment = now()
    return {
        "id": job_id,
        "org_id": org_id,
        "call_id": call_id,
        "cause": cause,
        "state": JobState.WAITING,
        "attempts": 0,
        "next_at": at,
        "fields": None if fields is None else dict(fields),
        "error": "",
        "created_at": moment,
        "updated_at": moment,
    }


async def _change(session: AsyncSession, claimed: Claimed, values: Mapping[str, object]) -> bool:
    statement = update(AnalysisJob).where(
        AnalysisJob.org_id == claimed.org_id,
        AnalysisJob.id == claimed.id,
        AnalysisJob.next_at == claimed.until,
    )
    result = await session.execute(statement.values({**values}).returning(AnalysisJob.id))
    return result.first() is not None


def _claimed(row: AnalysisJob, until: datetime) -> Claimed:
    return Claimed(
        row.id, row.org_id, row.call_id, row.cause, row.fields, row.attempts, row.created_at, until
    )
