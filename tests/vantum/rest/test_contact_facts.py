"""What follows from what is told of a contact, by values."""

from __future__ import annotations

import pytest

from vantum.core.legal.case import LineType, ZoneSource
from vantum.core.outreach.line import Line
from vantum.rest.contact_bodies import ContactChange, NewContactBody
from vantum.rest.contact_facts import Place, changed_columns, new_contact, settled, zones
from vantum.rest.problems import Refused
from vantum.store.models import Contact

US_LINE = Line("+12125550100", "US", LineType.UNKNOWN)


def test_without_a_zone_there_is_none() -> None:
    assert zones(Place("", "", "", ""), US_LINE) == ("", None, ())


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        (Place("US", "", "10001", ""), Place("US", "NY", "10001", "")),
        (Place("US", "NY", "10001", ""), Place("US", "NY", "10001", "")),
        (Place("US", "", "2139", ""), Place("US", "MA", "02139", "")),
        (Place("CA", "", "M5V 2T6", ""), Place("CA", "ON", "M5V 2T6", "")),
        (Place("DE", "BY", "80331", "Europe/Berlin"), Place("DE", "BY", "80331", "Europe/Berlin")),
        (Place("", "", "", ""), Place("", "", "", "")),
    ],
)
def test_a_place_has_the_state_of_its_postal_code(told: Place, kept: Place) -> None:
    assert settled(told) == kept


@pytest.mark.parametrize(
    ("told", "pointers"),
    [
        (Place("US", "XX", "", ""), ["#/region"]),
        (Place("US", "XX", "?", ""), ["#/postalCode", "#/region"]),
        (Place("CA", "ON", "V5K 0A1", ""), ["#/postalCode"]),
        (Place("DE", "BY", "München", ""), ["#/postalCode"]),
    ],
)
def test_parts_that_do_not_agree_are_told(told: Place, pointers: list[str]) -> None:
    with pytest.raises(Refused) as refused:
        settled(told)
    assert [flaw.pointer for flaw in refused.value.flaws] == pointers


@pytest.mark.parametrize(
    ("phone", "said", "kept"),
    [
        ("+4915123456789", LineType.LANDLINE, LineType.MOBILE),
        ("+12125550100", LineType.LANDLINE, LineType.LANDLINE),
        ("+12125550100", LineType.MOBILE, LineType.MOBILE),
        ("+12125550100", LineType.UNKNOWN, LineType.UNKNOWN),
    ],
)
def test_nobody_makes_a_line_less_than_its_number_says(phone: str, said: LineType, kept: LineType) -> None:
    found = new_contact(NewContactBody(phone=phone, source="x", lineType=said))  # type: ignore[call-arg]
    assert found.line_type is kept
    row = Contact(e164=phone, line_type=LineType.UNKNOWN)
    assert changed_columns(row, ContactChange(lineType=said)) == {"line_type": kept}  # type: ignore[call-arg]


def test_a_number_that_no_plan_has_any_more_keeps_what_is_known() -> None:
    row = Contact(
        e164="+9991234567",
        line_type=LineType.VOIP,
        country="US",
        region="",
        postal_code="",
        timezone="",
        timezone_source=None,
    )
    found = changed_columns(row, ContactChange(region="NY", lineType=LineType.LANDLINE))  # type: ignore[call-arg]
    assert (found["line_type"], found["timezone"], found["timezone_source"]) == (
        LineType.VOIP,
        "America/New_York",
        ZoneSource.POSTAL_CODE,
    )
