"""The leads of a campaign with all that the law asks about them, many at a time: a dialer asks for one by one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import AsyncIterator, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from vantum.core.legal import case as legal
from vantum.core.legal.case import LineType, ZoneSource
from vantum.core.outreach.lead import CALLABLE
from vantum.store.attempts import RANG
from vantum.store.bulk import pieces
from vantum.store.models import Call, Company, Consent, Contact, Lead
from vantum.store.words import ContactState, Direction

PIECE: Final = 500
_CALLED_AT: Final[ColumnElement[datetime | None]] = func.coalesce(
    Call.dialed_at, Call.queued_at, type_=Call.queued_at.type
)


@dataclass(frozen=True, slots=True)
class Judged:
    """A lead that may still be called. ``number`` is None once the person was erased; texts are "" where nothing is
    known."""

    due_at: datetime | None
    contact_id: str
    number: str | None
    state: ContactState
    line_type: LineType
    country: str
    region: str
    timezone: str
    timezone_source: ZoneSource | None
    other_zones: tuple[str, ...]
    language: str
    company_id: str
    domain: str
    dnc: bool
    most_a_day: int | None


async def streamed(session: AsyncSession, org_id: str, campaign_id: str) -> AsyncIterator[Sequence[Judged]]:
    """The leads in any order, in pieces; the session is busy with it until the last one."""
    statement = (
        select(
            Lead.next_attempt_at,
            Contact.id,
            Contact.e164,
            Contact.state,
            Contact.line_type,
            Contact.country,
            Contact.region,
            Contact.timezone,
            Contact.timezone_source,
            Contact.other_zones,
            Contact.language,
            Company.id,
            Company.domain,
            Company.dnc,
            Company.max_calls_per_day,
        )
        .select_from(Lead)
        .join(Contact, Contact.id == Lead.contact_id)
        .outerjoin(Company, Company.id == Contact.company_id)
        .where(Lead.org_id == org_id, Lead.campaign_id == campaign_id, Lead.state.in_(CALLABLE))
        .execution_options(yield_per=PIECE)
    )
    async for rows in (await session.stream(statement)).partitions():
        yield [
            Judged(
                *row[:9],
                other_zones=tuple(row[9]),
                language=row[10],
                company_id=row[11] or "",
                domain=row[12] or "",
                dnc=bool(row[13]),
                most_a_day=row[14],
            )
            for row in rows
        ]


async def consents_of(
    session: AsyncSession, org_id: str, contact_ids: Collection[str]
) -> dict[str, tuple[legal.Consent, ...]]:
    """``consents.of_contacts`` without a row's object for each: half of the work, where there are very many."""
    found: defaultdict[str, tuple[legal.Consent, ...]] = defaultdict(tuple)
    for piece in pieces(sorted(contact_ids)):
        statement = select(
            Consent.contact_id, Consent.kind, Consent.method, Consent.granted_at, Consent.revoked_at
        ).where(Consent.org_id == org_id, Consent.contact_id.in_(piece))
        rows = await session.execute(statement.order_by(Consent.id))
        for contact_id, kind, method, granted_at, revoked_at in rows:
            found[contact_id] += (legal.Consent(kind, method, granted_at, revoked_at),)
    return dict(found)


async def called(
    session: AsyncSession, org_id: str, numbers: Collection[str], since: datetime
) -> dict[str, tuple[datetime, ...]]:
    """When each of ``numbers`` was called since a moment; those that were not are left out."""
    found: defaultdict[str, tuple[datetime, ...]] = defaultdict(tuple)
    for piece in pieces(sorted(numbers)):
        statement = select(Call.to_number, _CALLED_AT).where(
            Call.org_id == org_id,
            Call.to_number.in_(piece),
            Call.direction == Direction.OUTBOUND,
            RANG,
            since <= _CALLED_AT,
        )
        for number, at in await session.execute(statement):
            if at is not None:
                found[number] += (at,)
    return dict(found)


async def companies_called(
    session: AsyncSession, org_id: str, company_ids: Collection[str], since: datetime
) -> dict[str, tuple[datetime, ...]]:
    """When anybody of each of these companies was called since a moment, in order."""
    found: defaultdict[str, tuple[datetime, ...]] = defaultdict(tuple)
    for piece in pieces(sorted(company_ids)):
        statement = (
            select(Contact.company_id, _CALLED_AT)
            .join(Call, Call.contact_id == Contact.id)
            .where(Contact.org_id == org_id, Contact.company_id.in_(piece), Call.org_id == org_id)
            .where(Call.direction == Direction.OUTBOUND, RANG, since <= _CALLED_AT)
            .order_by(_CALLED_AT)
        )
        for company_id, at in await session.execute(statement):
            if company_id is not None and at is not None:
                found[company_id] += (at,)
    return dict(found)
