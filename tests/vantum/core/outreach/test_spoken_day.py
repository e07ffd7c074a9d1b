"""The days that words name."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vantum.core.outreach.spoken_day import WEEKDAYS, days_in

WEDNESDAY = date(2026, 11, 18)


@pytest.mark.parametrize(
    ("text", "days", "rest"),
    [
        ("tomorrow at 3", "2026-11-19", "at 3"),
        ("3 on tuesday please", "2026-11-24 2026-12-01", "3 please"),
        ("wednesday", "2026-11-18 2026-11-25", ""),
        ("next wednesday", "2026-11-25", ""),
        ("tuesday the 24th of november", "2026-11-24", ""),
        ("tuesday the 25th of november", "", ""),
        ("monday or tuesday", "", "or"),
        ("november 24th 2026", "2026-11-24", ""),
        ("24.11. um 3", "2026-11-24 2027-11-24", "um 3"),
        ("den 24.11", "2026-11-24 2027-11-24", ""),
        ("24.11", None, "24.11"),
        ("may 3:30", None, "may 3:30"),
        ("february 30th", "", ""),
        ("den 31.", "2026-12-31 2027-01-31", ""),
        ("in 2 weeks", "2026-12-02", ""),
        ("in 14 tagen", "2026-12-02", ""),
        ("in 2 monaten", "2027-01-18", ""),
        ("next week", "", ""),
        ("ende der woche", "", ""),
        ("in 2 hours", None, "in 2 hours"),
        ("", None, ""),
    ],
)
def test_the_dates_and_what_is_left(text: str, days: str | None, rest: str) -> None:
    expected = None if days is None else tuple(map(date.fromisoformat, days.split()))
    assert days_in(text, WEDNESDAY) == (expected, rest)


@given(st.sampled_from(sorted(WEEKDAYS)), st.dates(date(2024, 1, 1), date(2040, 1, 1)))
def test_a_weekday_is_this_weeks_or_the_next(word: str, today: date) -> None:
    days, _ = days_in(word, today)
    assert days is not None
    assert [day.weekday() for day in days] == [WEEKDAYS[word]] * 2
    assert 0 <= (days[0] - today).days < 7
    following, _ = days_in(f"next {word}", today)
    assert following is not None
    assert following[0].isocalendar()[1] != today.isocalendar()[1]
    assert 0 < (following[0] - today).days < 14


@given(st.integers(1, 99), st.dates(date(2024, 1, 1), date(2040, 1, 1)))
def test_months_later_is_the_same_day_or_the_months_last(count: int, today: date) -> None:
    days, _ = days_in(f"in {count} months", today)
    assert days is not None
    assert (days[0].year - today.year) * 12 + days[0].month - today.month == count
    assert days[0].day == today.day or (days[0].day >= 28 and days[0].day < today.day)
