"""The people that a campaign's report names: the most interested first, each with the call that shows it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import case, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from vantum.core.outreach.outcome import Disposition
from vantum.store.bulk import pieces
from vantum.store.models import Analysis, Call, Callback, Company, Contact, Lead, Recording
from vantum.store.reporting import WON, newest_analysis
from vantum.store.words import CallbackState, RecordingKind

MOST: Final = 500
"""People in one report."""


@dataclass(frozen=True, slots=True)
class Talk:
    """The call that shows what somebody wants: its analysis, and where its sound is.

    ``recording`` is a path below the data folder, ``record_id`` names the call's record; None where there is none.
    """

    called_at: datetime | None
    interest: int | None
    summary: str
    next_step: str
    evidence: Sequence[Mapping[str, object]]
    recording: str | None
    record_id: str | None


@dataclass(frozen=True, slots=True)
class Promise:
    """When somebody is to be called back."""

    at: datetime
    zone: str


@dataclass(frozen=True, slots=True)
class Winner:
    """Somebody who is interested; ``talk`` is None where no call of theirs was analysed."""

    name: str
    title: str
    company: str
    phone: str
    email: str
    zone: str
    disposition: Disposition
    talk: Talk | None
    callback: Promise | None


async def winners(session: AsyncSession, org_id: str, campaign_id: str, most: int = MOST) -> Sequence[Winner]:
    """Those with a meeting first, then by interest."""
    ids = await _ranked(session, org_id, campaign_id, most)
    talks = await _talks(session, org_id, ids)
    promises = await _promises(session, org_id, ids)
    people = await _people(session, org_id, ids)
    found = []
    for lead_id in ids:
        lead, contact, company = people[lead_id]
        found.append(
            Winner(
                name=contact.name or f"{contact.first_name} {contact.last_name}".strip(),
                title=contact.title,
                company=company or "",
                phone=contact.e164 or "",
                email=contact.email,
                zone=contact.timezone,
                disposition=lead.final_disposition or Disposition.INTERESTED,
                talk=talks.get(lead_id),
                callback=promises.get(lead_id),
            )
        )
    return found


async def _ranked(session: AsyncSession, org_id: str, campaign_id: str, most: int) -> Sequence[str]:
    booked = case((Lead.final_disposition == Disposition.MEETING_BOOKED, 1), else_=0)
    statement = (
        select(Lead.id)
        .outerjoin(Call, Call.lead_id == Lead.id)
        .outerjoin(Analysis, Analysis.id == newest_analysis())
        .where(Lead.org_id == org_id, Lead.campaign_id == campaign_id, Lead.final_disposition.in_(WON))
        .group_by(Lead.id, Lead.final_disposition)
        .order_by(booked.desc(), func.coalesce(func.max(Analysis.interest), -1).desc(), Lead.id)
        .limit(most)
    )
    return (await session.scalars(statement)).all()


async def _people(
    session: AsyncSession, org_id: str, lead_ids: Collection[str]
) -> Mapping[str, tuple[Lead, Contact, str | None]]:
    found = {}
    for piece in pieces(list(lead_ids)):
        statement = (
            select(Lead, Contact, Company.name)
            .join(Contact, Contact.id == Lead.contact_id)
            .outerjoin(Company, Company.id == Contact.company_id)
            .where(Lead.org_id == org_id, Lead.id.in_(piece))
        )
        for lead, contact, company in await session.execute(statement):
            found[lead.id] = (lead, contact, company)
    return found


async def _talks(session: AsyncSession, org_id: str, lead_ids: Collection[str]) -> Mapping[str, Talk]:
    """The newest analysed call of each lead, or rather the newest that came out as the lead did."""
    found: dict[str, Talk] = {}
    for piece in pieces(list(lead_ids)):
        same = case((Analysis.disposition == Lead.final_disposition, 1), else_=0)
        statement = (
            select(Lead.id, Call.answered_at, Call.record_id, Analysis, Recording.path)
            .join(Call, Call.lead_id == Lead.id)
            .join(Analysis, Analysis.id == newest_analysis())
            .outerjoin(Recording, (Recording.call_id == Call.id) & (Recording.kind == RecordingKind.CALL))
            .where(Lead.org_id == org_id, Lead.id.in_(piece))
            .order_by(Lead.id, same, Call.id)
        )
        for lead_id, called_at, record_id, analysis, path in await session.execute(statement):
            found[lead_id] = Talk(
                called_at,
                analysis.interest,
                analysis.summary,
                analysis.next_step,
                analysis.evidence,
                path,
                record_id,
            )
    return found


async def _promises(session: AsyncSession, org_id: str, lead_ids: Collection[str]) -> Mapping[str, Promise]:
    """The first promise to each lead that is open."""
    found: dict[str, Promise] = {}
    for piece in pieces(list(lead_ids)):
        statement = select(Callback.lead_id, Callback.promised_at, Callback.timezone).where(
            Callback.org_id == org_id, Callback.lead_id.in_(piece), Callback.state == CallbackState.OPEN
        )
        rows = await session.execute(statement.order_by(Callback.promised_at.desc()))
        found.update((lead_id, Promise(at, zone)) for lead_id, at, zone in rows)
    return found
