"""Contacts: many at once from a list, and found again by their numbers."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Text, case, cast, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.base import ReadOnlyColumnCollection
from sqlalchemy.sql.elements import KeyedColumnElement

from vantum.core.legal.case import LineType, ZoneSource
from vantum.store.bulk import insert_rows, inserting, pieces
from vantum.store.columns import new_id, now
from vantum.store.models import Contact
from vantum.store.models.base import table_of

_E164: Final = re.compile(r"\+[1-9][0-9]{6,14}")
_TABLE: Final = table_of(Contact)
_FILLED: Final = (
    *("raw_phone", "country", "region", "postal_code", "timezone", "language"),
    *("first_name", "last_name", "name", "email", "title"),
)
"""Texts that a newer list may tell anew, but not take away."""
LONGEST: Final[Mapping[str, int]] = {
    name: _TABLE.c[name].type.length  # type: ignore[attr-defined]
    for name in (*_FILLED, "source", "source_detail")
}
"""How long each text may be, in characters."""
TOLD: Final = (
    *LONGEST,
    *("company_id", "e164", "line_type", "timezone_source", "other_zones", "custom", "source_at"),
)
"""What a list tells of somebody."""


@dataclass(frozen=True, slots=True)
class NewContact:
    """Somebody from a list, and where the number came from; raises ValueError for what the table cannot hold."""

    e164: str
    source: str
    source_detail: str = ""
    source_at: datetime | None = None
    company_id: str | None = None
    raw_phone: str = ""
    line_type: LineType = LineType.UNKNOWN
    country: str = ""
    region: str = ""
    postal_code: str = ""
    timezone: str = ""
    timezone_source: ZoneSource | None = None
    other_zones: tuple[str, ...] = ()
    language: str = ""
    first_name: str = ""
    last_name: str = ""
    name: str = ""
    email: str = ""
    title: str = ""
    custom: Mapping[str, object] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not _E164.fullmatch(self.e164):
            raise ValueError("A contact's number is E.164: a plus sign and 7 to 15 digits.")
        if self.source_at is not None and self.source_at.utcoffset() is None:
            raise ValueError("A moment has a time zone.")
        texts = _texts(self)
        for name, length in LONGEST.items():
            if len(texts[name]) > length:
                raise ValueError(f"{name} is longer than {length} characters.")


async def upsert(session: AsyncSession, org_id: str, contacts: Sequence[NewContact]) -> dict[str, str]:
    """Add contacts, and tell known ones what is new of them; gives the ids by number.

    Of several with one number the last one counts. What a known contact was and is not told anew stays, and so does
    where its number came from.
    """
    wanted = list({contact.e164: contact for contact in contacts}.values())
    statement, moment = upserting(session), now()
    ids: dict[str, str] = {}
    for piece in pieces(wanted):
        rows = [
            {"org_id": org_id, "created_at": moment, "updated_at": moment, **columns_of(each)}
            for each in piece
        ]
        found = await insert_rows(session, statement, rows, ("e164", "id"))
        ids.update((e164, contact_id) for e164, contact_id in found)
    return ids


def upserting(session: AsyncSession) -> sqlite.Insert | postgresql.Insert:
    """The INSERT that does so, still without rows."""
    insert = inserting(session, Contact)
    return insert.on_conflict_do_update(
        index_elements=[_TABLE.c.org_id, _TABLE.c.e164], set_=_told(insert.excluded)
    )


async def by_e164(session: AsyncSession, org_id: str, numbers: Collection[str]) -> dict[str, Contact]:
    """Those of ``numbers`` that are known."""
    found: dict[str, Contact] = {}
    for piece in pieces(sorted(numbers)):
        statement = select(Contact).where(Contact.org_id == org_id, Contact.e164.in_(piece))
        rows = (await session.scalars(statement)).all()
        found.update((row.e164, row) for row in rows if row.e164 is not None)
    return found


async def ids_by_e164(session: AsyncSession, org_id: str, numbers: Collection[str]) -> dict[str, str]:
    """The ids of those of ``numbers`` that are known: for many, where nothing else is asked."""
    found: dict[str, str] = {}
    for piece in pieces(sorted(numbers)):
        statement = select(Contact.e164, Contact.id).where(Contact.org_id == org_id, Contact.e164.in_(piece))
        rows = await session.execute(statement)
        found.update((number, contact_id) for number, contact_id in rows if number is not None)
    return found


async def get(session: AsyncSession, org_id: str, contact_id: str) -> Contact | None:
    """A contact."""
    return await session.scalar(select(Contact).where(Contact.org_id == org_id, Contact.id == contact_id))


def columns_of(contact: NewContact) -> dict[str, object]:
    """What is told of somebody as columns, with a new id: all that a row needs but whose it is, and since when."""
    return {
        **_texts(contact),
        "id": new_id(),
        "e164": contact.e164,
        "source_at": contact.source_at,
        "company_id": contact.company_id,
        "line_type": contact.line_type,
        "timezone_source": contact.timezone_source,
        "other_zones": list(contact.other_zones),
        "custom": dict(contact.custom),
    }


def _texts(contact: NewContact) -> dict[str, str]:
    return {
        "source": contact.source,
        "source_detail": contact.source_detail,
        "raw_phone": contact.raw_phone,
        "country": contact.country,
        "region": contact.region,
        "postal_code": contact.postal_code,
        "timezone": contact.timezone,
        "language": contact.language,
        "first_name": contact.first_name,
        "last_name": contact.last_name,
        "name": contact.name,
        "email": contact.email,
        "title": contact.title,
    }


def _told(new: ReadOnlyColumnCollection[str, KeyedColumnElement[Any]]) -> dict[str, ColumnElement[object]]:
    """What becomes of the columns of a known contact."""
    old = _TABLE.c
    told: dict[str, ColumnElement[object]] = {
        name: func.coalesce(func.nullif(new[name], ""), old[name]) for name in _FILLED
    }
    # Zones are one statement: a new zone with the old one's source or neighbours would be an invention.
    has_zone = new["timezone"] != ""
    told["timezone_source"] = case((has_zone, new["timezone_source"]), else_=old.timezone_source)
    told["other_zones"] = case((has_zone, new["other_zones"]), else_=old.other_zones)
    told["line_type"] = case((new["line_type"] != LineType.UNKNOWN, new["line_type"]), else_=old.line_type)
    told["company_id"] = func.coalesce(new["company_id"], old.company_id)
    told["custom"] = case((cast(new["custom"], Text) != "{}", new["custom"]), else_=old.custom)
    told["updated_at"] = new["updated_at"]
    return told
