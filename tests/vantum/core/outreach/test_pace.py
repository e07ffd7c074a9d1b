"""When so many calls will have been made."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vantum.core.legal.rule import WEEK, WORKDAYS, Window, every
from vantum.core.outreach.pace import Batch, Day, Pace, finished_at

BERLIN = ZoneInfo("Europe/Berlin")
OFFICE = Day(every(WORKDAYS, "09:00", "18:00"), BERLIN)
ALWAYS = Day(every(WEEK, "00:00", "24:00"), BERLIN)
# 10 at a time, a minute each: 600 leads an hour.
PACE = Pace(10, 5.0, 60.0)


def at(text: str) -> datetime:
    """A moment by the clock of Berlin."""
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN)


@pytest.mark.parametrize(
    ("now", "batches", "expected"),
    [
        ("2026-11-18 10:00", (("2026-11-18 10:00", 600),), "2026-11-18 11:00"),
        ("2026-11-18 10:00", (("2026-11-18 09:00", 600),), "2026-11-18 11:00"),
        ("2026-11-18 10:00", (("2026-11-18 14:00", 600),), "2026-11-18 15:00"),
        # The rest of the day, and the next one.
        ("2026-11-18 17:30", (("2026-11-18 10:00", 600),), "2026-11-19 09:30"),
        # Friday evening to Monday; nights do not count.
        ("2026-11-20 20:00", (("2026-11-20 20:00", 5400),), "2026-11-23 18:00"),
        # Batches one after the other, in the order of their times.
        ("2026-11-18 10:00", (("2026-11-18 12:00", 600), ("2026-11-18 10:00", 600)), "2026-11-18 13:00"),
        ("2026-11-18 10:00", (("2026-11-18 10:30", 600), ("2026-11-18 10:00", 600)), "2026-11-18 12:00"),
        # Nobody is left.
        ("2026-11-18 20:00", (("2026-11-19 20:00", 0),), "2026-11-18 20:00"),
        ("2026-11-18 20:00", (), "2026-11-18 20:00"),
    ],
)
def test_only_open_hours_count(now: str, batches: tuple[tuple[str, int], ...], expected: str) -> None:
    found = finished_at([Batch(at(ready), leads) for ready, leads in batches], PACE, OFFICE, at(now))
    assert found == at(expected)


def test_the_hour_that_a_clock_repeats_counts_twice() -> None:
    now = at("2026-10-24 23:00")
    done = finished_at([Batch(now, 600 * 6)], PACE, ALWAYS, now)
    assert done == at("2026-10-25 04:00")


@pytest.mark.parametrize(
    ("pace", "hours"),
    [
        (Pace(10, 5.0, 60.0, 1.5), 1.5),
        (Pace(1, 5.0, 60.0), 10.0),
        # The calls per second are what holds it up.
        (Pace(1000, 0.1, 60.0), 600 * 10 / 3600),
    ],
)
def test_concurrency_rate_and_attempts_count(pace: Pace, hours: float) -> None:
    now = at("2026-11-18 10:00")
    done = finished_at([Batch(now, 600)], pace, ALWAYS, now)
    assert done is not None
    assert (done - now) / timedelta(hours=1) == pytest.approx(hours, abs=0.001)


def test_what_takes_more_than_a_year_has_no_end() -> None:
    now = at("2026-11-18 10:00")
    assert finished_at([Batch(now, 10**7)], PACE, OFFICE, now) is None
    assert finished_at([Batch(now, 1)], PACE, Day((), BERLIN), now) is None
    assert finished_at([Batch(now + timedelta(days=400), 1)], PACE, ALWAYS, now) is None


def test_windows_that_overlap_count_once() -> None:
    windows = (Window(WEEK[2], 600, 720), Window(WEEK[2], 540, 660), Window(WEEK[2], 600, 610))
    now = at("2026-11-18 00:00")
    assert finished_at([Batch(now, 1800)], PACE, Day(windows, BERLIN), now) == at("2026-11-18 12:00")


@given(st.integers(0, 5000), st.integers(0, 5000), st.integers(0, 10_000))
def test_more_leads_take_longer(some: int, more: int, minutes: int) -> None:
    now = datetime(2026, 10, 20, tzinfo=UTC) + timedelta(minutes=minutes)
    less = finished_at([Batch(now, some)], PACE, OFFICE, now)
    longer = finished_at([Batch(now, some + more)], PACE, OFFICE, now)
    assert less is not None
    assert longer is not None
    assert now <= less <= longer


@pytest.mark.parametrize(
    "pace", [(0, 1.0, 1.0, 1.0), (1, 0.0, 1.0, 1.0), (1, 1.0, 0.0, 1.0), (1, 1.0, 1.0, 0.9)]
)
def test_a_pace_makes_sense(pace: tuple[int, float, float, float]) -> None:
    with pytest.raises(ValueError, match=r"above 0|at least one"):
        Pace(*pace)
