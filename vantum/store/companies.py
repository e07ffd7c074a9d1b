"""Companies: for whom people work, found by their domain."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from vantum.store.models import Company


@dataclass(frozen=True, slots=True)
class NewCompany:
    """A company; ``domain`` is in lower case, None where it is not known. ``max_calls_per_day`` None is no limit, and
    ``dnc`` says that nobody there is called.
    """

    name: str
    domain: str | None = None
    dnc: bool = False
    max_calls_per_day: int | None = None
    gatekeeper_notes: str = ""


async def by_domain(session: AsyncSession, org_id: str, domain: str) -> Company | None:
    """The company of a domain."""
    return await session.scalar(select(Company).where(Company.org_id == org_id, Company.domain == domain))


async def add(session: AsyncSession, org_id: str, new: NewCompany) -> Company:
    """A new company; a domain that another one has raises IntegrityError."""
    row = Company(
        org_id=org_id,
        name=new.name,
        domain=new.domain,
        dnc=new.dnc,
        max_calls_per_day=new.max_calls_per_day,
        gatekeeper_notes=new.gatekeeper_notes,
    )
    session.add(row)
    await session.flush()
    return row
