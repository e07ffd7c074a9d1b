"""A list becomes contacts, consents and leads, piece by piece within one transaction: all of it is there or nothing.

What has changed since a row was read is seen here once more: somebody may have become a contact in between, or
have asked not to be called. Who is suppressed by now is no lead.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from vantum.core.legal import case as legal
from vantum.core.legal.case import Callee, Jurisdiction, LineType, Reason, Scope
from vantum.core.outreach.field_values import stricter_line
from vantum.store import consents, contacts, leads, suppressions
from vantum.store.bulk import Values, insert_rows, inserting, on_sqlite, pieces
from vantum.store.columns import new_id
from vantum.store.contacts import NewContact
from vantum.store.employers import Employer, Employers, Firm
from vantum.store.models import Company, Consent, Contact, ImportRow
from vantum.store.models.base import Base
from vantum.store.staged import StagedRow
from vantum.store.suppressions import Key, keys_of
from vantum.store.words import ConsentStatus, RowVerdict

MOST_COLUMN: Final = 100
MOST_REASON: Final = 500
_NOWHERE: Final = Jurisdiction()


@dataclass(frozen=True, slots=True)
class Target:
    """Where a list goes: its import, the campaign that calls its people (None for none), and the moment of it."""

    org_id: str
    import_id: str
    campaign_id: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Published:
    """What a list came to: rows by their verdict, and how many leads it brought."""

    counts: Mapping[RowVerdict, int]
    leads: int


@dataclass(frozen=True, slots=True)
class _Known:
    """What was known of somebody before the list; the domain is that of their company, where ``is_barred`` says that
    nobody is called."""

    id: str
    company_id: str | None
    domain: str
    is_barred: bool
    line_type: LineType
    custom: Mapping[str, object]


class Publisher:
    """Publishes the pieces of one list in their order."""

    def __init__(self, session: AsyncSession, target: Target) -> None:
        self._session = session
        self._target = target
        self._employers = Employers(session, target.org_id)
        self._counts = Counter[RowVerdict]()
        self._leads = 0

    @property
    def published(self) -> Published:
        """What it came to so far."""
        return Published(dict(self._counts), self._leads)

    async def add(self, staged: Sequence[StagedRow]) -> None:
        """Publish one piece: rows of which each has a number of its own, or adds nothing."""
        known = await self._known({row.number for row in staged if row.number})
        firms = {row.row: Firm.of(row.company, row.domain) for row in staged if row.contact is not None}
        await self._employers.find([firm for firm in firms.values() if firm is not None])
        barred = await self._barred(staged, known, firms)
        rows = [_settled(row, known, barred) for row in staged]
        joining = {row.number: row for row in rows if row.contact is not None}
        ids = await self._contacts([*joining.values()], known, firms)
        await self._consents(joining, ids, known)
        await self._lead([*ids.values()])
        everybody = {number: found.id for number, found in known.items()} | ids
        await _insert(self._session, ImportRow, [self._verdict(row, everybody) for row in rows])
        self._counts.update(row.verdict for row in rows)

    async def _known(self, numbers: set[str]) -> dict[str, _Known]:
        found: dict[str, _Known] = {}
        for piece in pieces(sorted(numbers)):
            statement = (
                select(
                    Contact.e164,
                    Contact.id,
                    Contact.company_id,
                    Company.domain,
                    Company.dnc,
                    Contact.line_type,
                    Contact.custom,
                )
                .outerjoin(Company, Company.id == Contact.company_id)
                .where(Contact.org_id == self._target.org_id, Contact.e164.in_(piece))
            )
            rows = await self._session.execute(statement)
            for number, contact_id, company_id, domain, dnc, line_type, custom in rows:
                person = _Known(contact_id, company_id, domain or "", bool(dnc), line_type, custom)
                found[str(number)] = person
        return found

    async def _barred(
        self, rows: Sequence[StagedRow], known: Mapping[str, _Known], firms: Mapping[int, Firm | None]
    ) -> dict[int, str]:
        """The rows of people who are not to be called, and why: by all that the gate would look at."""
        wanted: dict[int, tuple[Key, ...]] = {}
        found: dict[int, str] = {}
        for row in rows:
            if row.contact is not None:
                person, employer = known.get(row.number), self._employers.of(firms[row.row])
                wanted[row.row] = tuple(_keys(row, person, employer))
                if (employer is not None and employer.dnc) or (person is not None and person.is_barred):
                    found[row.row] = "Nobody of the company is to be called."
        keys = {key for each in wanted.values() for key in each}
        in_force = await suppressions.in_force(self._session, self._target.org_id, keys, self._target.at)
        for row_number, each in wanted.items():
            against = [in_force[key][0] for key in each if key in in_force]
            if against:
                found[row_number] = not_to_be_called(against[0].scope, against[0].reason)
        return found

    async def _contacts(
        self, rows: Sequence[StagedRow], known: Mapping[str, _Known], firms: Mapping[int, Firm | None]
    ) -> dict[str, str]:
        """Add who is new, and tell what is new of the others; the ids by number."""
        named = [firm for row in rows if (firm := firms[row.row]) is not None]
        await self._employers.add(named, self._target.at)
        people = []
        for row in rows:
            if row.contact is not None:
                employer = self._employers.of(firms[row.row])
                company_id = None if employer is None else employer.id
                people.append(_told(replace(row.contact, company_id=company_id), known.get(row.number)))
        return await contacts.upsert(self._session, self._target.org_id, people)

    async def _consents(
        self, rows: Mapping[str, StagedRow], ids: Mapping[str, str], known: Mapping[str, _Known]
    ) -> None:
        given = {number: row.consent for number, row in rows.items() if row.consent is not None}
        before = [known[number].id for number in given if number in known]
        said = await consents.of_contacts(self._session, self._target.org_id, before)
        new = []
        for number, consent in given.items():
            same = legal.Consent(consent.kind, consent.method, consent.granted_at)
            if same in said.get(ids[number], ()):
                continue
            new.append(
                self._stamped(
                    contact_id=ids[number],
                    kind=consent.kind,
                    status=ConsentStatus.GRANTED,
                    method=consent.method,
                    granted_at=consent.granted_at,
                    text_shown=consent.text,
                    proof=consent.proof,
                )
            )
        await _insert(self._session, Consent, new)

    async def _lead(self, contact_ids: Sequence[str]) -> None:
        target = self._target
        if target.campaign_id is not None:
            self._leads += await leads.add(
                self._session, target.org_id, target.campaign_id, contact_ids, target.at
            )

    def _verdict(self, row: StagedRow, contact_ids: Mapping[str, str]) -> Values:
        return self._stamped(
            import_id=self._target.import_id,
            row=row.row,
            verdict=row.verdict,
            column=row.column[:MOST_COLUMN],
            reason=row.reason[:MOST_REASON],
            notes=[*row.notes],
            contact_id=contact_ids.get(row.number),
        )

    def _stamped(self, **values: object) -> Values:
        at = self._target.at
        return {"id": new_id(), "org_id": self._target.org_id, "created_at": at, "updated_at": at, **values}


def not_to_be_called(scope: Scope, reason: Reason) -> str:
    """A suppression as the reason of a verdict."""
    return f"The {scope} is not to be called: {reason}."


def _keys(row: StagedRow, person: _Known | None, employer: Employer | None) -> Iterator[Key]:
    """By what somebody may be suppressed: as the row tells of them, and as they were known before."""
    company_id = "" if employer is None else employer.id
    yield from keys_of(Callee(row.number, _NOWHERE, company_id=company_id, domain=row.domain))
    if person is not None:
        own = person.company_id or ""
        yield from keys_of(
            Callee(row.number, _NOWHERE, contact_id=person.id, company_id=own, domain=person.domain)
        )


def _settled(row: StagedRow, known: Mapping[str, _Known], barred: Mapping[int, str]) -> StagedRow:
    if row.row in barred:
        return row.barred(barred[row.row])
    if row.verdict is RowVerdict.ACCEPTED and row.number in known:
        return row.known()
    return row


def _told(new: NewContact, old: _Known | None) -> NewContact:
    """What a list tells of somebody who is known: its own fields stand beside earlier ones, and no list makes a
    mobile a landline."""
    if old is None:
        return new
    custom = {**old.custom, **new.custom} if new.custom else {}
    return replace(new, custom=custom, line_type=stricter_line(old.line_type, new.line_type))


async def _insert(session: AsyncSession, model: type[Base], rows: Sequence[Values]) -> None:
    """Add rows of which nothing is asked back."""
    statement = inserting(session, model)
    if rows and on_sqlite(session):
        # One prepared statement for all of them, which nothing that is asked back would allow.
        await session.execute(statement, [dict(row) for row in rows])
    elif rows:
        await insert_rows(session, statement, rows, ("id",))
