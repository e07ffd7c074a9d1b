"""What happened to people and companies of a list while it was got ready: those rows are to be looked at again."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from vantum.core.legal.case import Scope
from vantum.store.bulk import pieces
from vantum.store.models import Company, Contact, Suppression
from vantum.store.waiting_list import FIRMS, PEOPLE

MARGIN: Final = timedelta(hours=1)
"""A suppression is written so much later than its row says, at most: lists of them take a while, clocks differ."""

MOST_DOMAINS: Final = 100
"""Looked for in one statement: each is compared with each row."""


@dataclass(frozen=True, slots=True)
class Overtaken:
    """The rows of people, by their numbers in the list, and the ids of companies."""

    rows: frozenset[int]
    firm_ids: frozenset[str]


async def overtaken(session: AsyncSession, org_id: str, since: datetime, at: datetime) -> Overtaken:
    """Whoever was changed, added or suppressed; what is suppressed ``at`` a moment, since about a moment."""
    firm_ids: frozenset[str] = frozenset((await session.execute(_firms(org_id))).scalars())
    rows: set[int] = {*(await session.execute(_people(org_id))).scalars()}
    for condition in (*_employed(firm_ids), *await _suppressed(session, org_id, since, at)):
        rows |= set((await session.scalars(select(PEOPLE.c.row).where(condition))).all())
    return Overtaken(frozenset(rows), firm_ids)


def _firms(org_id: str) -> Select[tuple[Any, ...]]:
    """Companies that are there by now, or are no longer as they were seen."""
    ours = Company.org_id == org_id
    same_domain = select(Company.id).where(ours, Company.domain == FIRMS.c.domain).exists()
    same_name = select(Company.id).where(ours, Company.name == FIRMS.c.name).exists()
    added = and_(~FIRMS.c.is_known, or_(same_domain, and_(FIRMS.c.domain.is_(None), same_name)))
    as_seen = select(Company.id).where(Company.id == FIRMS.c.id, Company.dnc == FIRMS.c.dnc).exists()
    return select(FIRMS.c.id).where(or_(added, and_(FIRMS.c.is_known, ~as_seen)))


def _people(org_id: str) -> Select[tuple[Any, ...]]:
    """People who are contacts by now, were changed, are none any more, or work where nobody is called by now."""
    joined = PEOPLE.outerjoin(Contact, and_(Contact.org_id == org_id, Contact.e164 == PEOPLE.c.e164))
    everything = joined.outerjoin(Company, Company.id == Contact.company_id)
    changed = Contact.updated_at.is_distinct_from(PEOPLE.c.seen_at)
    return (
        select(PEOPLE.c.row).select_from(everything).where(or_(changed, func.coalesce(Company.dnc, false())))
    )


def _employed(firm_ids: Collection[str]) -> Iterator[ColumnElement[bool]]:
    for piece in pieces(sorted(firm_ids)):
        yield PEOPLE.c.company_id.in_(piece)


async def _suppressed(
    session: AsyncSession, org_id: str, since: datetime, at: datetime
) -> list[ColumnElement[bool]]:
    """Conditions on people, one for many suppressions: whoever is met by one is to be looked at again."""
    statement = select(Suppression.scope, Suppression.value).where(
        Suppression.org_id == org_id,
        Suppression.updated_at >= since - MARGIN,
        or_(Suppression.expires_at.is_(None), Suppression.expires_at > at),
    )
    values: defaultdict[Scope, list[str]] = defaultdict(list)
    for scope, value in await session.execute(statement):
        values[scope].append(value)
    people = PEOPLE.c
    conditions: list[ColumnElement[bool]] = []
    conditions += [people.e164.in_(piece) for piece in pieces(values[Scope.NUMBER])]
    conditions += [people.id.in_(piece) for piece in pieces(values[Scope.CONTACT])]
    for piece in pieces(values[Scope.COMPANY]):
        conditions.append(or_(people.company_id.in_(piece), people.own_company_id.in_(piece)))
    for piece in pieces(values[Scope.DOMAIN], MOST_DOMAINS):
        for column in (people.told_domain, people.own_domain):
            below = (column.endswith(f".{domain}", autoescape=True) for domain in piece)
            conditions.append(or_(column.in_(piece), *below))
    return conditions
