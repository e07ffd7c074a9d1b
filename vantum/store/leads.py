"""Leads: whom to call next, and how many are where."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import QueryableAttribute

from vantum.core.outreach.campaign import CampaignState
from vantum.core.outreach.lead import CALLABLE, HELD, LeadEvent, LeadState, moved
from vantum.store.bulk import insert_rows, inserting, pieces
from vantum.store.columns import new_id, now
from vantum.store.models import Call, Campaign, Contact, Lead
from vantum.store.models.campaigns import MAY_BE_CLAIMED, USUAL_PRIORITY

Values = Mapping[QueryableAttribute[Any], object]
"""Columns of a lead, and what they become."""
NOTHING: Final[Values] = MappingProxyType({})


async def add(
    session: AsyncSession,
    org_id: str,
    campaign_id: str,
    contact_ids: Sequence[str],
    due_at: datetime,
    priority: int = USUAL_PRIORITY,
) -> int:
    """Put contacts into a campaign, to be called from ``due_at`` on; tells how many were not in it already.

    Contacts of others are left out, and nobody is put into a campaign of others.
    """
    moment, added = now(), 0
    row = {
        "org_id": org_id,
        "campaign_id": campaign_id,
        "state": LeadState.PENDING,
        "priority": priority,
        "next_attempt_at": due_at,
        "created_at": moment,
        "updated_at": moment,
    }
    ours = select(Campaign.id).where(Campaign.org_id == org_id, Campaign.id == campaign_id).exists()
    statement = inserting(session, Lead).on_conflict_do_nothing()
    for piece in pieces(contact_ids):
        own = select(Contact.id).where(Contact.org_id == org_id, Contact.id.in_(piece), ours)
        rows = [
            {**row, "id": new_id(), "contact_id": found}
            for found in await session.scalars(own.order_by(Contact.id))
        ]
        added += len(await insert_rows(session, statement, rows, ("id",)))
    return added


async def due(
    session: AsyncSession, org_id: str, campaign_id: str, at: datetime, most: int
) -> Sequence[Lead]:
    """The leads to be called now, the most urgent first: promised calls, then by priority. Locked until the end.

    On Postgres those that another transaction has locked are left out; on SQLite nobody else writes meanwhile.
    """
    statement = (
        select(Lead)
        .where(Lead.org_id == org_id, Lead.campaign_id == campaign_id, MAY_BE_CLAIMED)
        .where(Lead.next_attempt_at <= at)
        .order_by(Lead.occasion.desc(), Lead.priority.desc(), Lead.next_attempt_at, Lead.id)
        .limit(most)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    )
    return (await session.scalars(statement)).all()


async def get(session: AsyncSession, org_id: str, lead_id: str) -> Lead | None:
    """A lead."""
    return await session.scalar(select(Lead).where(Lead.org_id == org_id, Lead.id == lead_id))


async def move(
    session: AsyncSession,
    org_id: str,
    lead_id: str,
    seen: LeadState,
    event: LeadEvent,
    also: Values = NOTHING,
) -> bool:
    """Let something happen to a lead; False when it is not in the state that was seen, and nothing is changed.

    Raises IllegalMoveError for what cannot happen in that state.
    """
    statement = update(Lead).where(Lead.org_id == org_id, Lead.id == lead_id, Lead.state == seen)
    values: dict[QueryableAttribute[Any], object] = {**also, Lead.state: moved(seen, event)}
    result = await session.execute(statement.values(values).returning(Lead.id))
    return result.first() is not None


async def counts(session: AsyncSession, org_id: str, campaign_id: str) -> dict[LeadState, int]:
    """How many leads of a campaign are in each state, those without any included."""
    statement = select(Lead.state, func.count()).where(Lead.org_id == org_id, Lead.campaign_id == campaign_id)
    found = dict((await session.execute(statement.group_by(Lead.state))).all())
    return {state: found.get(state, 0) for state in LeadState}


async def stop(session: AsyncSession, org_id: str, campaign_id: str, reason: str) -> int:
    """Skip all leads of a campaign that are not called yet; those in a call end as the call ends."""
    statement = update(Lead).where(
        Lead.org_id == org_id, Lead.campaign_id == campaign_id, Lead.state.in_(CALLABLE)
    )
    values = {"state": LeadState.SKIPPED, "state_reason": reason, "next_attempt_at": None}
    return len((await session.scalars(statement.values(values).returning(Lead.id))).all())


async def forsaken(session: AsyncSession, most: int) -> Sequence[Lead]:
    """Leads of any organisation that are held by an attempt that is over, or was never there; locked."""
    live = select(Call.id).where(Call.lead_id == Lead.id, Call.ended_at.is_(None)).exists()
    statement = select(Lead).where(Lead.state.in_(HELD), ~live).order_by(Lead.id).limit(most)
    return (await session.scalars(statement.with_for_update(skip_locked=True))).all()


async def any_left(session: AsyncSession, org_id: str, campaign_id: str) -> bool:
    """Whether a campaign has a lead that may still be called, or is being called."""
    left = select(Lead.id).where(
        Lead.org_id == org_id, Lead.campaign_id == campaign_id, Lead.state.in_(CALLABLE | HELD)
    )
    return await session.scalar(left.limit(1)) is not None


async def any_due(session: AsyncSession, at: datetime) -> bool:
    """Whether anybody at all is to be called now: somebody in a campaign that runs, of any organisation."""
    due = select(Lead.id).where(Lead.campaign_id == Campaign.id, MAY_BE_CLAIMED, Lead.next_attempt_at <= at)
    found = select(Campaign.id).where(Campaign.state == CampaignState.RUNNING, due.exists()).limit(1)
    return await session.scalar(found) is not None
