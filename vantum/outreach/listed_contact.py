"""A prospect as the contact that the store keeps: cut to the table's bounds, with where the number came from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from vantum.core.outreach.prospect import Prospect
from vantum.store.contacts import LONGEST, NewContact

EXTENSION: Final = "extension"
OTHER_NUMBERS: Final = "other_numbers"
REGION: Final = "region"


@dataclass(frozen=True, slots=True)
class Provenance:
    """The list from which numbers come: what it is (its file's name where nobody says more), its name, and when."""

    source: str
    filename: str
    at: datetime


def contact_of(prospect: Prospect, row: int, provenance: Provenance) -> NewContact:
    """The contact of a row. A row's own source goes before that of its list."""
    person, place = prospect.person, prospect.whereabouts
    first = place.zones[0] if place.zones else None
    return NewContact(
        e164=prospect.number,
        raw_phone=_cut("raw_phone", prospect.raw_phone),
        line_type=prospect.line_type,
        country=place.at.country,
        region=place.at.state,
        postal_code=_cut("postal_code", place.postal_code),
        timezone="" if first is None else first.name,
        timezone_source=None if first is None else first.source,
        other_zones=tuple(zone.name for zone in place.zones[1:]),
        language=person.language,
        first_name=_cut("first_name", person.first_name),
        last_name=_cut("last_name", person.last_name),
        name=_cut("name", person.name),
        email=person.email,
        title=_cut("title", person.title),
        custom=_custom(prospect),
        source=_cut("source", prospect.source or provenance.source),
        source_detail=_cut("source_detail", prospect.source_detail or f"{provenance.filename}, row {row}"),
        source_at=provenance.at,
    )


def _custom(prospect: Prospect) -> dict[str, object]:
    """The columns that are no field, and what the row says that has no column; the row's own columns go first."""
    place = prospect.whereabouts
    found: dict[str, object] = {}
    if prospect.line.extension:
        found[EXTENSION] = prospect.line.extension
    if prospect.other_numbers:
        found[OTHER_NUMBERS] = [*prospect.other_numbers]
    if place.region not in ("", place.at.state):
        found[REGION] = place.region
    return found | dict(prospect.custom)


def _cut(name: str, text: str) -> str:
    return text[: LONGEST[name]]
