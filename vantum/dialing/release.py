"""Gives a claim back that was never dialed: the attempt is over without having been one, and the lead is free."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import Enum, auto
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from vantum.core.legal.decision import Decision, Verdict
from vantum.core.outreach.campaign import CampaignState
from vantum.core.outreach.lead import LeadEvent, LeadState
from vantum.core.outreach.outcome import AttemptOutcome
from vantum.dialing.cases import Impossible, Party, gates, party_of, resting_until
from vantum.dialing.means import Trunk
from vantum.dialing.outcomes import STOPPED, STOPPED_WORDS
from vantum.dialing.setbacks import leave_out, put_off, refuse
from vantum.store import costs, leads
from vantum.store.models import Call, Campaign, Lead, Org
from vantum.store.words import CallStatus

HELD_UP: Final = timedelta(seconds=60)
"""How long the phone may take to place a call. So the law is asked of the end of this time, too."""
PAUSED_WORDS: Final = "The campaign does not call now."
GONE_WORDS: Final = "The lead is not to be called any more."
CARRIER_WORDS: Final = "It was claimed for another carrier."
RESTING_WORDS: Final = "The company was called as often as it may be in a day."
UNDIALED_WORDS: Final = "It was not to be dialed any more."


class Gone(Enum):
    """The claim was given back."""

    GIVEN_BACK = auto()


async def still_may(
    session: AsyncSession, call: Call, trunk: Trunk, now: datetime
) -> tuple[Party, Decision] | Gone:
    """Ask everything again right before the dial; what is in the way gives the claim back."""
    lead = await leads.get(session, call.org_id, call.lead_id or "")
    org = await session.get_one(Org, call.org_id, populate_existing=True)
    campaign = await session.get(Campaign, call.campaign_id or "", populate_existing=True)
    if lead is None or campaign is None or lead.state is not LeadState.LEASED:
        return await end_undialed(session, call, org, trunk, now, GONE_WORDS)
    if (party := await _party(session, org, campaign, lead, trunk, now, call)) is not None:
        decision = await _allowed(session, party, now, call.id)
        if decision is not None:
            return party, decision
    return await end_undialed(session, call, org, trunk, now, UNDIALED_WORDS)


async def _allowed(session: AsyncSession, party: Party, now: datetime, attempt_id: str) -> Decision | None:
    """What the law says of a call now, if it allows one as long as the phone may be held up; else the lead is
    moved."""
    judged = await gates(session, party, (now, now + HELD_UP), attempt_id)
    if isinstance(judged, Impossible):
        await leave_out(session, party.lead, LeadEvent.BLOCKED, judged.reason)
        return None
    for decision in judged:
        if decision.verdict is not Verdict.ALLOW:
            await refuse(session, party.lead, decision)
            return None
    return judged[0]


async def _party(
    session: AsyncSession,
    org: Org,
    campaign: Campaign,
    lead: Lead,
    trunk: Trunk,
    now: datetime,
    call: Call,
) -> Party | None:
    """Who is to be called; None where the lead was moved, because of its campaign or of what is known of it."""
    if campaign.state in STOPPED:
        await leave_out(session, lead, LeadEvent.STOPPED, STOPPED_WORDS)
        return None
    if campaign.state is not CampaignState.RUNNING:
        await put_off(session, lead, now, PAUSED_WORDS)
        return None
    if call.transport is not trunk.transport:
        # Who was to be rung for show must not be called for real.
        await put_off(session, lead, now, CARRIER_WORDS)
        return None
    party = await party_of(session, org, campaign, lead)
    if isinstance(party, Impossible):
        await leave_out(session, lead, LeadEvent.BLOCKED, party.reason)
        return None
    resting = await resting_until(session, party, now, call.id)
    if resting is not None:
        await put_off(session, lead, resting, RESTING_WORDS)
        return None
    return party


async def end_undialed(
    session: AsyncSession, call: Call, org: Org, trunk: Trunk, now: datetime, words: str
) -> Gone:
    """End an attempt that never was one: it has no ``dialed_at``, costs nothing and counts nowhere."""
    call.status, call.ended_at = CallStatus.ENDED, now
    call.outcome, call.end_reason, call.dialed_at = AttemptOutcome.CANCELED, words, None
    await costs.put(session, call.org_id, call.id, call.campaign_id, trunk.tariff.taken(0.0, org.currency))
    await session.flush()
    return Gone.GIVEN_BACK
