"""The companies for which a list's people work: found by their domains or names, and new where they are missing."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from vantum.store.bulk import pieces
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
    """A company that is in the store, or will be; nobody is called where ``dnc``."""

    id: str
    dnc: bool = False


class Employers:
    """The companies of one list; those that were seen are remembered."""

    def __init__(self, org_id: str) -> None:
        self._org_id = org_id
        self._known: dict[str, Employer] = {}

    def copy(self) -> Employers:
        """One that remembers the same, and learns by itself."""
        other = Employers(self._org_id)
        other._known = self._known.copy()
        return other

    def of(self, firm: Firm | None) -> Employer | None:
        """A company that was found or named; None for no company, and for one that is not there."""
        return None if firm is None else self._known.get(firm.key)

    async def find(self, session: AsyncSession, firms: Collection[Firm]) -> list[Employer]:
        """Look for those that were not seen yet; gives the companies that are there."""
        new = [firm for firm in firms if firm.key not in self._known]
        found: dict[str, Employer] = {}
        for piece in pieces(sorted({firm.domain for firm in new if firm.domain})):
            columns = select(Company.id, Company.dnc, Company.domain)
            wanted = columns.where(Company.org_id == self._org_id, Company.domain.in_(piece))
            for company_id, dnc, domain in await session.execute(wanted):
                found[_key("", domain)] = Employer(company_id, dnc)
        for piece in pieces(sorted({firm.name for firm in new if not firm.domain})):
            named = select(Company.id, Company.dnc, Company.name)
            chosen = named.where(Company.org_id == self._org_id, Company.name.in_(piece))
            # Of several with one name the first that was made counts.
            for company_id, dnc, name in await session.execute(chosen.order_by(Company.id.desc())):
                found[_key(name, None)] = Employer(company_id, dnc)
        self._known |= found
        return [*{employer.id: employer for employer in found.values()}.values()]

    def name(self, firms: Collection[Firm]) -> list[tuple[Firm, Employer]]:
        """Give an id to each that is not there; tells which those are."""
        new = []
        for firm in firms:
            if firm.key not in self._known:
                employer = self._known[firm.key] = Employer(new_id())
                # Whoever names it without its domain means the same.
                self._known.setdefault(_key(firm.name, None), employer)
                new.append((firm, employer))
        return new

    def forget(self, ids: Collection[str]) -> None:
        """These companies are others by now, or gone: they are to be looked for again."""
        self._known = {key: employer for key, employer in self._known.items() if employer.id not in ids}


def _key(name: str, domain: str | None) -> str:
    return f"@{domain}" if domain else f"={name}"
