"""Callbacks that an operator promises, or takes back: the callback and its lead change together."""

from __future__ import annotations

from typing import Final

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from vantum.core.outreach.lead import HELD, LeadEvent, LeadState
from vantum.core.outreach.outcome import REACHED, Disposition
from vantum.core.outreach.retry import Occasion
from vantum.store import callbacks, calls, leads
from vantum.store.callbacks import Promise
from vantum.store.models import Callback, Lead
from vantum.store.words import CallbackState

TAKEN_BACK: Final = "The promised callback was taken back."


async def promise(session: AsyncSession, org_id: str, lead: Lead, promised: Promise) -> Callback:
    """Promise a lead a callback, which then goes first when it is due; one that was promised before is taken back.

    A lead in a call is called back when that call is over: its end asks what was promised.
    """
    row = await callbacks.add(session, org_id, lead.id, promised)
    if lead.state not in HELD:
        also: leads.Values = {
            Lead.state_reason: "",
            Lead.next_attempt_at: promised.at,
            Lead.occasion: Occasion.PROMISE,
            Lead.final_disposition: None,
        }
        await leads.move(session, org_id, lead.id, lead.state, LeadEvent.REOPENED, also)
    return row


async def take_back(session: AsyncSession, org_id: str, callback: Callback) -> bool:
    """Take a callback back; False for one that is not open. A lead that was reached and waited for nothing else is
    over; any other one keeps its place, as one of the list."""
    statement = update(Callback).where(
        Callback.org_id == org_id, Callback.id == callback.id, Callback.state == CallbackState.OPEN
    )
    result = await session.execute(statement.values(state=CallbackState.CANCELED).returning(Callback.id))
    if result.first() is None:
        return False
    lead = await leads.get(session, org_id, callback.lead_id)
    if lead is not None and lead.state is LeadState.WAITING and lead.occasion is Occasion.PROMISE:
        await _let_go(session, lead)
    return True


async def _let_go(session: AsyncSession, lead: Lead) -> None:
    also: leads.Values = {Lead.occasion: Occasion.LIST}
    event = LeadEvent.DEFERRED
    if lead.last_outcome in REACHED:
        event = LeadEvent.EXHAUSTED
        also = {
            **also,
            Lead.next_attempt_at: None,
            Lead.state_reason: TAKEN_BACK,
            Lead.final_disposition: await _last_disposition(session, lead),
        }
    await leads.move(session, lead.org_id, lead.id, lead.state, event, also)


async def _last_disposition(session: AsyncSession, lead: Lead) -> Disposition:
    found = [call.disposition for call in await calls.of_lead(session, lead.org_id, lead.id)]
    return next((each for each in reversed(found) if each is not None), Disposition.NO_CONVERSATION)
