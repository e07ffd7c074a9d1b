"""Campaigns: read, and moved from one state to another by whoever has seen the state."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select, update
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
    return (await session.scalars(statement.order_by(Campaign.priority, Campaign.id))).all()


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
