"""Moments are kept in UTC."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from vantum.core.outreach.moment import in_utc


def test_a_moment_is_the_same_in_utc() -> None:
    moment = datetime(2026, 11, 18, 12, tzinfo=ZoneInfo("America/New_York"))
    assert in_utc(moment).isoformat() == "2026-11-18T17:00:00+00:00"


def test_the_hour_that_a_clock_repeats_is_told_apart() -> None:
    first = datetime(2026, 11, 1, 1, 30, tzinfo=ZoneInfo("America/New_York"))
    second = first.replace(fold=1)
    assert (in_utc(second) - in_utc(first)).total_seconds() == 3600


def test_a_moment_without_a_zone_is_none() -> None:
    with pytest.raises(ValueError, match="has a time zone"):
        in_utc(datetime(2026, 11, 18, 12))  # noqa: DTZ001
    assert in_utc(datetime(2026, 11, 18, tzinfo=UTC)).tzinfo is UTC
