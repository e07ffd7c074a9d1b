"""Columns mapped by the user's word, by their headers and by what stands in them."""

from __future__ import annotations

import pytest

from vantum.core.errors import UsageError
from vantum.core.outreach.mapping import ColumnMapping, map_columns, read_choices


def is_number(cell: str) -> bool:
    return cell.startswith("+49") and len(cell) > 8


def fields(mapping: ColumnMapping) -> list[str]:
    return [column.key or column.field for column in mapping.columns]


def mapped(rows: list[tuple[str, ...]], **choices: str) -> ColumnMapping:
    return map_columns(rows, choices, is_number)


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("Telefon,Name,Firma", ["phone", "name", "company"]),
        ("Vorname,Name,Telefon", ["first_name", "last_name", "phone"]),
        ("Vorname,Nachname,Name,Tel", ["first_name", "last_name", "name", "phone"]),
        ("Vorname,Ansprechpartner,Tel", ["first_name", "name", "phone"]),
        ("Phone,Mobile,Budget (EUR)", ["phone", "phone", "budget_eur"]),
        ("Phone,Note,Note,note 2", ["phone", "note", "note_2", "note_2_2"]),
        ("Phone,,x", ["phone", "column_2", "x"]),
        ("Phone,日本,,", ["phone", "column"]),
    ],
)
def test_headers(header: str, expected: list[str]) -> None:
    found = mapped([tuple(header.split(","))])
    assert fields(found) == expected
    assert found.header_rows == 1


def test_a_header_below_a_title() -> None:
    found = mapped([("Leads of November",), ("as of today",), ("Name", "Telefon"), ("A", "+49301234567")])
    assert (fields(found), found.header_rows) == (["name", "phone"], 3)


def test_a_title_above_prospects_is_no_reason_to_look_further() -> None:
    found = mapped([("Kunde", "Nummer"), ("A B", "+49301234567"), ("Telefon", "mobile")])
    assert (fields(found), found.header_rows) == (["name", "phone"], 1)


def test_without_a_header() -> None:
    rows = [
        ("Anna Berg", "+49301234567", "anna@example.com", "example.com", "Germany", "2026-01-01", ""),
        ("Bert Tal", "+49301234568", "bert@example.com", "example.org", "Austria", "2026-01-02", ""),
        ("Carl A. Au", "", "", "", "", "x"),
    ]
    found = mapped(rows)
    assert fields(found) == ["name", "phone", "email", "domain", "country", "column_6", "column_7"]
    assert found.header_rows == 0


def test_a_phone_column_by_its_content() -> None:
    found = mapped(
        [("Fax", "Kontaktdaten", "Kürzel"), ("+49301111111", "+49301234567", "x"), ("", "?", "+49305555555")]
    )
    assert fields(found) == ["fax", "phone", "kuerzel"]


def test_only_the_phone_column_is_guessed_below_a_header() -> None:
    found = mapped([("Telefon", "Anschrift"), ("+49301234567", "Germany")])
    assert fields(found) == ["phone", "anschrift"]


def test_a_date_is_no_number() -> None:
    found = mapped([("2026-01-01", "Telefon"), ("x", "+49301234567")])
    assert found.header_rows == 1


def test_the_user_decides() -> None:
    rows = [("Telefon", "Zentrale Nr", "Chef", "Geheim", "Umsatz")]
    choices = {"phone": "zentrale nr", "name": "Chef", "ignore": "4", "custom.revenue": "Umsatz"}
    assert fields(map_columns(rows, choices, is_number)) == ["telefon", "phone", "name", "ignore", "revenue"]


def test_columns_by_number_in_a_file_without_a_header() -> None:
    found = map_columns([("anna@example.com", "12")], {"phone": "2"}, is_number)
    assert fields(found) == ["email", "phone"]


@pytest.mark.parametrize(
    ("choices", "words"),
    [
        ({"phone": "Nummer"}, "no column 'Nummer'. The columns are: Telefon, B."),
        ({"phone": "3"}, "no column '3'"),
        ({"phone": "0"}, "no column '0'"),
        ({"shoe size": "B"}, "no field 'shoe size'. Allowed: phone, line_type"),
        ({"other.x": "B"}, "no field 'other.x'"),
    ],
)
def test_choices_that_do_not_fit(choices: dict[str, str], words: str) -> None:
    with pytest.raises(UsageError) as error:
        map_columns([("Telefon", "B")], choices, is_number)
    assert words in str(error.value)


def test_no_phone_column() -> None:
    with pytest.raises(
        UsageError, match=r"No column has phone numbers\. The columns are: Name, Firma\. Say which"
    ):
        mapped([("Name", "Firma"), ("A", "B")])
    with pytest.raises(UsageError, match="c29 and 10 more"):
        mapped([tuple(f"c{n}" for n in range(40))])


def test_no_rows() -> None:
    with pytest.raises(UsageError, match="no rows"):
        mapped([])


def test_read_choices() -> None:
    assert read_choices(" phone = Telefon , custom.x=Y=Z") == {"phone": "Telefon", "custom.x": "Y=Z"}
    assert read_choices(" ") == {}


@pytest.mark.parametrize("text", ["phone", "phone=", "=x", "phone=a,,b"])
def test_choices_that_are_none(text: str) -> None:
    with pytest.raises(UsageError, match="no pair"):
        read_choices(text)
