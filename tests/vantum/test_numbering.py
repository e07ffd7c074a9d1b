"""Numbers by the world's plans: lines, problems and time zones."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vantum.core.legal.case import CandidateZone, LineType, ZoneSource
from vantum.core.outreach.line import Existence, Line, Problem, ZoneGuess
from vantum.numbering import candidate_zones, is_zone, read_number


def line(text: str, country: str = "") -> Line:
    found = read_number(text, country)
    assert isinstance(found, Line)
    return found


@pytest.mark.parametrize(
    ("text", "country", "number", "home", "kind"),
    [
        ("(212) 736-5000", "US", "+12127365000", "US", LineType.UNKNOWN),
        ("12127365000", "US", "+12127365000", "US", LineType.UNKNOWN),
        ("+1 416 967 1111", "", "+14169671111", "CA", LineType.UNKNOWN),
        ("787-722-1234", "PR", "+17877221234", "PR", LineType.UNKNOWN),
        ("030/2312512", "DE", "+49302312512", "DE", LineType.LANDLINE),
        ("0049 171 1234567", "DE", "+491711234567", "DE", LineType.MOBILE),
        ("1711234567", "DE", "+491711234567", "DE", LineType.MOBILE),
        ("4930 2312512", "DE", "+49302312512", "DE", LineType.LANDLINE),
        ("020 7946 0958", "GB", "+442079460958", "GB", LineType.LANDLINE),
        ("+44 56 0123 4567", "", "+445601234567", "GB", LineType.VOIP),
        ("1-800-FLOWERS", "US", "+18003569377", "US", LineType.UNKNOWN),
        ("+800 1234 5678", "", "+80012345678", "", LineType.UNKNOWN),
    ],
)
def test_lines(text: str, country: str, number: str, home: str, kind: LineType) -> None:
    found = line(text, country)
    assert (found.number, found.country, found.line_type) == (number, home, kind)
    assert (found.existence is Existence.FICTION) is (number == "+442079460958")


def test_extension() -> None:
    assert line("+1 212 736 5000 ext. 12").extension == "12"
    assert line("+1 212 736 5000").extension == ""


@pytest.mark.parametrize(
    "number",
    [
        *("+12125550100", "+14155550199", "+15551234567"),
        *("+441134960123", "+441632960123", "+447700900123", "+442079460123"),
        *("+33199001234", "+61491570156", "+61255501234", "+493023125123"),
    ],
)
def test_numbers_of_fiction(number: str) -> None:
    found = line(number)
    assert (found.number, found.existence) == (number, Existence.FICTION)
    assert found.country in ("US", "GB", "FR", "AU", "DE")


@pytest.mark.parametrize("number", ["+12125550200", "+12125560100", "+4930231250"])
def test_numbers_of_no_fiction(number: str) -> None:
    assert line(number).existence is Existence.REAL


@pytest.mark.parametrize(
    ("text", "country", "problem"),
    [
        ("", "US", Problem.NOT_A_NUMBER),
        ("call me", "US", Problem.NOT_A_NUMBER),
        ("030 2312512", "", Problem.NO_COUNTRY),
        ("+999 1234567", "", Problem.NO_COUNTRY),
        ("736-5000", "US", Problem.NO_AREA_CODE),
        ("+1 212 736", "", Problem.TOO_SHORT),
        ("+1", "", Problem.NOT_A_NUMBER),
        ("+1 212 736 5000 123", "", Problem.TOO_LONG),
        ("+49 30 1234567890123", "", Problem.TOO_LONG),
        ("0" * 251, "US", Problem.TOO_LONG),
        ("+1 012 736 5000", "", Problem.NOT_ASSIGNED),
        ("911", "US", Problem.EMERGENCY),
        ("112", "DE", Problem.EMERGENCY),
        ("110", "", Problem.EMERGENCY),
        ("411", "US", Problem.SHORT_CODE),
        ("115", "DE", Problem.SHORT_CODE),
        ("+1 900 234 5678", "", Problem.PREMIUM_RATE),
        ("0900 1234567", "DE", Problem.PREMIUM_RATE),
        ("0180 1234567", "DE", Problem.SHARED_COST),
        ("070 1234 5678", "GB", Problem.PERSONAL),
        ("076 4012 3456", "GB", Problem.NOBODY),
    ],
)
def test_problems(text: str, country: str, problem: Problem) -> None:
    assert read_number(text, country) is problem


@pytest.mark.parametrize(
    ("number", "names", "source"),
    [
        ("+12127365000", {"America/New_York"}, ZoneSource.AREA_CODE),
        ("+12084561234", {"America/Boise", "America/Los_Angeles"}, ZoneSource.AREA_CODE),
        ("+61891234567", {"Australia/Adelaide", "Australia/Perth"}, ZoneSource.AREA_CODE),
        ("+491711234567", {"Europe/Berlin"}, ZoneSource.COUNTRY),
        ("+49302312512", {"Europe/Berlin"}, ZoneSource.COUNTRY),
        ("+80012345678", set(), ZoneSource.COUNTRY),
    ],
)
def test_zones(number: str, names: set[str], source: ZoneSource) -> None:
    assert set(line(number).zones) == {ZoneGuess(name, source) for name in names}


def test_a_number_of_a_whole_continent_may_be_in_every_zone() -> None:
    found = {zone.name for zone in line("+18003569377").zones}
    assert {"America/New_York", "Pacific/Honolulu", "America/St_Johns"} <= found


def test_candidates_for_the_gate() -> None:
    found = candidate_zones((ZoneGuess("Europe/Berlin", ZoneSource.COUNTRY),))
    assert found == (CandidateZone("Europe/Berlin", ZoneInfo("Europe/Berlin"), ZoneSource.COUNTRY),)
    with pytest.raises(LookupError, match="'Mars/Base'"):
        candidate_zones((ZoneGuess("Mars/Base", ZoneSource.EXPLICIT),))


@pytest.mark.parametrize(
    "name", ["", "EST", "UTC", "Europe", "Europe/", "../../etc/passwd", "Europe/\0", "a/" + "b" * 99]
)
def test_names_of_no_zone(name: str) -> None:
    assert not is_zone(name)


@given(st.text(max_size=300), st.sampled_from(["", "US", "DE", "GB"]))
def test_nothing_is_raised(text: str, country: str) -> None:
    assert isinstance(read_number(text, country), Line | Problem)


@given(st.from_regex(r"\+?[0-9]{1,18}", fullmatch=True), st.sampled_from(["", "US", "DE", "GB", "BR", "IT"]))
def test_a_line_is_read_again_as_itself(text: str, country: str) -> None:
    found = read_number(text, country)
    if isinstance(found, Line):
        assert read_number(found.number, "") == found
