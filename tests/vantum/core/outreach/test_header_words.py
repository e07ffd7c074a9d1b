"""Columns known by their headers, and fields by what people call them."""

from __future__ import annotations

import pytest

from vantum.core.outreach.header_words import Field, field_named, field_of


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("Phone", Field.PHONE),
        ("phone_number", Field.PHONE),
        ("Phone 2", Field.PHONE),
        ("Telefon (geschäftlich)", Field.PHONE),
        ("Handynummer", Field.PHONE),
        ("Phone (work)", Field.PHONE),
        ("Phone Type", Field.LINE_TYPE),
        ("Phone status", None),
        ("Fax", None),
        ("Telefax", None),
        ("Vorname", Field.FIRST_NAME),
        ("LastName", Field.LAST_NAME),
        ("Ansprechpartner", Field.NAME),
        ("E-Mail", Field.EMAIL),
        ("Firma", Field.COMPANY),
        ("PLZ", Field.POSTAL_CODE),
        ("Bundesland", Field.REGION),
        ("Land", Field.COUNTRY),
        ("Zeitzone", Field.TIMEZONE),
        ("Einwilligung am", Field.CONSENT_GRANTED_AT),
        ("Quelle", Field.SOURCE),
        ("Umsatz 2", None),
        ("", None),
    ],
)
def test_field_of(header: str, field: Field | None) -> None:
    assert field_of(header) is field


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("phone", Field.PHONE),
        ("first_name", Field.FIRST_NAME),
        ("state", Field.REGION),
        ("ignore", Field.IGNORE),
        ("x", None),
    ],
)
def test_field_named(text: str, field: Field | None) -> None:
    assert field_named(text) is field
