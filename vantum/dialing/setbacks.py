"""What becomes of a lead that is not called now: put off to a moment, or left out, each with the reason in words."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from vantum.core.legal.decision import Decision
from vantum.core.outreach.lead import LeadEvent
from vantum.store import decisions, leads
from vantum.store.columns import new_id
from vantum.store.models import Lead

MOST_REASON: Final = 500
_FREE: Final[leads.Values] = {Lead.leased_by: None, Lead.leased_at: None}


async def refuse(session: AsyncSession, lead: Lead, decision: Decision) -> None:
    """The law says not now, or not at all. The decision stands in the chain, under an id that no call has."""
    await decisions.append(session, lead.org_id, new_id(), decision, lead.id)
    if decision.until is not None:
        await put_off(session, lead, decision.until, why(decision))
    else:
        await leave_out(session, lead, LeadEvent.BLOCKED, why(decision))


async def put_off(session: AsyncSession, lead: Lead, until: datetime, words: str) -> None:
    """The lead waits until a moment."""
    also: leads.Values = {**_FREE, Lead.next_attempt_at: until, Lead.state_reason: words[:MOST_REASON]}
    await leads.move(session, lead.org_id, lead.id, lead.state, LeadEvent.DEFERRED, also)


async def leave_out(session: AsyncSession, lead: Lead, event: LeadEvent, words: str) -> None:
    """The lead is not called any more."""
    also: leads.Values = {**_FREE, Lead.next_attempt_at: None, Lead.state_reason: words[:MOST_REASON]}
    await leads.move(session, lead.org_id, lead.id, lead.state, event, also)


def why(decision: Decision) -> str:
    """What the first of the strictest rules says."""
    return next(each.words for each in decision.findings if each.verdict is decision.verdict)
