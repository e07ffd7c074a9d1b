"""All that is known of a call that is about to be placed, read for the legal gate in the transaction that dials."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from loguru import logger
from sqlalchemy.ext.asyncio import AsyncSession

from vantum.core.legal.case import (
    Callee,
    CandidateZone,
    Case,
    Jurisdiction,
    Plan,
    Reason,
    Scope,
    Suppression,
    ZoneSource,
)
from vantum.core.legal.decision import Decision
from vantum.core.legal.gate import decide
from vantum.core.outreach.line import Line, ZoneGuess
from vantum.dialing.policies import windows_of
from vantum.numbering import candidate_zones, read_number
from vantum.store import attempts, consents, suppressions
from vantum.store.models import Campaign, Company, Contact, Lead, Org
from vantum.store.words import ContactState

DAY: Final = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Party:
    """Who is to be called, and by whom."""

    org: Org
    campaign: Campaign
    lead: Lead
    contact: Contact
    company: Company | None


@dataclass(frozen=True, slots=True)
class Impossible:
    """Nobody can be called with what is known; ``reason`` is a sentence."""

    reason: str


async def party_of(session: AsyncSession, org: Org, campaign: Campaign, lead: Lead) -> Party | Impossible:
    """The people of a lead."""
    contact = await session.get(Contact, lead.contact_id, populate_existing=True)
    if contact is None or contact.org_id != org.id or contact.e164 is None:
        return Impossible("There is nobody to call any more.")
    if contact.state is not ContactState.ACTIVE:
        return Impossible(f"The contact is {contact.state}.")
    company = None if contact.company_id is None else await session.get(Company, contact.company_id)
    return Party(org, campaign, lead, contact, company)


async def gate(
    session: AsyncSession, party: Party, now: datetime, attempt_id: str = ""
) -> Decision | Impossible:
    """What the law says of a call at this moment; ``attempt_id`` is the attempt that is not counted itself."""
    judged = await gates(session, party, (now,), attempt_id)
    return judged if isinstance(judged, Impossible) else judged[0]


async def gates(
    session: AsyncSession, party: Party, moments: Sequence[datetime], attempt_id: str = ""
) -> Sequence[Decision] | Impossible:
    """The same for some moments, the first of them now, by what is known now."""
    try:
        case = await _case(session, party, moments[0], attempt_id)
        return [decide(replace(case, now=moment)) for moment in moments]
    except ValueError as error:
        logger.error("A lead cannot be judged.", lead=party.lead.id, reason=str(error))
        return Impossible(f"What is known does not make sense: {error}"[:500])


async def resting_until(
    session: AsyncSession, party: Party, now: datetime, attempt_id: str = ""
) -> datetime | None:
    """The moment up to which nobody of the company is called, because it was called often enough today."""
    company = party.company
    if company is None or company.max_calls_per_day is None:
        return None
    most = company.max_calls_per_day
    if most < 1:
        return now + DAY
    called = await attempts.at_company(session, party.org.id, company.id, now - DAY, attempt_id)
    return called[-most] + DAY if len(called) >= most else None


async def _case(session: AsyncSession, party: Party, now: datetime, attempt_id: str) -> Case:
    org, campaign, contact, company = party.org, party.campaign, party.contact, party.company
    number = contact.e164 or ""
    callee = Callee(
        number=number,
        at=Jurisdiction(contact.country, contact.region),
        line_type=contact.line_type,
        contact_id=contact.id,
        company_id="" if company is None else company.id,
        domain="" if company is None else company.domain or "",
    )
    plan = Plan(
        purpose=campaign.purpose,
        audience=campaign.audience,
        language=contact.language or campaign.language,
        caller_at=Jurisdiction(org.country, org.region),
        recording=campaign.recording,
        windows=windows_of(campaign),
    )
    return Case(
        callee=callee,
        plan=plan,
        now=now,
        zones=zones_of(contact),
        consents=await consents.of_contact(session, org.id, contact.id),
        suppressions=(
            *await suppressions.about(session, org.id, callee, now),
            *_of_company(company),
        ),
        attempts=await attempts.at_number(session, org.id, number, now - DAY, attempt_id),
    )


def _of_company(company: Company | None) -> tuple[Suppression, ...]:
    if company is None or not company.dnc:
        return ()
    return (Suppression(Scope.COMPANY, company.id, Reason.MANUAL, None),)


def zones_of(contact: Contact) -> tuple[CandidateZone, ...]:
    """Every zone in which somebody may be: as the list says, or as the number allows. None where nobody can tell."""
    if contact.timezone:
        source = contact.timezone_source or ZoneSource.EXPLICIT
        guesses = tuple(ZoneGuess(name, source) for name in (contact.timezone, *contact.other_zones))
    else:
        line = read_number(contact.e164 or "", "")
        guesses = line.zones if isinstance(line, Line) else ()
    try:
        return candidate_zones(guesses)
    except LookupError:
        return ()
