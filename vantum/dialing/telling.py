"""What dialers tell webhooks of calls and campaigns, in the transaction in which it happens."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from vantum.core.outreach.brakes import Brake, Cause
from vantum.core.outreach.campaign import CampaignEvent
from vantum.core.outreach.delivery import EventType
from vantum.store import news, outbox
from vantum.store.models import Call, Campaign
from vantum.store.words import CallStatus

CALLS: Final[Mapping[CallStatus, EventType]] = {
    CallStatus.CLAIMED: EventType.CALL_QUEUED,
    CallStatus.RINGING: EventType.CALL_RINGING,
    CallStatus.IN_CALL: EventType.CALL_ANSWERED,
}
CAMPAIGNS: Final[Mapping[CampaignEvent, EventType]] = {
    CampaignEvent.START: EventType.CAMPAIGN_STARTED,
    CampaignEvent.STOP: EventType.CAMPAIGN_COMPLETED,
    CampaignEvent.FINISH: EventType.CAMPAIGN_COMPLETED,
}


async def call_is(session: AsyncSession, call: Call, status: CallStatus, at: datetime) -> None:
    """A call has come so far; the same is told once."""
    if status in CALLS:
        await outbox.tell(session, call.org_id, news.of_call(CALLS[status], call, at))


async def campaign_went_on(
    session: AsyncSession, campaign: Campaign, event: CampaignEvent, at: datetime
) -> None:
    """A campaign began or ended by itself."""
    if event in CAMPAIGNS:
        await session.refresh(campaign)
        told = news.of_campaign(
            CAMPAIGNS[event], campaign.id, campaign.name, campaign.state, campaign.state_reason, at
        )
        await outbox.tell(session, campaign.org_id, told)


async def braked(session: AsyncSession, campaign: Campaign, brake: Brake, at: datetime) -> None:
    """A campaign does not call now; that it has spent its budget is told once for each budget."""
    if brake.cause is Cause.BUDGET and brake.stops:
        await outbox.tell(session, campaign.org_id, news.of_budget(campaign, at))
