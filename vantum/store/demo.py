"""The demo's rows: added where they are missing, so that to do it twice is to do it once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from vantum.core.legal import case as legal
from vantum.core.legal.case import ConsentKind, LineType, Method, Reason, Scope
from vantum.store import campaigns, consents, contacts, leads, suppressions
from vantum.store.consents import Proof
from vantum.store.contacts import NewContact
from vantum.store.demo_past import Fate, Person, sow_past
from vantum.store.demo_people import COMPANIES, domain_of, people
from vantum.store.models import Campaign, Company, Org

DEMO_SLUG: Final = "demo"
CAMPAIGN: Final = "Demo campaign"
EVERY: Final = 3
"""Every third mobile, and everybody in Germany and France on a landline, has agreed to be called."""
_ASKED: Final = ("+12125550103", "+442079460007")
_PROOF: Final = Proof("May our AI assistant call you about our products?", "demo: signed form")


@dataclass(frozen=True, slots=True)
class Sown:
    """How many rows were added."""

    orgs: int
    companies: int
    contacts: int
    consents: int
    suppressions: int
    campaigns: int
    leads: int
    calls: int


async def sow(session: AsyncSession, slug: str, at: datetime) -> Sown:
    """Add what is missing of the demo to an organisation, which is made if it is not there."""
    org_id, orgs = await _org(session, slug)
    company_ids, companies = await _companies(session, org_id)
    persons = people(company_ids)
    known = await contacts.ids_by_e164(session, org_id, [person.e164 for person in persons])
    new = [person for person in persons if person.e164 not in known]
    ids = known | await contacts.upsert(session, org_id, new)
    campaign_id, made = await _campaign(session, org_id)
    added = await leads.add(session, org_id, campaign_id, [*ids.values()], at)
    consented = await _consents(session, org_id, persons, ids, at)
    suppressed = await _suppressions(session, org_id, company_ids, at)
    everybody = [Person(ids[each.e164], each, _fate(index, each)) for index, each in enumerate(persons)]
    past = await sow_past(session, org_id, everybody, at)
    return Sown(
        orgs=orgs,
        companies=companies,
        contacts=len(new),
        consents=consented,
        suppressions=suppressed,
        campaigns=made + past.campaigns,
        leads=added + past.leads,
        calls=past.calls,
    )


async def _org(session: AsyncSession, slug: str) -> tuple[str, int]:
    found = await session.scalar(select(Org.id).where(Org.slug == slug))
    if found is not None:
        return found, 0
    org = Org(
        slug=slug,
        name="Demo",
        legal_name="Demo Outreach Inc.",
        callback_number="+12125550199",
        country="US",
        region="NY",
        timezone="America/New_York",
    )
    session.add(org)
    await session.flush()
    return org.id, 1


async def _companies(session: AsyncSession, org_id: str) -> tuple[dict[str, str], int]:
    """The ids by name, and how many are new."""
    rows = (await session.scalars(select(Company).where(Company.org_id == org_id))).all()
    known = {row.domain: row.id for row in rows}
    new = [
        Company(org_id=org_id, name=name, domain=domain_of(name))
        for name in COMPANIES
        if domain_of(name) not in known
    ]
    session.add_all(new)
    await session.flush()
    known |= {row.domain: row.id for row in new}
    return {name: known[domain_of(name)] for name in COMPANIES}, len(new)


async def _consents(
    session: AsyncSession, org_id: str, persons: Sequence[NewContact], ids: dict[str, str], at: datetime
) -> int:
    given = {ids[person.e164] for index, person in enumerate(persons) if _agreed(index, person)}
    missing = sorted(given - (await consents.of_contacts(session, org_id, given)).keys())
    consent = legal.Consent(ConsentKind.AI_VOICE_MARKETING, Method.WRITTEN, at - timedelta(days=30))
    for contact_id in missing:
        await consents.add(session, org_id, contact_id, consent, _PROOF)
    return len(missing)


def _agreed(index: int, person: NewContact) -> bool:
    if person.line_type is LineType.MOBILE:
        return index % EVERY == 0
    return person.country in ("DE", "FR")


def _fate(index: int, person: NewContact) -> Fate:
    """In the finished campaign a machine called those who had agreed, and businesses in the US on a landline."""
    if person.e164 in _ASKED:
        return Fate.ASKED
    business = person.country == "US" and person.line_type is LineType.LANDLINE
    return Fate.CALLED if business or _agreed(index, person) else Fate.SKIPPED


async def _suppressions(session: AsyncSession, org_id: str, company_ids: dict[str, str], at: datetime) -> int:
    company, domain = company_ids[COMPANIES[4]], domain_of(COMPANIES[7])
    wanted = [
        *(legal.Suppression(Scope.NUMBER, number, Reason.ASKED) for number in _ASKED),
        legal.Suppression(Scope.COMPANY, company, Reason.COMPLAINT),
        legal.Suppression(Scope.DOMAIN, domain, Reason.MANUAL),
    ]
    known = await suppressions.in_force(session, org_id, [(item.scope, item.value) for item in wanted], at)
    missing = [item for item in wanted if (item.scope, item.value) not in known]
    for item in missing:
        await suppressions.add(session, org_id, item)
    return len(missing)


async def _campaign(session: AsyncSession, org_id: str) -> tuple[str, int]:
    found = await campaigns.by_name(session, org_id, CAMPAIGN)
    if found is not None:
        return found.id, 0
    campaign = Campaign(org_id=org_id, name=CAMPAIGN, pipeline="pipelines/outreach.py", language="en-US")
    session.add(campaign)
    await session.flush()
    return campaign.id, 1
