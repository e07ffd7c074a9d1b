"""Campaigns: read, and moved from one state to another by whoever has seen the state."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from vantum.core.outreach.campaign import CampaignEvent, CampaignState, moved
from vantum.store.models import Campaign


async def get(session: AsyncSession, org_id: str, campaign_id: str) -> Campaign | None:
    """A campaign."""
    return await session.scalar(select(Campaign).where(Campaign.org_id == org_id, Campaign.id == campaign_id))


async def by_name(session: AsyncSession, org_id: str, name: str) -> Campaign | None:
    """The campaign with a name."""
    return await session.scalar(select(Campaign).where(Campaign.org_id == org_id, Campaign.name == name))


async def in_state(session: AsyncSession, org_id: str, state: CampaignState) -> Sequence[Campaign]:
    """The campaigns in a state, the most urgent first."""
    statement = select(Campaign).where(Campaign.org_id == org_id, Campaign.state == state)
    return (await session.scalars(statement.order_by(Campaign.priority.desc(), Campaign.id))).all()


async def move(
    session: AsyncSession,
    org_id: str,
    campaign_id: str,
    seen: CampaignState,
    event: CampaignEvent,
    reason: str = "",
) -> bool:
    """Let something happen to a campaign; False when it is not in the state that was seen, and nothing is changed.

    Raises IllegalMoveError for what cannot happen in that state.
    """
    statement = update(Campaign).where(
        Campaign.org_id == org_id, Campaign.id == campaign_id, Campaign.state == seen
    )
    result = await session.execute(
        statement.values(state=moved(seen, event), state_reason=reason).returning(Campaign.id)
    )
    return result.first() is not None


async def of_dialers(session: AsyncSession, *states: CampaignState) -> Sequence[Campaign]:
    """The campaigns of all organisations in these states: dialers call for everybody."""
    statement = select(Campaign).where(Campaign.state.in_(states))
    return (await session.scalars(statement.order_by(Campaign.priority.desc(), Campaign.id))).all()


async def unfinished(session: AsyncSession) -> Sequence[Campaign]:
    """The campaigns of all organisations that are completed, and were not brought to their end by a dialer yet."""
    statement = select(Campaign).where(
        Campaign.state == CampaignState.COMPLETED, Campaign.completed_at.is_(None)
    )
    return (await session.scalars(statement)).all()


async def any_for_dialers(session: AsyncSession) -> bool:
    """Whether a dialer has anything to do: for a campaign that calls or may go on, or one that is unfinished."""
    standing = Campaign.state.in_((CampaignState.SCHEDULED, CampaignState.RUNNING, CampaignState.PAUSED))
    unfinished = and_(Campaign.state == CampaignState.COMPLETED, Campaign.completed_at.is_(None))
    return await session.scalar(select(Campaign.id).where(or_(standing, unfinished)).limit(1)) is not None


async def stamp(
    session: AsyncSession,
    org_id: str,
    campaign_id: str,
    started_at: datetime | None,
    completed_at: datetime | None,
) -> None:
    """Write down when a campaign began and ended."""
    statement = update(Campaign).where(Campaign.org_id == org_id, Campaign.id == campaign_id)
    await session.execute(statement.values(started_at=started_at, completed_at=completed_at))


@dataclass(frozen=True, slots=True)
class Label:
    """What a campaign is called, and how far it is."""

    id: str
    name: str
    state: CampaignState
    pipeline: str
    created_at: datetime


async def labels(session: AsyncSession, org_id: str) -> Sequence[Label]:
    """The campaigns of an organisation, the newest first."""
    statement = select(
        Campaign.id, Campaign.name, Campaign.state, Campaign.pipeline, Campaign.created_at
    ).where(Campaign.org_id == org_id)
    rows = await session.execute(statement.order_by(Campaign.id.desc()))
    return [Label(*row) for row in rows]
