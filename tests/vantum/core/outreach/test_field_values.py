"""The values of single fields."""

from __future__ import annotations

import pytest

from vantum.core.legal.case import LineType
from vantum.core.outreach import field_values as fields


@pytest.mark.parametrize(
    ("text", "expected"),
    [("Anna", "Anna"), ("王芳", "王芳"), ("-", None), ("?", None), ("x" * 200, "x" * 200), ("x" * 201, None)],
)
def test_name(text: str, expected: str | None) -> None:
    assert fields.name(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Anna@Example.COM", "anna@example.com"),
        ("Anna <anna@example.com>", "anna@example.com"),
        ("mailto:anna@example.com", "anna@example.com"),
        ("a@b.de; c@d.de", "a@b.de"),
        ("anna@www.example.com", "anna@www.example.com"),
        ("anna@müller.de", "anna@xn--mller-kva.de"),
        ("anna@example", None),
        ("anna", None),
        ('"a b"@example.com', None),
        ("a(b)@example.com", None),
        ("a@b@example.com", None),
        (f"{'a' * 60}@{'.'.join(['b' * 60] * 4)}.com", None),
        (f"a@{'ü' * 200}.de", None),
    ],
)
def test_email(text: str, expected: str | None) -> None:
    assert fields.email(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("https://www.Example.com/about?x=1", "example.com"),
        ("example.co.uk", "example.co.uk"),
        ("http://user:secret@example.com:8080/", "example.com"),
        ("https://example.com/@anna", "example.com"),
        ("example.com.", "example.com"),
        ("www.müller.de", "xn--mller-kva.de"),
        ("none", None),
        ("a..b", None),
        ("ü..de", None),
        ("192.168.1.1", None),
    ],
)
def test_domain(text: str, expected: str | None) -> None:
    assert fields.domain(text) == expected


def test_company_domain() -> None:
    assert fields.company_domain("anna@example.com") == "example.com"
    assert fields.company_domain("anna@gmail.com") == ""
    assert fields.company_domain("") == ""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("de", "de"),
        ("DE_at", "de-AT"),
        ("zh-hant-TW", "zh-Hant-TW"),
        ("es-419", "es-419"),
        ("Deutsch", "de"),
        ("Français", "fr"),
        ("Klingon", None),
        ("xx", None),
    ],
)
def test_language(text: str, expected: str | None) -> None:
    assert fields.language(text) == expected


def test_line_type() -> None:
    assert fields.line_type("Festnetz") is LineType.LANDLINE
    assert fields.line_type("Cell Phone") is LineType.MOBILE
    assert fields.line_type("pigeon") is None


@pytest.mark.parametrize(
    ("plan", "said", "expected"),
    [
        (LineType.UNKNOWN, LineType.LANDLINE, LineType.LANDLINE),
        (LineType.MOBILE, LineType.LANDLINE, LineType.MOBILE),
        (LineType.LANDLINE, LineType.MOBILE, LineType.MOBILE),
        (LineType.VOIP, LineType.LANDLINE, LineType.VOIP),
        (LineType.LANDLINE, LineType.UNKNOWN, LineType.LANDLINE),
    ],
)
def test_stricter_line(plan: LineType, said: LineType, expected: LineType) -> None:
    assert fields.stricter_line(plan, said) is expected


@pytest.mark.parametrize(
    ("text", "country", "expected"),
    [
        ("Europe/Berlin", "DE", "Europe/Berlin"),
        ("europe/berlin", "DE", "Europe/Berlin"),
        ("America/New York", "US", "America/New_York"),
        ("Europe/Atlantis", "DE", None),
        ("Etc/GMT+5", "US", None),
        ("Eastern Time", "US", "America/New_York"),
        ("PST", "CA", "America/Los_Angeles"),
        ("EST", "AU", None),
        ("MEZ", "DE", "Europe/Berlin"),
        ("UTC", "DE", None),
    ],
)
def test_zone(text: str, country: str, expected: str | None) -> None:
    known = {"Europe/Berlin", "America/New_York", "Etc/GMT+5"}
    assert fields.zone(text, country, known.__contains__) == expected
