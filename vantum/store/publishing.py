"""A list becomes contacts, consents and leads: got ready piece by piece, and then all of it at once or nothing.

What has changed since a row was read is seen here once more: somebody may have become a contact in between, or
have asked not to be called. Who is suppressed by now is no lead.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import starmap
from typing import Final, TypeAlias

from sqlalchemy import Table, select
from sqlalchemy.ext.asyncio import AsyncSession

from vantum.core.legal import case as legal
from vantum.core.legal.case import Callee, Jurisdiction, LineType, Reason, Scope
from vantum.core.outreach.field_values import stricter_line
from vantum.store import consents, contacts, suppressions, waiting_list
from vantum.store.bulk import Values, pieces
from vantum.store.columns import new_id, now
from vantum.store.contacts import NewContact
from vantum.store.employers import Employer, Employers, Firm
from vantum.store.models import Company, Contact
from vantum.store.overtaken import overtaken
from vantum.store.staged import StagedRow
from vantum.store.suppressions import Key, keys_of
from vantum.store.words import ConsentStatus, RowVerdict

MOST_COLUMN: Final = 100
MOST_REASON: Final = 500
Again: TypeAlias = Callable[[Collection[int]], AsyncIterator[Sequence[StagedRow]]]
"""Gives some rows of the list once more, by their numbers."""
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
    changed: datetime


class Publisher:
    """Gets a list ready piece by piece, which nobody waits for, and publishes all of it in one short transaction.

    ``session`` is one of a connection of its own (``Store.apart``); the list waits in its temporary tables.
    """

    def __init__(self, session: AsyncSession, target: Target) -> None:
        self._session = session
        self._target = target
        self._employers = Employers(target.org_id)
        self._ready: Employers | None = None
        """What was known when all was got ready."""
        self._began = now()

    async def begin(self) -> None:
        """Make the tables; once, before all else."""
        await waiting_list.make(self._session)

    async def add(self, staged: Sequence[StagedRow]) -> None:
        """Get one piece ready: rows of which each has a number of its own, or adds nothing."""
        known = await self._known({row.number for row in staged if row.number})
        firms = {row.row: Firm.of(row.company, row.domain) for row in staged if row.contact is not None}
        there = await self._employers.find(
            self._session, [firm for firm in firms.values() if firm is not None]
        )
        barred = await self._barred(staged, known, firms)
        rows = [_settled(row, known, barred) for row in staged]
        joining = [row for row in rows if row.contact is not None]
        named = self._employers.name([firm for row in joining if (firm := firms[row.row]) is not None])
        people = [self._person(row, known.get(row.number), firms[row.row]) for row in joining]
        await self._put(waiting_list.FIRMS, [*map(_seen, there), *starmap(_firm, named)])
        await self._put(waiting_list.PEOPLE, people)
        await self._put(waiting_list.CONSENTS, await self._consents(joining, people, known))
        await self._put(waiting_list.ROWS, [_verdict(row) for row in rows])

    async def publish(self, again: Again) -> Published:
        """Make rows of all that waits; what was overtaken meanwhile is asked ``again`` for and looked at anew.

        The transaction must have begun with a write, so that nothing more changes until its end. When it fails, it
        may be published again in another one.
        """
        session, target = self._session, self._target
        # What a try that failed has learned is not in the database.
        self._ready = self._ready or self._employers
        self._employers = self._ready.copy()
        late = await overtaken(session, target.org_id, self._began, target.at)
        if late.rows:
            self._employers.forget(late.firm_ids)
            await waiting_list.take_back(session, late.rows, late.firm_ids)
            async for rows in again(late.rows):
                await self.add(rows)
        leads = await waiting_list.pour(
            session, target.org_id, target.import_id, target.campaign_id, target.at
        )
        return Published(await waiting_list.counts(session), leads)

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
                    Contact.updated_at,
                )
                .outerjoin(Company, Company.id == Contact.company_id)
                .where(Contact.org_id == self._target.org_id, Contact.e164.in_(piece))
            )
            rows = await self._session.execute(statement)
            for number, contact_id, company_id, domain, dnc, line_type, custom, changed in rows:
                person = _Known(contact_id, company_id, domain or "", bool(dnc), line_type, custom, changed)
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

    async def _consents(
        self, rows: Sequence[StagedRow], people: Sequence[Values], known: Mapping[str, _Known]
    ) -> list[Values]:
        """What was not said before, in the order of the rows."""
        before = [known[row.number].id for row in rows if row.consent is not None and row.number in known]
        said = await consents.of_contacts(self._session, self._target.org_id, before)
        new: list[Values] = []
        for row, person in zip(rows, people, strict=True):
            consent, contact_id = row.consent, str(person["id"])
            if consent is None:
                continue
            same = legal.Consent(consent.kind, consent.method, consent.granted_at)
            if same in said.get(contact_id, ()):
                continue
            new.append(
                {
                    "id": new_id(),
                    "row": row.row,
                    "contact_id": contact_id,
                    "kind": consent.kind,
                    "status": ConsentStatus.GRANTED,
                    "method": consent.method,
                    "granted_at": consent.granted_at,
                    "text_shown": consent.text,
                    "proof": consent.proof,
                }
            )
        return new

    # --- rows that wait -----------------------------------------------------------------------------

    def _person(self, row: StagedRow, old: _Known | None, firm: Firm | None) -> Values:
        if row.contact is None:
            raise ValueError("Nobody joins by this row.")
        employer = self._employers.of(firm)
        told = contacts.columns_of(_told(row.contact, old))
        return told | {
            "id": told["id"] if old is None else old.id,
            "company_id": None if employer is None else employer.id,
            "row": row.row,
            "seen_at": None if old is None else old.changed,
            "lead_id": new_id(),
            "told_domain": row.domain.lower(),
            "own_company_id": None if old is None else old.company_id,
            "own_domain": "" if old is None else old.domain,
        }

    async def _put(self, table: Table, rows: Sequence[Values]) -> None:
        await waiting_list.put(self._session, table, rows)


def _seen(employer: Employer) -> Values:
    return {"id": employer.id, "name": "", "domain": None, "dnc": employer.dnc, "is_known": True}


def _firm(firm: Firm, employer: Employer) -> Values:
    domain = firm.domain or None
    return {"id": employer.id, "name": firm.name, "domain": domain, "dnc": False, "is_known": False}


def _verdict(row: StagedRow) -> Values:
    return {
        "id": new_id(),
        "row": row.row,
        "verdict": row.verdict,
        "column": row.column[:MOST_COLUMN],
        "reason": row.reason[:MOST_REASON],
        "notes": [*row.notes],
        "number": row.number,
    }


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
