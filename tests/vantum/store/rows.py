"""Rows for tests: an organisation with contacts, a campaign and leads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy.ext.asyncio import AsyncSession

from vantum.store import contacts, leads
from vantum.store.calls import NewAttempt
from vantum.store.contacts import NewContact
from vantum.store.models import Campaign, Org
from vantum.store.words import Transport

NOON = datetime(2026, 11, 18, 17, 0, tzinfo=UTC)


def number(index: int) -> str:
    """A number that nobody has."""
    return f"+1212555{100 + index:04}"


def people(count: int) -> list[NewContact]:
    """Contacts from a list."""
    return [
        NewContact(e164=number(index), source="list.csv", name=f"Person {index}") for index in range(count)
    ]


async def new_org(session: AsyncSession, slug: str) -> str:
    """The id of a new organisation."""
    org = Org(slug=slug, name=slug.title())
    session.add(org)
    await session.flush()
    return org.id


@dataclass(frozen=True, slots=True)
class Scene:
    """An organisation that may begin to call: ids by name, of leads and contacts in the order of their numbers."""

    org: str
    campaign: str
    contacts: Sequence[str]
    leads: Sequence[str]

    def attempt(self, lead: int = 0, attempt_no: int = 1) -> NewAttempt:
        """An attempt at one of the leads."""
        return NewAttempt(
            campaign_id=self.campaign,
            lead_id=self.leads[lead],
            contact_id=self.contacts[lead],
            attempt_no=attempt_no,
            to_number=number(lead),
            from_number=number(99),
            transport=Transport.LOCAL,
            pipeline="outreach",
            claimed_by="dialer-1",
            at=NOON,
        )


async def new_scene(session: AsyncSession, slug: str, count: int = 3) -> Scene:
    """An organisation with ``count`` contacts, all of them in a campaign and due at noon."""
    org = await new_org(session, slug)
    campaign = Campaign(org_id=org, name="Autumn", pipeline="outreach")
    session.add(campaign)
    await session.flush()
    ids = await contacts.upsert(session, org, people(count))
    await leads.add(session, org, campaign.id, [*ids.values()], NOON)
    due = await leads.due(session, org, campaign.id, NOON, count)
    by_contact = {lead.contact_id: lead.id for lead in due}
    in_order = [ids[number(index)] for index in range(count)]
    return Scene(org, campaign.id, in_order, [by_contact[contact] for contact in in_order])
