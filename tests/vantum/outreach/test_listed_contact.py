"""A prospect as a contact: nothing is lost, nothing is too long, and where it comes from is always told."""

from __future__ import annotations

import pytest

from tests.vantum.outreach.prospects import LINE, NUMBER, PLACE, anna
from tests.vantum.store.rows import NOON
from vantum.core.legal.case import Jurisdiction, LineType, ZoneSource
from vantum.core.outreach.line import Line, ZoneGuess
from vantum.core.outreach.prospect import Person, Prospect, Whereabouts
from vantum.outreach.listed_contact import Provenance, contact_of
from vantum.store.contacts import NewContact

FAIR = Provenance("Trade fair", "fair.csv", NOON)


def contact(**changed: object) -> NewContact:
    return contact_of(anna(**changed), 7, FAIR)


def test_a_whole_prospect() -> None:
    person = Person("Anna", "Berg", "Anna Berg", "CEO", "anna@example.com", "Example", "example.com", "de-AT")
    zones = (
        ZoneGuess("America/New_York", ZoneSource.POSTAL_CODE),
        ZoneGuess("America/Chicago", ZoneSource.AREA_CODE),
    )
    found = contact(person=person, whereabouts=Whereabouts(Jurisdiction("US", "NY"), zones, "NY", "10001"))
    assert found == NewContact(
        e164=NUMBER,
        raw_phone="(212) 555-0100",
        line_type=LineType.LANDLINE,
        country="US",
        region="NY",
        postal_code="10001",
        timezone="America/New_York",
        timezone_source=ZoneSource.POSTAL_CODE,
        other_zones=("America/Chicago",),
        language="de-AT",
        first_name="Anna",
        last_name="Berg",
        name="Anna Berg",
        email="anna@example.com",
        title="CEO",
        source="Trade fair",
        source_detail="fair.csv, row 7",
        source_at=NOON,
    )


def test_without_a_zone() -> None:
    found = contact(whereabouts=Whereabouts(Jurisdiction(), ()))
    assert (found.timezone, found.timezone_source, found.other_zones) == ("", None, ())


@pytest.mark.parametrize(
    ("said", "source", "detail"),
    [
        ({}, "Trade fair", "fair.csv, row 7"),
        ({"source": "Referral"}, "Referral", "fair.csv, row 7"),
        ({"source_detail": "Booth 9"}, "Trade fair", "Booth 9"),
        ({"source": "Referral", "source_detail": "of Bert"}, "Referral", "of Bert"),
    ],
)
def test_a_rows_own_source_goes_first(said: dict[str, str], source: str, detail: str) -> None:
    found = contact(**said)
    assert (found.source, found.source_detail) == (source, detail)


def test_what_has_no_column_is_kept_beside_the_lists_own_fields() -> None:
    found = contact(
        line=Line(NUMBER, "US", LineType.UNKNOWN, extension="7"),
        other_numbers=("+12125550101",),
        whereabouts=Whereabouts(Jurisdiction("DE"), PLACE.zones, "Bayern"),
        custom=(("size", "40"),),
    )
    assert found.custom == {
        "extension": "7",
        "other_numbers": ["+12125550101"],
        "region": "Bayern",
        "size": "40",
    }
    assert contact(line=LINE, custom=(("extension", "x"),)).custom == {"extension": "x"}


def test_what_is_too_long_for_the_table_is_cut() -> None:
    long = Person("f" * 200, "l" * 200, "n" * 200, "t" * 200)
    found = contact_of(
        Prospect(LINE, LineType.UNKNOWN, "0" * 200, long, PLACE, source="s" * 1000, source_detail="d" * 1000),
        7,
        FAIR,
    )
    assert (found.first_name, found.last_name) == ("f" * 100, "l" * 100)
    assert (len(found.name), len(found.title), len(found.raw_phone)) == (200, 200, 100)
    assert (len(found.source), len(found.source_detail)) == (200, 500)
