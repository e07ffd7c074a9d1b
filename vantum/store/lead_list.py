"""Leads as people handle them: who may become one, and what an operator does to one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from vantum.core.outreach.lead import CALLABLE, OVER, LeadEvent
from vantum.core.outreach.retry import Occasion
from vantum.store import leads
from vantum.store.bulk import pieces
from vantum.store.models import Contact, Lead
from vantum.store.words import ContactState


async def states_of(
    session: AsyncSession, org_id: str, contact_ids: Sequence[str]
) -> dict[str, ContactState]:
    """The states of these contacts; those that the organisation does not have are left out."""
    found: dict[str, ContactState] = {}
    for piece in pieces(contact_ids):
        statement = select(Contact.id, Contact.state).where(Contact.org_id == org_id, Contact.id.in_(piece))
        found |= dict((await session.execute(statement)).all())
    return found


async def skip(session: AsyncSession, org_id: str, lead: Lead, reason: str) -> bool:
    """Call a lead no more; False for one that is being called, or is over already."""
    if lead.state not in CALLABLE:
        return False
    also: leads.Values = {
        Lead.state_reason: reason,
        Lead.next_attempt_at: None,
        Lead.occasion: Occasion.LIST,
    }
    return await leads.move(session, org_id, lead.id, lead.state, LeadEvent.STOPPED, also)


async def reopen(session: AsyncSession, org_id: str, lead: Lead, at: datetime) -> bool:
    """Call a lead again, from ``at`` on; False for one that is not over."""
    if lead.state not in OVER:
        return False
    also: leads.Values = {
        Lead.state_reason: "",
        Lead.next_attempt_at: at,
        Lead.occasion: Occasion.LIST,
        Lead.final_disposition: None,
    }
    return await leads.move(session, org_id, lead.id, lead.state, LeadEvent.REOPENED, also)
