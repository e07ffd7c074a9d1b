"""The companies for which a list's people work: found by their domains or names, and added where they are missing."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from vantum.store.bulk import insert_rows, inserting, pieces
from vantum.store.columns import new_id
from vantum.store.models import Company

MOST_NAME: Final = 200
MOST_DOMAIN: Final = 253


@dataclass(frozen=True, slots=True)
class Firm:
    """A company as a list names it: its domain tells it from others, or its name where there is no domain."""

    name: str
    domain: str

    @staticmethod
    def of(name: str, domain: str) -> Firm | None:
        """A company, within the bounds of the table; None where a row names none."""
        domain = domain if len(domain) <= MOST_DOMAIN else ""
        name = (name or domain)[:MOST_NAME]
        return Firm(name, domain) if name else None

    @property
    def key(self) -> str:
        """What it is known by; its first sign keeps a name that looks like a domain apart."""
        return _key(self.name, self.domain)


@dataclass(frozen=True, slots=True)
class Employer:
    """A company of the store; nobody is called where ``dnc``."""

    id: str
    dnc: bool


class Employers:
    """The companies of one list within one transaction; those that were seen are remembered."""

    def __init__(self, session: AsyncSession, org_id: str) -> None:
        self._session = session
        self._org_id = org_id
        self._known: dict[str, Employer] = {}

    def of(self, firm: Firm | None) -> Employer | None:
        """A company that was found or added; None for no company, and for one that is not there."""
        return None if firm is None else self._known.get(firm.key)

    async def find(self, firms: Collection[Firm]) -> None:
        """Look for those that were not seen yet."""
        new = [firm for firm in firms if firm.key not in self._known]
        for piece in pieces(sorted({firm.domain for firm in new if firm.domain})):
            columns = select(Company.id, Company.dnc, Company.domain)
            wanted = columns.where(Company.org_id == self._org_id, Company.domain.in_(piece))
            for company_id, dnc, domain in await self._session.execute(wanted):
                self._known[_key("", domain)] = Employer(company_id, dnc)
        for piece in pieces(sorted({firm.name for firm in new if not firm.domain})):
            named = select(Company.id, Company.dnc, Company.name)
            chosen = named.where(Company.org_id == self._org_id, Company.name.in_(piece))
            # Of several with one name the first that was made counts.
            for company_id, dnc, name in await self._session.execute(chosen.order_by(Company.id.desc())):
                self._known[_key(name, None)] = Employer(company_id, dnc)

    async def add(self, firms: Collection[Firm], at: datetime) -> None:
        """Add those that are not there."""
        missing = {firm.key: firm for firm in firms if firm.key not in self._known}
        statement = inserting(self._session, Company).on_conflict_do_nothing()
        for piece in pieces([*missing.values()]):
            rows = [
                {
                    "id": new_id(),
                    "org_id": self._org_id,
                    "name": firm.name,
                    "domain": firm.domain or None,
                    "created_at": at,
                    "updated_at": at,
                }
                for firm in piece
            ]
            added = await insert_rows(self._session, statement, rows, ("id", "name", "domain"))
            for company_id, name, domain in added:
                self._known[_key(name, domain)] = Employer(company_id, dnc=False)
        # Another transaction may have added one in between.
        await self.find([*missing.values()])


def _key(name: str, domain: str | None) -> str:
    return f"@{domain}" if domain else f"={name}"
