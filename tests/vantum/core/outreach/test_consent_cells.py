"""Consents counted only where they are certain."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from vantum.core.legal.case import ConsentKind, Method
from vantum.core.outreach.consent_cells import MOST_TEXT, ConsentCells, read_consent, read_moment
from vantum.core.outreach.prospect import GivenConsent

NOW = datetime(2026, 11, 21, tzinfo=UTC)


def test_a_whole_consent() -> None:
    cells = ConsentCells(
        "AI voice marketing", "Web form", "2026-03-01T10:00+01:00", "I agree.", "https://x.example/1"
    )
    assert read_consent(cells, NOW) == GivenConsent(
        ConsentKind.AI_VOICE_MARKETING,
        Method.WRITTEN,
        datetime(2026, 3, 1, 9, tzinfo=UTC),
        "I agree.",
        "https://x.example/1",
    )


@pytest.mark.parametrize(
    "cells", [ConsentCells(), ConsentCells("nein"), ConsentCells("No", "email", "2026-03-01")]
)
def test_none(cells: ConsentCells) -> None:
    assert read_consent(cells, NOW) is None


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        (ConsentCells("yes", "written", "2026-03-01"), "It says yes, and not to what."),
        (ConsentCells("", "written", "2026-03-01"), "It does not say to what."),
        (ConsentCells("call", "", "2026-03-01"), "how it was given"),
        (ConsentCells("Anrufe", "schriftlich", "03/04/2026"), "no certain date"),
        (ConsentCells("call", "mündlich", "2026-11-22"), "in the future"),
        (ConsentCells("call", "mündlich", "2026-11-20", "x" * (MOST_TEXT + 1)), "longer than"),
        (ConsentCells("call", "mündlich", "2026-11-20", "", "x" * (MOST_TEXT + 1)), "longer than"),
    ],
)
def test_uncertain(cells: ConsentCells, words: str) -> None:
    found = read_consent(cells, NOW)
    assert isinstance(found, str)
    assert words in found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-03-01", "2026-03-01T00:00:00+00:00"),
        ("2026-03-01 10:30:00", "2026-03-01T10:30:00+00:00"),
        ("2026-03-01T10:30:00Z", "2026-03-01T10:30:00+00:00"),
        ("1.3.2026", "2026-03-01T00:00:00+00:00"),
        ("01.03.2026, 10:30 Uhr", "2026-03-01T10:30:00+00:00"),
        ("3/13/2026", "2026-03-13T00:00:00+00:00"),
        ("13/3/2026 9:05", "2026-03-13T09:05:00+00:00"),
        ("3/3/2026", "2026-03-03T00:00:00+00:00"),
        ("3/4/2026", None),
        ("31.02.2026", None),
        ("14/14/2026", None),
        ("2026-13-01", None),
        ("0001-01-01T00:00+23:00", None),
        ("yesterday", None),
    ],
)
def test_moments(text: str, expected: str | None) -> None:
    found = read_moment(text)
    assert (found and found.isoformat()) == expected


def test_a_consent_has_a_zone() -> None:
    with pytest.raises(ValueError, match="time zone"):
        GivenConsent(ConsentKind.CALL, Method.SPOKEN, datetime(2026, 3, 1))  # noqa: DTZ001
