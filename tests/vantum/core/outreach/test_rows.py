"""One row by itself, and beside all others."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from vantum.core.legal.case import ConsentKind, Jurisdiction, LineType, Method, Reason, Scope, ZoneSource
from vantum.core.outreach.line import Problem, ZoneGuess
from vantum.core.outreach.mapping import map_columns
from vantum.core.outreach.prospect import GivenConsent, Prospect
from vantum.core.outreach.rows import Job, Known, Settling, domains_of, read_row
from vantum.core.outreach.verdict import Accepted, Duplicate, Invalid, SheetRow, Suppressed
from vantum.numbering import is_zone, read_number

NOW = datetime(2026, 11, 21, tzinfo=UTC)
US = "+12125550100"


def job(header: str, country: str = "") -> Job:
    mapping = map_columns([tuple(header.split(","))], {}, lambda _: False)
    return Job(mapping, country, NOW, read_number, is_zone)


def read(country: str = "", /, **cells: str) -> Accepted | Invalid:
    """A row of cells by their headers, spaces for underscores."""
    return read_row(SheetRow(2, tuple(cells.values())), job(",".join(cells).replace("_", " "), country))


def prospect(country: str = "", /, **cells: str) -> Prospect:
    found = read(country, **cells)
    assert isinstance(found, Accepted)
    return found.prospect


def notes(**cells: str) -> list[tuple[str, str]]:
    found = read(**cells)
    assert isinstance(found, Accepted)
    return [(note.column, note.words) for note in found.notes if "reserved for examples" not in note.words]


def test_a_whole_row() -> None:
    found = prospect(
        phone="(212) 555-0100 ext. 7",
        first_name=" Anna\n",
        last_name="Berg",
        email="Anna@Example.com",
        title="CEO",
        company="Example Inc.",
        country="USA",
        state="New York",
        zip="10001",
        language="English",
        line_type="Landline",
        source="trade fair",
        source_detail="Booth 7",
        consent="call",
        consent_method="web form",
        consent_date="2026-03-01",
        deal_size="=1+1",
        empty="",
    )
    assert (found.number, found.line.extension, found.line_type) == (US, "7", LineType.LANDLINE)
    assert found.raw_phone == "(212) 555-0100 ext. 7"
    person = found.person
    assert (person.first_name, person.last_name, person.name) == ("Anna", "Berg", "Anna Berg")
    assert (person.email, person.domain) == ("anna@example.com", "example.com")
    assert (person.title, person.company, person.language) == ("CEO", "Example Inc.", "en")
    assert found.whereabouts.at == Jurisdiction("US", "NY")
    assert found.whereabouts.zones == (ZoneGuess("America/New_York", ZoneSource.POSTAL_CODE),)
    assert (found.source, found.source_detail) == ("trade fair", "Booth 7")
    assert found.consent == GivenConsent(ConsentKind.CALL, Method.WRITTEN, datetime(2026, 3, 1, tzinfo=UTC))
    assert found.custom == (("deal_size", "=1+1"),)


def test_where_somebody_is_by_the_number_alone() -> None:
    found = prospect("DE", phone="030 23125 123").whereabouts
    assert found.at == Jurisdiction("DE", "")
    assert found.zones == (ZoneGuess("Europe/Berlin", ZoneSource.COUNTRY),)


def test_a_zone_that_is_said() -> None:
    found = prospect(phone=US, timezone="Pacific")
    assert found.whereabouts.zones == (ZoneGuess("America/Los_Angeles", ZoneSource.EXPLICIT),)


@pytest.mark.parametrize(
    ("state", "code", "expected"),
    [
        ("NY", "", "NY"),
        ("", "94105", "CA"),
        ("NY", "10001", "NY"),
        ("NY", "94105", ""),
        ("Utopia", "", ""),
        ("", "", ""),
    ],
)
def test_states(state: str, code: str, expected: str) -> None:
    assert prospect(phone=US, state=state, zip=code).whereabouts.at == Jurisdiction("US", expected)


def test_zones_of_a_state_and_a_postal_code_that_disagree() -> None:
    found = prospect(phone=US, state="UT", zip="94105").whereabouts
    assert {zone.name for zone in found.zones} == {
        "America/Denver",
        "America/Los_Angeles",
        "America/New_York",
    }


@pytest.mark.parametrize(("region", "state"), [("BY", "BY"), ("Bayern", "")])
def test_regions_elsewhere(region: str, state: str) -> None:
    found = prospect(phone="+4930231250", bundesland=region).whereabouts
    assert (found.region, found.at) == (region, Jurisdiction("DE", state))


def test_a_number_of_no_country_has_that_of_the_row() -> None:
    found = prospect(phone="+80012345678", country="DE")
    assert found.whereabouts.at.country == "DE"
    assert found.line.country == ""


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ({"country": "Atlantis"}, [("country", "It is no country; a name or two letters are.")]),
        ({"country": "DE"}, [("country", "The number belongs to US, whose rules hold.")]),
        ({"email": "x"}, [("email", "It is no e-mail address, and left out.")]),
        ({"website": "x"}, [("website", "It is no domain, and left out.")]),
        ({"name": "-"}, [("name", "It is no name, and left out.")]),
        ({"language": "Klingon"}, [("language", "It is no language, and left out.")]),
        ({"line_type": "pigeon"}, [("line type", "It is no type of line, and left out.")]),
        ({"zip": "x"}, [("zip", "It is no postal code there.")]),
        ({"state": "Utopia"}, [("state", "It is no state of US.")]),
        ({"timezone": "Mars/Base"}, [("timezone", "It is no time zone; Europe/Berlin is one.")]),
        (
            {"consent": "yes"},
            [("consent", "It says yes, and not to what. Allowed: ai_voice_marketing, call, recording.")],
        ),
        ({"source": "x" * 1001}, [("source", "It is longer than 1000 characters, and left out.")]),
        ({"memo": "x" * 2001}, [("memo", "It is longer than 2000 characters, and left out.")]),
        (
            {"state": "NY", "zip": "94105"},
            [("zip", "It is of another state, so the rules of all states hold.")],
        ),
    ],
)
def test_a_bad_field_is_left_out_with_a_note(cells: dict[str, str], expected: list[tuple[str, str]]) -> None:
    assert notes(phone=US, **cells) == expected


def test_a_list_does_not_make_a_mobile_a_landline() -> None:
    found = read(phone="+4915228817386", line_type="landline")
    assert isinstance(found, Accepted)
    assert found.prospect.line_type is LineType.MOBILE
    assert found.notes[0].words == "The number itself says mobile."


def test_an_example_and_a_number_without_a_zone_are_noted() -> None:
    found = read(phone=US)
    assert isinstance(found, Accepted)
    assert [note.words for note in found.notes] == ["It is reserved for examples, and nobody answers it."]
    assert notes(phone="+80012345678") == [
        ("phone", "No time zone is known, so nobody can tell when to call.")
    ]


def test_cells_behind_the_last_column() -> None:
    found = read_row(SheetRow(2, (US, "", " ", "x")), job("phone,name"))
    assert isinstance(found, Accepted)
    assert found.notes[0].words == "There are cells behind the last column, which are left out."
    found = read_row(SheetRow(2, (US,)), job("phone,name,firma"))
    assert isinstance(found, Accepted)
    assert len(found.notes) == 1


def test_an_ignored_column() -> None:
    mapping = map_columns([("phone", "secret")], {"ignore": "secret"}, lambda _: False)
    found = read_row(SheetRow(2, (US, "x")), Job(mapping, "", NOW, read_number, is_zone))
    assert isinstance(found, Accepted)
    assert found.prospect.custom == ()


def test_several_phone_columns() -> None:
    assert prospect(phone="", mobile=US).number == US
    assert prospect(phone="n/a", mobile=US).number == US
    assert prospect(phone=US, mobile="n/a").number == US


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ({"phone": ""}, Invalid(2, "phone", Problem.MISSING)),
        ({"phone": "x\x00y"}, Invalid(2, "phone", Problem.NOT_A_NUMBER, "xy")),
        ({"phone": "", "mobile": "12"}, Invalid(2, "mobile", Problem.NO_COUNTRY, "12")),
        ({"phone": "12", "mobile": "13"}, Invalid(2, "phone", Problem.NO_COUNTRY, "12")),
    ],
)
def test_invalid(cells: dict[str, str], expected: Invalid) -> None:
    assert read(**cells) == expected


def test_an_unreadable_row() -> None:
    row = SheetRow(7, (), Problem.UNREADABLE)
    assert read_row(row, job("phone")) == Invalid(7, "", Problem.UNREADABLE)


def test_a_job_is_checked() -> None:
    mapping = job("phone").mapping
    with pytest.raises(ValueError, match="two letters"):
        Job(mapping, "Germany", NOW, read_number, is_zone)
    with pytest.raises(ValueError, match="time zone"):
        Job(mapping, "DE", NOW.replace(tzinfo=None), read_number, is_zone)


def found_at(row: int, number: str = US, domain: str = "") -> Accepted | Invalid:
    return read_row(SheetRow(row, (number, domain)), job("phone,domain"))


def test_settling() -> None:
    settling = Settling()
    known = Known(
        {"+12125550101": "c1", "+12125550102": "c2"},
        {"+12125550102": Reason.ASKED},
        {"example.com": Reason.COMPLAINT},
    )
    first = found_at(2)
    assert settling.settle(first, known) is first
    assert settling.settle(found_at(3), known) == Duplicate(3, US, of_row=2)
    assert settling.settle(found_at(4, "+12125550101"), known) == Duplicate(
        4, "+12125550101", of_contact="c1"
    )
    assert settling.settle(found_at(5, "+12125550101"), known) == Duplicate(5, "+12125550101", of_row=4)
    suppressed = settling.settle(found_at(6, "+12125550102"), known)
    assert suppressed == Suppressed(6, "+12125550102", Scope.NUMBER, Reason.ASKED)
    by_domain = settling.settle(found_at(7, "+12125550103", "eu.shop.example.com"), known)
    assert by_domain == Suppressed(7, "+12125550103", Scope.DOMAIN, Reason.COMPLAINT)
    other = found_at(8, "+12125550104", "example.org")
    assert settling.settle(other, known) is other
    invalid = found_at(9, "x")
    assert settling.settle(invalid, known) is invalid


def test_domains() -> None:
    assert domains_of(prospect(phone=US, domain="a.b.example.com")) == (
        "a.b.example.com",
        "b.example.com",
        "example.com",
    )
    assert domains_of(prospect(phone=US)) == ()
