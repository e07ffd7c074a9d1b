"""Values that make no sense do not exist, and moments are compared as moments."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from tests.vantum.core.legal.legal_cases import NOON, callee, case, consent
from vantum.core.legal.case import Jurisdiction, Method, Reason, Scope, Suppression, utc

NAIVE = datetime(2026, 11, 18, 12)  # noqa: DTZ001


@pytest.mark.parametrize(
    "number", ["", "2125550123", "+0125550123", "+121255", "+1234567890123456", "+1212555012a"]
)
def test_a_number_is_e164(number: str) -> None:
    with pytest.raises(ValueError, match=r"E\.164"):
        callee(number=number)


@pytest.mark.parametrize(
    ("country", "state"), [("us", ""), ("USA", ""), ("US", "fl"), ("US", "US-FL"), ("U", "")]
)
def test_a_place_has_codes(country: str, state: str) -> None:
    with pytest.raises(ValueError, match="A place is like"):
        Jurisdiction(country, state)


def test_a_place_in_words() -> None:
    assert (str(Jurisdiction("US", "FL")), str(Jurisdiction("DE")), str(Jurisdiction())) == (
        "US-FL",
        "DE-?",
        "?-?",
    )


def test_a_moment_has_a_time_zone() -> None:
    with pytest.raises(ValueError, match="time zone"):
        case(now=NAIVE)
    with pytest.raises(ValueError, match="time zone"):
        case(attempts=(NOON, NAIVE))
    with pytest.raises(ValueError, match="time zone"):
        consent(granted_at=NAIVE)
    with pytest.raises(ValueError, match="time zone"):
        consent(revoked_at=NAIVE)
    with pytest.raises(ValueError, match="time zone"):
        Suppression(Scope.NUMBER, "+12125550123", Reason.ASKED, NAIVE)


def test_a_consent_was_given_or_withdrawn() -> None:
    with pytest.raises(ValueError, match="given or withdrawn"):
        consent(granted_at=None)
    assert consent(granted_at=None, revoked_at=NOON).method is Method.WRITTEN


def test_a_suppression_is_about_somebody() -> None:
    with pytest.raises(ValueError, match="about somebody"):
        Suppression(Scope.DOMAIN, "", Reason.ASKED)


def test_moments_in_the_repeated_hour_are_told_apart() -> None:
    zone = ZoneInfo("America/New_York")
    first = datetime(2026, 11, 1, 1, 50, tzinfo=zone)
    second = datetime(2026, 11, 1, 1, 10, tzinfo=zone, fold=1)
    given, withdrawn = consent(granted_at=first).granted_at, consent(revoked_at=second).revoked_at
    assert given is not None
    assert withdrawn is not None
    assert withdrawn - given == timedelta(minutes=20)


def test_a_moment_is_written_in_utc() -> None:
    there = NOON.astimezone(timezone(timedelta(hours=5, minutes=45)))
    assert utc(there) == "2026-11-18T17:00:00+00:00"
    assert case(now=there).now.tzinfo is UTC
