"""Attempts: the calls of dialers, moved on only by the one who owns them, and counted for limits and brakes."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from vantum.core.outreach.brakes import Answered, Result
from vantum.core.outreach.campaign import CampaignState
from vantum.core.outreach.outcome import ABANDONED, Pickup
from vantum.store.models import Call, Campaign, Contact, Dialer
from vantum.store.words import Direction

RESULTS: Final = 300
"""The newest attempts of which the circuit breaker is told."""
RANG: Final = or_(Call.ended_at.is_(None), Call.dialed_at.is_not(None))
"""Of an attempt: it was dialed or still may be. One that was given back before has never been."""
_CALLED_AT: Final = func.coalesce(Call.dialed_at, Call.queued_at, type_=Call.queued_at.type)


@dataclass(frozen=True, slots=True)
class Named:
    """An attempt, and whose it is."""

    org_id: str
    id: str
    claimed_by: str | None


async def take_up(session: AsyncSession, org_id: str, call_id: str, dialer_id: str) -> Call | None:
    """Make a live attempt this dialer's; None when it is over, or that of another dialer who lives.

    Who had it before can move it no more.
    """
    statement = update(Call).where(*_within_reach(org_id, call_id, dialer_id))
    taken = statement.values(claimed_by=dialer_id).returning(Call)
    return await session.scalar(taken.execution_options(populate_existing=True))


async def own(session: AsyncSession, org_id: str, call_id: str, dialer_id: str) -> Call | None:
    """A live attempt, locked, if it is this dialer's."""
    statement = _owned(org_id, call_id, dialer_id).with_for_update()
    return await session.scalar(statement.execution_options(populate_existing=True))


async def within_reach(session: AsyncSession, org_id: str, call_id: str, dialer_id: str) -> Call | None:
    """A live attempt as it was just now, unless it was that of another dialer who lives."""
    return await session.scalar(select(Call).where(*_within_reach(org_id, call_id, dialer_id)))


def _within_reach(org_id: str, call_id: str, dialer_id: str) -> tuple[ColumnElement[bool], ...]:
    others = select(Dialer.id).where(
        Dialer.id == Call.claimed_by, Dialer.id != dialer_id, Dialer.stopped_at.is_(None)
    )
    return Call.org_id == org_id, Call.id == call_id, Call.ended_at.is_(None), ~others.exists()


def _owned(org_id: str, call_id: str, dialer_id: str) -> Select[Call]:
    return select(Call).where(
        Call.org_id == org_id, Call.id == call_id, Call.claimed_by == dialer_id, Call.ended_at.is_(None)
    )


async def live(session: AsyncSession) -> Sequence[Named]:
    """The attempts of all organisations that are not over."""
    statement = select(Call.org_id, Call.id, Call.claimed_by).where(
        Call.ended_at.is_(None), Call.claimed_by.is_not(None)
    )
    return [Named(*row) for row in (await session.execute(statement.order_by(Call.id))).all()]


async def numbers_in_call(session: AsyncSession, org_id: str, numbers: Collection[str]) -> frozenset[str]:
    """Those of ``numbers`` with a call that is not over."""
    statement = select(Call.to_number).where(
        Call.org_id == org_id, Call.ended_at.is_(None), Call.to_number.in_(numbers)
    )
    return frozenset(await session.scalars(statement))


async def at_number(
    session: AsyncSession, org_id: str, number: str, since: datetime, but: str = ""
) -> tuple[datetime, ...]:
    """When a number was called since a moment, for the legal gate; ``but`` is the attempt that asks."""
    statement = select(_CALLED_AT).where(
        Call.org_id == org_id,
        Call.to_number == number,
        Call.direction == Direction.OUTBOUND,
        Call.id != but,
        RANG,
        since <= _CALLED_AT,
    )
    return tuple(moment for moment in await session.scalars(statement) if moment is not None)


async def at_company(
    session: AsyncSession, org_id: str, company_id: str, since: datetime, but: str = ""
) -> tuple[datetime, ...]:
    """When anybody of a company was called since a moment, in order; ``but`` is the attempt that asks."""
    statement = (
        select(_CALLED_AT)
        .join(Contact, and_(Contact.id == Call.contact_id, Contact.org_id == org_id))
        .where(Call.org_id == org_id, Contact.company_id == company_id, Call.id != but)
        .where(Call.direction == Direction.OUTBOUND, RANG, since <= _CALLED_AT)
    )
    return tuple(sorted(moment for moment in await session.scalars(statement) if moment is not None))


async def last_claims(session: AsyncSession, campaign_ids: Collection[str]) -> dict[str, datetime]:
    """When each of these campaigns was last served."""
    statement = select(Call.campaign_id, func.max(Call.queued_at, type_=Call.queued_at.type)).where(
        Call.campaign_id.in_(campaign_ids)
    )
    rows = (await session.execute(statement.group_by(Call.campaign_id))).all()
    return {campaign: at for campaign, at in rows if campaign is not None and at is not None}


async def answered(session: AsyncSession, org_id: str, campaign_id: str, since: datetime) -> Answered:
    """The calls of a campaign that a human answered since a moment, and those that were abandoned."""
    statement = select(Call.pickup, func.count()).where(
        Call.org_id == org_id,
        Call.campaign_id == campaign_id,
        Call.answered_at >= since,
        Call.pickup.is_not(None),
        Call.pickup != Pickup.NOBODY,
    )
    rows = (await session.execute(statement.group_by(Call.pickup))).all()
    counts: dict[Pickup | None, int] = dict(rows)
    return Answered(sum(counts.values()), sum(counts.get(how, 0) for how in ABANDONED))


async def results(session: AsyncSession, org_id: str, campaign_id: str) -> Sequence[Result]:
    """How the newest attempts of a campaign ended."""
    statement = (
        select(Call.ended_at, Call.outcome)
        .where(Call.org_id == org_id, Call.campaign_id == campaign_id, Call.dialed_at.is_not(None))
        .where(Call.ended_at.is_not(None), Call.outcome.is_not(None))
        .order_by(Call.created_at.desc())
        .limit(RESULTS)
    )
    rows = (await session.execute(statement)).all()
    return [Result(at, outcome) for at, outcome in rows if at is not None and outcome is not None]


async def before(session: AsyncSession, call: Call) -> Sequence[Call]:
    """The attempts at the same lead that were dialed and are over."""
    statement = select(Call).where(
        Call.org_id == call.org_id,
        Call.lead_id == call.lead_id,
        Call.id != call.id,
        Call.dialed_at.is_not(None),
        Call.outcome.is_not(None),
    )
    return (await session.scalars(statement.order_by(Call.dialed_at))).all()


async def unanswered(
    session: AsyncSession, dialer_id: str, states: Collection[CampaignState]
) -> Sequence[str]:
    """A dialer's calls that nobody has answered yet, of campaigns in these states."""
    statement = (
        select(Call.id)
        .join(Campaign, Campaign.id == Call.campaign_id)
        .where(Call.claimed_by == dialer_id, Call.ended_at.is_(None), Call.answered_at.is_(None))
        .where(Campaign.state.in_(states))
    )
    return (await session.scalars(statement)).all()
