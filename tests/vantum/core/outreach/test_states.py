"""States, provinces and postal codes."""

from __future__ import annotations

import pytest

from vantum.core.outreach.states import STATE_OF_ZIP, postal_code, state_code, state_of_postal_code


@pytest.mark.parametrize(
    ("text", "country", "expected"),
    [
        ("NY", "US", "NY"),
        ("new york", "US", "NY"),
        ("US-CA", "US", "CA"),
        ("Kalifornien", "US", "CA"),
        ("Washington, D.C.", "US", "DC"),
        ("Québec", "CA", "QC"),
        ("ON", "CA", "ON"),
        ("ON", "US", ""),
        ("Bayern", "DE", ""),
        ("", "US", ""),
    ],
)
def test_state_code(text: str, country: str, expected: str) -> None:
    assert state_code(text, country) == expected


@pytest.mark.parametrize(
    ("text", "country", "expected"),
    [
        ("10001", "US", "10001"),
        ("10001-1234", "US", "10001-1234"),
        ("2134", "US", "02134"),
        ("ABC", "US", None),
        ("m5v 3l9", "CA", "M5V 3L9"),
        ("M5V", "CA", "M5V"),
        ("10115", "CA", None),
        ("10115", "DE", "10115"),
        ("SW1A 1AA", "GB", "SW1A 1AA"),
        ("none", "DE", None),
        ("1" * 13, "DE", None),
    ],
)
def test_postal_code(text: str, country: str, expected: str | None) -> None:
    assert postal_code(text, country) == expected


@pytest.mark.parametrize(
    ("code", "country", "expected"),
    [
        ("10001", "US", "NY"),
        ("02134", "US", "MA"),
        ("00501", "US", "NY"),
        ("05501", "US", "MA"),
        ("20101", "US", "VA"),
        ("73301", "US", "TX"),
        ("88510", "US", "TX"),
        ("96701", "US", "HI"),
        ("09001", "US", ""),
        ("00901", "US", ""),
        ("96910", "US", ""),
        ("34001", "US", ""),
        ("M5V 3L9", "CA", "ON"),
        ("X0A 0H0", "CA", ""),
        ("10115", "DE", ""),
    ],
)
def test_state_of_postal_code(code: str, country: str, expected: str) -> None:
    assert state_of_postal_code(code, country) == expected


def test_every_state_has_postal_codes() -> None:
    assert len(set(STATE_OF_ZIP.values())) == 51
