"""Rows of a campaign counted by kind: what the figures of its progress are made from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import case, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from vantum.core.outreach.lead import CALLABLE
from vantum.core.outreach.outcome import Pickup
from vantum.core.outreach.progress import AttemptKind, LeadKind
from vantum.store.attempts import RANG
from vantum.store.models import Call, Lead

RECENT: Final = 200
"""Calls from which their usual length is taken."""


@dataclass(frozen=True, slots=True)
class Queue:
    """Leads that wait for a call: ``due`` now and ``later``; of the latter the ``first`` and ``last`` moment."""

    due: int
    later: int
    first: datetime | None
    last: datetime | None


async def lead_kinds(session: AsyncSession, org_id: str, campaign_id: str) -> dict[LeadKind, int]:
    """The leads."""
    statement = select(Lead.state, Lead.final_disposition, func.count()).where(
        Lead.org_id == org_id, Lead.campaign_id == campaign_id
    )
    rows = await session.execute(statement.group_by(Lead.state, Lead.final_disposition))
    return {LeadKind(state, disposition): count for state, disposition, count in rows}


async def attempt_kinds(session: AsyncSession, org_id: str, campaign_id: str) -> dict[AttemptKind, int]:
    """The attempts; one that was given back before it was dialed has never been."""
    statement = select(Call.outcome, Call.pickup, Call.disposition, func.count()).where(
        Call.org_id == org_id, Call.campaign_id == campaign_id, RANG
    )
    found: dict[AttemptKind, int] = {}
    rows = await session.execute(statement.group_by(Call.outcome, Call.pickup, Call.disposition))
    for outcome, pickup, disposition, count in rows:
        kind = AttemptKind(outcome, pickup or Pickup.NOBODY, disposition)
        # A call has no pickup until somebody looked, and then it may have "nobody": the same to us.
        found[kind] = found.get(kind, 0) + count
    return found


async def queue(session: AsyncSession, org_id: str, campaign_id: str, now: datetime) -> Queue:
    """Who waits, and since or until when."""
    is_later = Lead.next_attempt_at > now
    later_at = case((is_later, Lead.next_attempt_at))
    moment = Lead.next_attempt_at.type
    statement = select(
        func.count(),
        func.count(later_at),
        func.min(later_at, type_=moment),
        func.max(later_at, type_=moment),
    ).where(Lead.org_id == org_id, Lead.campaign_id == campaign_id, Lead.state.in_(CALLABLE))
    total, later, first, last = (await session.execute(statement)).one()
    return Queue(total - later, later, first, last)


async def usual_seconds(session: AsyncSession, org_id: str, campaign_id: str) -> float | None:
    """For how long one of the last calls held its line, ringing included; None when there was none."""
    statement = (
        select(Call.dialed_at, Call.ended_at)
        .where(Call.org_id == org_id, Call.campaign_id == campaign_id)
        .where(Call.dialed_at.is_not(None), Call.ended_at.is_not(None))
        .order_by(Call.created_at.desc())
        .limit(RECENT)
    )
    held = [
        (ended - dialed) / timedelta(seconds=1)
        for dialed, ended in await session.execute(statement)
        if dialed is not None and ended is not None and ended > dialed
    ]
    return sum(held) / len(held) if held else None
