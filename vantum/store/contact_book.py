"""Single contacts: added by hand, taken out of use, and traced back to the lists that told of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from vantum.core.outreach.lead import CALLABLE, LeadEvent, LeadState
from vantum.store import changes, leads
from vantum.store.contacts import NewContact
from vantum.store.models import Contact, Import, ImportRow, Lead
from vantum.store.words import ContactState

MOST_LISTS: Final = 100
"""Lists in which somebody's number is looked for."""
ARCHIVED: Final = "The contact was archived."
_OPEN: Final = (*CALLABLE, LeadState.LEASED)


@dataclass(frozen=True, slots=True)
class Mention:
    """A row of a list that told of somebody."""

    import_id: str
    filename: str
    row: int
    at: datetime


async def add(session: AsyncSession, org_id: str, new: NewContact) -> Contact:
    """Add somebody; a number that is known already raises IntegrityError."""
    told = asdict(new) | {"other_zones": list(new.other_zones), "custom": dict(new.custom)}
    row = Contact(org_id=org_id, **told)
    session.add(row)
    await session.flush()
    return row


async def archive(session: AsyncSession, org_id: str, contact_id: str) -> Contact | None:
    """Take somebody out of use, and out of all campaigns; a call that is under way ends as it ends."""
    open_leads = select(Lead).where(
        Lead.org_id == org_id, Lead.contact_id == contact_id, Lead.state.in_(_OPEN)
    )
    for lead in (await session.scalars(open_leads.order_by(Lead.id))).all():
        also: leads.Values = {Lead.state_reason: ARCHIVED, Lead.next_attempt_at: None}
        await leads.move(session, org_id, lead.id, lead.state, LeadEvent.STOPPED, also)
    return await changes.change(session, org_id, Contact, contact_id, {"state": ContactState.ARCHIVED})


async def mentions(session: AsyncSession, org_id: str, contact_id: str) -> Sequence[Mention]:
    """The rows of lists that told of somebody, the oldest first."""
    statement = (
        select(Import.id, Import.filename, ImportRow.row, ImportRow.created_at)
        .join(Import, Import.id == ImportRow.import_id)
        .where(ImportRow.org_id == org_id, Import.org_id == org_id, ImportRow.contact_id == contact_id)
        .order_by(ImportRow.id)
        .limit(MOST_LISTS)
    )
    return [Mention(*found) for found in (await session.execute(statement)).all()]
