"""People who do not exist, with numbers that nobody has: reserved for fiction by those who give out numbers.

Sources: +1 NPA 555-0100 to 555-0199 (NANPA, "555 Line Numbers"); United Kingdom (Ofcom, "Telephone numbers for use in
TV and radio drama programmes"); Germany (Bundesnetzagentur, "Rufnummern für Medienproduktionen"); France (Arcep,
decision 2018-0881, numbers for works of fiction).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from vantum.core.legal.case import LineType, ZoneSource
from vantum.store.contacts import NewContact

SOURCE: Final = "demo"


@dataclass(frozen=True, slots=True)
class Place:
    """A block of reserved numbers: the first ``count`` behind ``first``, what they ring, and where."""

    first: int
    count: int
    line_type: LineType
    country: str
    region: str
    timezone: str
    language: str


def _us(area: int, region: str, timezone: str, line_type: LineType) -> Place:
    return Place(int(f"1{area}5550100"), 10, line_type, "US", region, timezone, "en-US")


_NEW_YORK, _CHICAGO = "America/New_York", "America/Chicago"
_DENVER, _LOS_ANGELES = "America/Denver", "America/Los_Angeles"
_DESK, _MOBILE = LineType.LANDLINE, LineType.MOBILE

PLACES: Final = (
    _us(212, "NY", _NEW_YORK, _DESK),
    _us(617, "MA", _NEW_YORK, _DESK),
    _us(404, "GA", _NEW_YORK, _MOBILE),
    _us(305, "FL", _NEW_YORK, _DESK),
    _us(312, "IL", _CHICAGO, _DESK),
    _us(512, "TX", _CHICAGO, _MOBILE),
    _us(615, "TN", _CHICAGO, _DESK),
    _us(303, "CO", _DENVER, _DESK),
    _us(602, "AZ", "America/Phoenix", LineType.UNKNOWN),
    _us(415, "CA", _LOS_ANGELES, _DESK),
    _us(206, "WA", _LOS_ANGELES, _MOBILE),
    _us(702, "NV", _LOS_ANGELES, _DESK),
    Place(442079460000, 20, _DESK, "GB", "", "Europe/London", "en-GB"),
    Place(441614960000, 10, _DESK, "GB", "", "Europe/London", "en-GB"),
    Place(447700900000, 10, _MOBILE, "GB", "", "Europe/London", "en-GB"),
    Place(493023125000, 10, _DESK, "DE", "BE", "Europe/Berlin", "de-DE"),
    Place(498999998000, 10, _DESK, "DE", "BY", "Europe/Berlin", "de-DE"),
    Place(33199000000, 10, _DESK, "FR", "", "Europe/Paris", "fr-FR"),
    Place(33639980000, 10, _MOBILE, "FR", "", "Europe/Paris", "fr-FR"),
)
"""200 numbers."""

COMPANIES: Final = (
    *("Acorn Paper", "Bluewater Freight", "Copper Lantern", "Dove Street Dental", "Elm and Oak"),
    *("Fairweather Roofing", "Granite Peak", "Harbor Light", "Ivy Court Hotels", "Juniper Labs"),
    *("Kettle and Crane", "Larkspur Foods", "Maple Row", "Northwind Tools", "Orchard Systems"),
    *("Pebble Works", "Quarry Lane", "Redwood Cycles", "Silver Birch", "Thistle Print"),
)
_FIRST: Final = (
    *("Ada", "Ben", "Clara", "David", "Elena", "Felix", "Grace", "Henry", "Iris", "Jonas"),
    *("Karin", "Leo", "Maya", "Noah", "Olga", "Paul", "Rosa", "Sam", "Tara", "Victor"),
)
_LAST: Final = (
    "Abbott",
    "Becker",
    "Carter",
    "Dubois",
    "Ellis",
    "Fischer",
    "Grant",
    "Hughes",
    "Ito",
    "Jansen",
)
_TITLES: Final = ("Owner", "Head of Operations", "Office Manager", "Buyer", "Chief Technology Officer")


def domain_of(company: str) -> str:
    """A company's domain, below a name that is reserved for examples (RFC 2606)."""
    return f"{company.lower().replace(' and ', '-').replace(' ', '-')}.example.com"


def people(company_ids: dict[str, str]) -> list[NewContact]:
    """All of them, the same every time; ``company_ids`` by name."""
    numbered = [(place, place.first + step) for place in PLACES for step in range(place.count)]
    return [_person(index, place, number, company_ids) for index, (place, number) in enumerate(numbered)]


def _person(index: int, place: Place, number: int, company_ids: dict[str, str]) -> NewContact:
    first, last = _FIRST[index % len(_FIRST)], _LAST[index // len(_FIRST) % len(_LAST)]
    company = COMPANIES[index % len(COMPANIES)]
    return NewContact(
        e164=f"+{number}",
        raw_phone=f"+{number}",
        source=SOURCE,
        source_detail="vantum seed demo",
        company_id=company_ids[company],
        line_type=place.line_type,
        country=place.country,
        region=place.region,
        timezone=place.timezone,
        timezone_source=ZoneSource.EXPLICIT,
        language=place.language,
        first_name=first,
        last_name=last,
        name=f"{first} {last}",
        email=f"{first}.{last}@{domain_of(company)}".lower(),
        title=_TITLES[index % len(_TITLES)],
    )
