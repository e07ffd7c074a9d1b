"""The zones of addresses, and all zones in which somebody may be."""

from __future__ import annotations

import pytest

from vantum.core.legal.case import LineType, ZoneSource
from vantum.core.legal.rule import codes
from vantum.core.outreach.address_zones import address_zones, zones_of
from vantum.core.outreach.line import Line, ZoneGuess
from vantum.core.outreach.states import STATE_OF_ZIP
from vantum.numbering import is_zone

EAST, CENTRAL, MOUNTAIN, WEST = "America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles"


@pytest.mark.parametrize(
    ("country", "state", "code", "expected"),
    [
        ("US", "NY", "", {EAST}),
        ("US", "NY", "10001", {EAST}),
        ("US", "", "10001", {EAST}),
        ("US", "FL", "", {EAST, CENTRAL}),
        ("US", "FL", "33101", {EAST}),
        ("US", "FL", "32401", {EAST, CENTRAL}),
        ("US", "", "32501", {CENTRAL}),
        ("US", "TN", "37902", {EAST}),
        ("US", "TX", "79901", {MOUNTAIN}),
        ("US", "TX", "77001", {CENTRAL}),
        ("US", "AZ", "86515", {"America/Phoenix", MOUNTAIN}),
        ("US", "NY", "94105", {EAST, WEST}),
        ("US", "FL", "94105", {EAST, CENTRAL, WEST}),
        ("US", "", "09001", set()),
        ("US", "", "", set()),
        ("CA", "ON", "", {"America/Toronto", "America/Winnipeg"}),
        ("CA", "", "", set()),
        ("DE", "BE", "10115", set()),
    ],
)
def test_address_zones(country: str, state: str, code: str, expected: set[str]) -> None:
    assert set(address_zones(country, state, code)) == expected


def test_all_names_are_zones() -> None:
    named = {zone for state in set(STATE_OF_ZIP.values()) for zone in address_zones("US", state, "")}
    named |= {
        zone
        for state in codes("NL NS PE NB QC ON MB SK AB BC NT NU YT")
        for zone in address_zones("CA", state, "")
    }
    assert len(named) == 18
    assert all(is_zone(name) for name in named)


def line(source: ZoneSource, *names: str) -> Line:
    zones = tuple(ZoneGuess(name, source) for name in names)
    return Line("+12125550100", "US", LineType.UNKNOWN, zones=zones)


def test_a_zone_that_is_said_stands_alone() -> None:
    found = zones_of(WEST, (EAST,), line(ZoneSource.AREA_CODE, CENTRAL))
    assert found == (ZoneGuess(WEST, ZoneSource.EXPLICIT),)


def test_address_and_area_code_count_both() -> None:
    found = zones_of("", (WEST, EAST), line(ZoneSource.AREA_CODE, EAST, CENTRAL))
    assert found == (
        ZoneGuess(WEST, ZoneSource.POSTAL_CODE),
        ZoneGuess(EAST, ZoneSource.POSTAL_CODE),
        ZoneGuess(CENTRAL, ZoneSource.AREA_CODE),
    )


def test_a_country_counts_where_nothing_says_more() -> None:
    everywhere = line(ZoneSource.COUNTRY, EAST, WEST)
    assert zones_of("", (), everywhere) == everywhere.zones
    assert zones_of("", (WEST,), everywhere) == (ZoneGuess(WEST, ZoneSource.POSTAL_CODE),)
