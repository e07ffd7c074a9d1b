"""Fields, by values: what they take, and in which form they keep it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from vantum.core.outreach import field_values
from vantum.rest import fields


def read(field: Any, value: object) -> object:
    return TypeAdapter(field).validate_python(value)


@pytest.mark.parametrize(
    ("field", "given", "kept"),
    [
        (fields.Name, "  Acorn  ", "Acorn"),
        (fields.Prose, " one\ntwo\t3 ", "one\ntwo\t3"),
        (fields.Number, "+1 (212) 555-0100", "+12125550100"),
        (fields.Zone, "Europe/Berlin", "Europe/Berlin"),
        (fields.Zone, "", ""),
        (fields.OwnZone, "UTC", "UTC"),
        (fields.Email, "Anna@Example.COM", "anna@example.com"),
        (fields.Email, " ", ""),
        (fields.Domain, "https://www.Bücher.example/x", "xn--bcher-kva.example"),
        (fields.Language, "Deutsch", "de"),
        (fields.Country, "", ""),
        (fields.Region, "NY", "NY"),
        (fields.Moment, "2026-03-01T12:00:00+01:00", datetime(2026, 3, 1, 11, tzinfo=UTC)),
        (fields.Moment, "1900-01-01T00:00:00Z", datetime(1900, 1, 1, tzinfo=UTC)),
        (fields.IdText, fields.EXAMPLE_ID, fields.EXAMPLE_ID),
    ],
)
def test_what_can_be_read_is_kept_in_one_form(field: Any, given: str, kept: object) -> None:
    assert read(field, given) == kept


@pytest.mark.parametrize(
    ("field", "given"),
    [
        (fields.Name, " "),
        (fields.Name, "a\x00"),
        (fields.Name, "a\nb"),
        (fields.Name, "x" * 201),
        (fields.Name, 1),
        (fields.Prose, "\x1b[31m"),
        (fields.Number, "2125550100"),
        (fields.Number, "+1"),
        (fields.Zone, "UTC"),
        (fields.Zone, "Etc/GMT"),
        (fields.OwnZone, ""),
        (fields.Email, "x"),
        (fields.Domain, ""),
        (fields.Domain, "localhost"),
        (fields.Language, "tlh"),
        (fields.Country, "us"),
        (fields.Country, "US\n"),
        (fields.Region, "ny"),
        (fields.Moment, "2026-03-01T12:00:00"),
        (fields.Moment, "1899-12-31T23:59:59Z"),
        (fields.Moment, "2201-01-01T00:00:00Z"),
        (fields.Moment, 10**30),
        (fields.IdText, fields.EXAMPLE_ID.upper()),
        (fields.IdText, f"{fields.EXAMPLE_ID}\n"),
    ],
)
def test_what_cannot_be_read_is_refused(field: Any, given: object) -> None:
    with pytest.raises(ValidationError):
        read(field, given)


def test_a_domain_that_is_too_long_in_ascii_is_refused() -> None:
    short = ".".join(["ü" * 57, "ü" * 57, "ü" * 57, "ü" * 48, "example"])
    assert len(short) < fields.LONGEST_DOMAIN
    assert len(field_values.domain(short) or "") == fields.LONGEST_DOMAIN + 1
    with pytest.raises(ValidationError):
        read(fields.Domain, short)


def test_every_pattern_has_its_words() -> None:
    patterns = {fields.ID, fields.LINE, fields.PROSE, fields.VISIBLE, fields.COUNTRY, fields.REGION}
    assert patterns <= fields.PATTERNS.keys()
