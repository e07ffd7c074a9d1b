"""What the store has of one person: the contact, its leads, and every call from or to the number."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from vantum.store.bulk import pieces
from vantum.store.models import Call, Contact, Lead

MOST_CALLS: Final = 5_000
"""Calls with one person; more than that is no person."""


@dataclass(frozen=True, slots=True)
class CallTrace:
    """A call: the name of its folder on disk, the carrier's name for it, and whether it is still under way."""

    id: str
    record_id: str | None
    provider_sid: str | None
    is_live: bool


@dataclass(frozen=True, slots=True)
class Traces:
    """Ids of what there is; ``contact_id`` is "" where only calls are known, ``number`` where it was erased."""

    number: str
    contact_id: str = ""
    lead_ids: tuple[str, ...] = ()
    calls: tuple[CallTrace, ...] = ()

    @property
    def call_ids(self) -> tuple[str, ...]:
        """The ids of the calls."""
        return tuple(call.id for call in self.calls)

    @property
    def record_ids(self) -> tuple[str, ...]:
        """The names of the folders of those calls that have one."""
        return tuple(call.record_id for call in self.calls if call.record_id is not None)

    @property
    def is_live(self) -> bool:
        """Whether a call is under way."""
        return any(call.is_live for call in self.calls)


async def of_number(session: AsyncSession, org_id: str, number: str) -> Traces:
    """What there is of a number (E.164)."""
    statement = select(Contact.id).where(Contact.org_id == org_id, Contact.e164 == number)
    return await _traces(session, org_id, number, await session.scalar(statement) or "")


async def of_contact(session: AsyncSession, org_id: str, contact_id: str) -> Traces | None:
    """What there is of a contact; None for one that is not there."""
    statement = select(Contact.id, Contact.e164).where(Contact.org_id == org_id, Contact.id == contact_id)
    found = (await session.execute(statement)).first()
    return None if found is None else await _traces(session, org_id, found[1] or "", found[0])


async def folders_of_others(session: AsyncSession, org_id: str, record_ids: Collection[str]) -> set[str]:
    """Those of ``record_ids`` that are calls of another organisation, and nothing else of them."""
    found: set[str] = set()
    for piece in pieces(sorted(record_ids)):
        statement = select(Call.record_id).where(Call.org_id != org_id, Call.record_id.in_(piece))
        found.update(name for name in await session.scalars(statement) if name is not None)
    return found


async def _traces(session: AsyncSession, org_id: str, number: str, contact_id: str) -> Traces:
    leads = select(Lead.id).where(Lead.org_id == org_id, Lead.contact_id == contact_id).order_by(Lead.id)
    lead_ids = tuple((await session.scalars(leads)).all())
    theirs = [Call.contact_id == contact_id, Call.lead_id.in_(lead_ids)]
    if number:
        theirs += [Call.to_number == number, Call.from_number == number]
    calls = (
        select(Call.id, Call.record_id, Call.provider_sid, Call.ended_at)
        .where(Call.org_id == org_id, or_(*theirs))
        .order_by(Call.id)
        .limit(MOST_CALLS)
    )
    found = [
        CallTrace(call_id, record_id, sid, is_live=ended_at is None)
        for call_id, record_id, sid, ended_at in await session.execute(calls)
    ]
    return Traces(number, contact_id, lead_ids, tuple(found))


async def of_contacts(session: AsyncSession, org_id: str, contact_ids: Collection[str]) -> list[Traces]:
    """What there is of several contacts, at most a piece of them, in the order of their ids."""
    wanted = select(Contact.id, Contact.e164).where(Contact.org_id == org_id, Contact.id.in_(contact_ids))
    numbers = {
        contact_id: e164 or "" for contact_id, e164 in await session.execute(wanted.order_by(Contact.id))
    }
    theirs = select(Lead.id, Lead.contact_id).where(Lead.org_id == org_id, Lead.contact_id.in_(numbers))
    leads = dict((await session.execute(theirs.order_by(Lead.id))).all())
    known = {number: contact_id for contact_id, number in numbers.items() if number}
    calls: dict[str, list[CallTrace]] = {contact_id: [] for contact_id in numbers}
    found = select(
        *(Call.id, Call.record_id, Call.provider_sid, Call.ended_at),
        *(Call.contact_id, Call.lead_id, Call.to_number, Call.from_number),
    ).where(
        Call.org_id == org_id,
        or_(
            Call.contact_id.in_(numbers),
            Call.lead_id.in_(leads),
            Call.to_number.in_(known),
            Call.from_number.in_(known),
        ),
    )
    for call_id, record_id, sid, ended_at, contact_id, lead_id, to, sender in await session.execute(
        found.order_by(Call.id)
    ):
        trace = CallTrace(call_id, record_id, sid, is_live=ended_at is None)
        others = leads.get(lead_id or ""), known.get(to), known.get(sender)
        for whose in {contact_id, *others}:
            if whose in calls:
                calls[whose].append(trace)
    return [
        Traces(
            number,
            contact_id,
            tuple(lead_id for lead_id, whose in leads.items() if whose == contact_id),
            tuple(calls[contact_id]),
        )
        for contact_id, number in numbers.items()
    ]
