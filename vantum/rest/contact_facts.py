"""What follows from what is told of a contact: the line, the place by the law, and the zones in which they may be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from vantum.core.legal.case import ZoneSource
from vantum.core.outreach import states
from vantum.core.outreach.address_zones import address_zones, zones_of
from vantum.core.outreach.field_values import stricter_line
from vantum.core.outreach.line import WORDS, Line, Problem
from vantum.numbering import read_number
from vantum.rest.contact_bodies import ContactChange, NewContactBody
from vantum.rest.problems import Flaw, flaw_at, invalid
from vantum.store.contacts import NewContact
from vantum.store.models import Contact

_WITH_STATES: Final = frozenset({"US", "CA"})
"""Countries whose states have laws and codes that are known here."""
_PLACE: Final = frozenset({"region", "postal_code", "timezone"})


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody is, as it is told; every text may be "". ``timezone`` is one that somebody has named."""

    country: str
    region: str
    postal_code: str
    timezone: str


def new_contact(told: NewContactBody) -> NewContact:
    """Who is to be added; raises Refused for what cannot be."""
    found = read_number(told.phone, told.country)
    if isinstance(found, Problem):
        raise invalid(flaw_at("phone", WORDS[found]))
    country = found.country or told.country
    place = settled(Place(country, told.region, told.postal_code, told.timezone))
    zone, source, others = zones(place, found)
    return NewContact(
        e164=found.number,
        source=told.source,
        source_detail=told.source_detail,
        source_at=told.source_at,
        company_id=told.company_id,
        raw_phone=told.phone,
        line_type=stricter_line(found.line_type, told.line_type),
        country=country,
        region=place.region,
        postal_code=place.postal_code,
        timezone=zone,
        timezone_source=source,
        other_zones=others,
        language=told.language,
        first_name=told.first_name,
        last_name=told.last_name,
        name=told.name or " ".join(filter(None, (told.first_name, told.last_name))),
        email=told.email,
        title=told.title,
        custom=told.custom,
    )


def changed_columns(row: Contact, change: ContactChange) -> dict[str, object]:
    """What becomes of a contact's columns; raises Refused for what cannot be."""
    values = change.told()
    said = change.line_type
    known = _line_of(row)
    if "line_type" in values:
        values["line_type"] = stricter_line(known.line_type, said)
    if _PLACE.isdisjoint(values):
        return values
    explicit = row.timezone if row.timezone_source is ZoneSource.EXPLICIT else ""
    place = settled(
        Place(
            row.country,
            change.region if "region" in values else row.region,
            change.postal_code if "postal_code" in values else row.postal_code,
            change.timezone if "timezone" in values else explicit,
        )
    )
    zone, source, others = zones(place, known)
    return values | {
        "region": place.region,
        "postal_code": place.postal_code,
        "timezone": zone,
        "timezone_source": source,
        "other_zones": list(others),
    }


def settled(told: Place) -> Place:
    """A place whose parts agree, and that has the state of its postal code; raises Refused."""
    flaws: list[Flaw] = []
    region = told.region
    code = states.postal_code(told.postal_code, told.country) if told.postal_code else ""
    if code is None:
        flaws.append(flaw_at("postalCode", "It is no postal code there."))
    if told.country in _WITH_STATES:
        by_code = states.state_of_postal_code(code or "", told.country)
        if region and states.state_code(region, told.country) != region:
            flaws.append(flaw_at("region", f"It is no state of {told.country}."))
        elif region and by_code and region != by_code:
            flaws.append(flaw_at("postalCode", f"It is a postal code of {by_code}, and not of {region}."))
        region = region or by_code
    if flaws:
        raise invalid(*flaws)
    return Place(told.country, region, code or "", told.timezone)


def zones(place: Place, line: Line) -> tuple[str, ZoneSource | None, tuple[str, ...]]:
    """The zone by which somebody is called, from what it was concluded, and the others that have to allow it."""
    found = zones_of(place.timezone, address_zones(place.country, place.region, place.postal_code), line)
    if not found:
        return "", None, ()
    first, *others = found
    return first.name, first.source, tuple(each.name for each in others)


def _line_of(row: Contact) -> Line:
    """The line of a number that is kept; where the plans have changed since, what is kept of it."""
    number = row.e164 or ""
    found = read_number(number, "")
    return Line(number, row.country, row.line_type) if isinstance(found, Problem) else found
