"""Somebody is promised a call: the time, by their own clock, becomes a row, and the lead goes first when it is due.

Law: what was promised is said in words; where they leave the time open, nothing is promised by us, and the words stay
with the call. Nobody who asked not to be called is promised anything.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from vantum.core.legal.case import Scope
from vantum.core.outreach.campaign import CampaignState
from vantum.core.outreach.lead import CALLABLE, OVER, LeadEvent
from vantum.core.outreach.promised import promised_at
from vantum.core.outreach.retry import Occasion
from vantum.outreach.other_end import OtherEnd, zone_of
from vantum.store import callbacks, campaigns, leads, news, outbox, suppressions
from vantum.store.callbacks import Promise
from vantum.store.models import Callback, Lead

LONGEST_WORDS: Final = 500
STALE: Final = timedelta(days=1)
"""A promise that is found out so much too late is not kept any more: nobody waits that long for a call."""
CLOSED: Final = frozenset({CampaignState.COMPLETED, CampaignState.FAILED, CampaignState.ARCHIVED})
"""Of a campaign: it calls nobody by itself any more. What was promised stays open, for a person to keep."""


async def promise(
    session: AsyncSession, end: OtherEnd, words: Sequence[str], said_at: datetime, now: datetime
) -> Callback | None:
    """Promise the time that the first clear ones of ``words`` name, as they were said at ``said_at``.

    None where there is no lead, where no words are clear, or where the time has passed long ago. The same promise
    twice is one.
    """
    lead_id = end.lead_id
    if lead_id is None or await _is_suppressed(session, end, now):
        return None
    name, zone = zone_of(end)
    clear = ((text, promised_at(text, said_at, zone)) for text in words)
    text, at = next(((text, at) for text, at in clear if at is not None), ("", None))
    if at is None or at < now - STALE:
        return None
    before = [
        each for each in await callbacks.of_lead(session, end.org_id, lead_id) if each.call_id == end.call_id
    ]
    if before and before[-1].promised_at == at:
        return None
    told = Promise(at, name, text[:LONGEST_WORDS])
    made = await callbacks.add(session, end.org_id, lead_id, told, end.call_id)
    lead = await leads.get(session, end.org_id, lead_id)
    if lead is not None:
        await _go_first(session, lead, at)
        await outbox.tell(session, end.org_id, news.of_callback(lead, made, now))
    return made


async def was_promised(session: AsyncSession, end: OtherEnd) -> bool:
    """Whether this very call led to a promise already."""
    if end.lead_id is None:
        return False
    found = await callbacks.of_lead(session, end.org_id, end.lead_id)
    return any(each.call_id == end.call_id for each in found)


async def _go_first(session: AsyncSession, lead: Lead, at: datetime) -> None:
    """A lead that nobody holds waits for the promised time. One in a call gets there when the call is over."""
    campaign = await campaigns.get(session, lead.org_id, lead.campaign_id)
    if campaign is None or campaign.state in CLOSED or lead.state not in CALLABLE | OVER:
        return
    also: leads.Values = {
        Lead.next_attempt_at: at,
        Lead.occasion: Occasion.PROMISE,
        Lead.state_reason: "",
    }
    await leads.move(session, lead.org_id, lead.id, lead.state, LeadEvent.REOPENED, also)


async def _is_suppressed(session: AsyncSession, end: OtherEnd, at: datetime) -> bool:
    keys = [(Scope.NUMBER, end.number)]
    if end.contact_id is not None:
        keys.append((Scope.CONTACT, end.contact_id))
    return bool(await suppressions.in_force(session, end.org_id, keys, at))
