"""The first moment at which a call is allowed, by the clocks of zones that skip and repeat hours."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tests.vantum.core.legal.legal_cases import (
    ALWAYS,
    BERLIN,
    CHICAGO,
    NEW_YORK,
    NOON,
    callee,
    case,
    plan,
    zone,
)
from vantum.core.legal import hours, moment
from vantum.core.legal.moment import first_moment
from vantum.core.legal.rule import WEEK, Weekday, Window, every

LORD_HOWE, CAIRO = "Australia/Lord_Howe", "Africa/Cairo"


def utc(text: str) -> datetime:
    """A moment in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def first(now: str, state: str, zones: str, windows: tuple[Window, ...] = ()) -> datetime | None:
    """The first moment for a callee in a state, by zones with spaces between them."""
    at = tuple(zone(name) for name in zones.split())
    return first_moment(case(callee(state=state), plan(windows), utc(now), at))


@pytest.mark.parametrize(
    ("now", "state", "zones", "windows", "expected"),
    [
        # Now, to the microsecond.
        ("2026-11-18 17:00:00.000001", "NY", NEW_YORK, (), "2026-11-18 17:00:00.000001"),
        ("2026-11-18 13:59:59.999999", "NY", NEW_YORK, (), "2026-11-18 14:00"),
        # Friday evening to Monday morning; in the zone that is last.
        ("2026-11-20 23:00", "NY", NEW_YORK, (), "2026-11-23 14:00"),
        ("2026-11-20 23:00", "NY", f"{NEW_YORK} {CHICAGO}", (), "2026-11-23 15:00"),
        # The weekend in which the clock goes back, and in which it goes forward.
        ("2026-10-30 22:30", "NY", NEW_YORK, (), "2026-11-02 14:00"),
        ("2026-03-06 23:30", "NY", NEW_YORK, (), "2026-03-09 13:00"),
        # States: no Sunday, from 10:00.
        ("2026-11-22 17:00", "AL", CHICAGO, ALWAYS, "2026-11-23 14:00"),
        ("2026-11-18 13:00", "KY", NEW_YORK, ALWAYS, "2026-11-18 15:00"),
        ("2026-11-19 01:00", "FL", NEW_YORK, ALWAYS, "2026-11-19 13:00"),
        ("2026-11-19 01:00", "NY", NEW_YORK, ALWAYS, "2026-11-19 01:00"),
    ],
)
def test_the_first_moment(
    now: str, state: str, zones: str, windows: tuple[Window, ...], expected: str
) -> None:
    assert first(now, state, zones, windows) == utc(expected)


@pytest.mark.parametrize(
    ("now", "name", "start", "end", "expected"),
    [
        # 02:30 is skipped: the window opens when the clock goes from 02:00 to 03:00.
        ("2026-03-08 06:00", NEW_YORK, 150, 240, "2026-03-08 07:00"),
        ("2026-03-29 00:10", BERLIN, 150, 240, "2026-03-29 01:00"),
        # The whole window is skipped: the next day.
        ("2026-03-08 06:00", NEW_YORK, 130, 170, "2026-03-09 06:10"),
        # 01:10 comes twice; the window is open twice.
        ("2026-11-01 04:50", NEW_YORK, 70, 80, "2026-11-01 05:10"),
        ("2026-11-01 05:20", NEW_YORK, 70, 80, "2026-11-01 06:10"),
        # The clock goes back into the middle of a window.
        ("2026-11-01 05:35", NEW_YORK, 30, 90, "2026-11-01 06:00"),
        # By half an hour; and at midnight, which is skipped.
        ("2026-10-03 15:00", LORD_HOWE, 135, 200, "2026-10-03 15:30"),
        ("2026-04-04 14:50:07", LORD_HOWE, 95, 105, "2026-04-04 15:05"),
        ("2026-04-23 21:30", CAIRO, 15, 200, "2026-04-23 22:00"),
    ],
)
def test_clocks_that_skip_and_repeat(
    monkeypatch: pytest.MonkeyPatch, now: str, name: str, start: int, end: int, expected: str
) -> None:
    # The law's own hours begin after all changes: without them the windows may lie at night.
    monkeypatch.setattr(hours, "LEGAL_HOURS", ALWAYS)
    nights = tuple(Window(day, start, end) for day in WEEK)
    assert first(now, "NY", name, nights) == utc(expected)


def test_calls_in_24_hours_are_waited_for_to_the_microsecond() -> None:
    attempt = NOON - timedelta(hours=20, microseconds=7)
    about = case(callee(state="FL"), plan(ALWAYS), attempts=(attempt,) * 3)
    assert first_moment(about) == NOON + timedelta(hours=4) - timedelta(microseconds=7)
    # It is over in the evening, when nobody may be called.
    late = case(callee(state="FL"), plan(ALWAYS), attempts=(NOON - timedelta(hours=12),) * 3)
    assert first_moment(late) == utc("2026-11-19 13:00")


def test_none_without_a_zone_and_none_without_common_hours() -> None:
    assert first_moment(case(zones=())) is None
    assert first("2026-11-18 12:00", "NY", f"{NEW_YORK} Asia/Tokyo", every(WEEK, "12:00", "13:00")) is None
    assert first("2026-11-18 12:00", "AL", CHICAGO, (Window(Weekday.SUNDAY, 600, 900),)) is None


def test_thirty_days_and_no_more() -> None:
    done = NOON + timedelta(days=29)
    about = case(callee(state="FL"), plan(ALWAYS), attempts=(done,) * 3)
    assert first_moment(about) == NOON + moment.HORIZON
    later = case(callee(state="FL"), plan(ALWAYS), attempts=(done + timedelta(microseconds=1),) * 3)
    assert first_moment(later) is None
