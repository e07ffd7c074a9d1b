"""What is counted of calls that a human answered."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.vantum.report.sample import NOW
from vantum.report.tally import LENGTHS, Tally, zone_of
from vantum.report.values import Abandonment, Bar, Cell
from vantum.store.reporting import Answered

MONDAY = datetime(2026, 11, 16, 14, 30, tzinfo=UTC)


def call(
    at: datetime | None = MONDAY,
    seconds: float | None = 60.0,
    *,
    abandoned: bool = False,
    talked: bool = True,
    interest: int | None = None,
    zone: str = "",
) -> Answered:
    ended_at = None if at is None or seconds is None else at + timedelta(seconds=seconds)
    return Answered(at, ended_at, abandoned, talked, interest, zone)


def tallied(*calls: Answered) -> Tally:
    tally = Tally(NOW)
    for each in calls:
        tally.add(each)
    return tally


def test_nothing_is_counted_of_nothing() -> None:
    tally = tallied()
    assert (tally.month, tally.ever) == (Abandonment(0, 0), Abandonment(0, 0))
    assert (tally.cells, tally.median_seconds, tally.conversations) == ([], None, 0)
    assert [bar.count for bar in tally.durations] == [0] * len(LENGTHS)


def test_calls_are_counted_by_the_callees_clock() -> None:
    tally = tallied(
        call(interest=40, zone="America/New_York"),  # Monday 9:30
        call(interest=81, zone="America/New_York"),
        call(zone="America/New_York"),
        call(interest=10, zone="Asia/Tokyo"),  # Monday 23:30
        call(MONDAY + timedelta(hours=1), zone="Asia/Tokyo"),  # Tuesday 0:30
        call(interest=50, zone="Nowhere/Else"),
        call(talked=False, interest=100),
    )
    assert tally.cells == [
        Cell(0, 9, 3, 60.5),
        Cell(0, 14, 1, 50.0),
        Cell(0, 23, 1, 10.0),
        Cell(1, 0, 1, None),
    ]
    assert tally.conversations == 6


@pytest.mark.parametrize(
    ("name", "zone"),
    [
        ("Europe/Berlin", ZoneInfo("Europe/Berlin")),
        ("", UTC),
        ("Nowhere/Else", UTC),
        ("../../etc/passwd", UTC),
        ("/etc/passwd", UTC),
        ("a\x00b", UTC),
    ],
)
def test_a_zone_that_nobody_knows_is_utc(name: str, zone: object) -> None:
    assert zone_of(name) == zone


@pytest.mark.parametrize(
    ("seconds", "place"),
    [
        (0, 0),
        (9.9, 0),
        (10, 1),
        (30, 2),
        (60, 3),
        (119, 3),
        (120, 4),
        (300, 5),
        (600, 6),
        (90_000, 6),
        (-5, 0),
    ],
)
def test_lengths_fall_into_one_class_each(seconds: float, place: int) -> None:
    counts = [bar.count for bar in tallied(call(seconds=seconds)).durations]
    assert counts == [int(index == place) for index in range(len(LENGTHS))]


def test_the_median_is_of_conversations_that_are_over() -> None:
    tally = tallied(
        call(seconds=10),
        call(seconds=40),
        call(seconds=50),
        call(seconds=None),
        call(talked=False, seconds=900),
    )
    assert tally.median_seconds == 40
    assert tally.conversations == 4
    assert tally.durations[1] == Bar("10 to 30 s", 1)


def test_the_law_counts_thirty_days() -> None:
    border = NOW - timedelta(days=30)
    tally = tallied(
        call(border, abandoned=True),
        call(border - timedelta(seconds=1), abandoned=True),
        call(None, abandoned=True),
        call(NOW),
    )
    assert tally.month == Abandonment(2, 1)
    assert tally.ever == Abandonment(4, 3)
    assert tally.ever.share == 0.75
