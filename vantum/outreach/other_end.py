"""Who is at the other end of a call: whose call it is, which contact, which lead, and by which clock they live."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import tzinfo
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from vantum.core.outreach.line import Line
from vantum.numbering import read_number
from vantum.store import contacts, recorded_calls
from vantum.store.models import Call, Contact
from vantum.store.orgs import DEFAULT_ORG_ID
from vantum.store.words import Direction

UTC_NAME: Final = "UTC"


@dataclass(frozen=True, slots=True)
class OtherEnd:
    """``call`` is None until the call has a row; ``call_id`` is then the name of its record. ``number`` is E.164."""

    org_id: str
    call_id: str
    number: str
    call: Call | None = None
    contact: Contact | None = None

    @property
    def contact_id(self) -> str | None:
        """The contact's id."""
        return None if self.contact is None else self.contact.id

    @property
    def lead_id(self) -> str | None:
        """The lead's id."""
        return None if self.call is None else self.call.lead_id


async def other_ends(session: AsyncSession, record_id: str, number: str) -> tuple[OtherEnd, ...]:
    """Whose call it is that has a record on this disk: nearly always one organisation's.

    A dialer learns the record's name a moment after the call was placed. Until then the call is that of every
    attempt at the number that waits for its name. A call that nobody's dialer placed is the default organisation's,
    and concerns all that have called the number before: who calls back and wants no more calls means theirs.
    """
    call = await recorded_calls.of_record(session, record_id)
    if call is not None:
        return (await end_of(session, call),)
    attempts = await recorded_calls.unnamed_attempts(session, number) if number else ()
    if attempts:
        return tuple([await end_of(session, attempt) for attempt in attempts])
    callers = await recorded_calls.callers_of(session, number) if number else ()
    return tuple(
        [
            OtherEnd(org_id, record_id, number, None, await _known(session, org_id, number))
            for org_id in dict.fromkeys((DEFAULT_ORG_ID, *callers))
        ]
    )


async def end_of(session: AsyncSession, call: Call) -> OtherEnd:
    """The other end of a call that has a row."""
    number = call.to_number if call.direction is Direction.OUTBOUND else call.from_number
    if call.contact_id is not None:
        contact = await contacts.get(session, call.org_id, call.contact_id)
    else:
        contact = await _known(session, call.org_id, number)
    return OtherEnd(call.org_id, call.id, number, call, contact)


async def _known(session: AsyncSession, org_id: str, number: str) -> Contact | None:
    return (await contacts.by_e164(session, org_id, (number,))).get(number) if number else None


def zone_of(end: OtherEnd) -> tuple[str, tzinfo]:
    """The zone by whose clock they live, with its name: what the list says, else what the number allows, else UTC."""
    if end.contact is not None and end.contact.timezone:
        names = [end.contact.timezone]
    else:
        line = read_number(end.number, "")
        names = [guess.name for guess in line.zones] if isinstance(line, Line) else []
    for name in names:
        try:
            return name, ZoneInfo(name)
        except (ValueError, OSError, LookupError):
            # No zone has this name any more.
            continue
    return UTC_NAME, ZoneInfo(UTC_NAME)
