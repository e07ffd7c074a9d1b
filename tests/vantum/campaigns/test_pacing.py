"""The hours in which a campaign can get on are its own within the law's."""

from __future__ import annotations

import pytest

from vantum.campaigns.pacing import day_of
from vantum.core.legal.rule import WEEK, WORKDAYS, Weekday, Window, every
from vantum.core.legal.rules import LEGAL_HOURS, USUAL_WINDOWS


@pytest.mark.parametrize(
    ("windows", "left"),
    [
        ((), USUAL_WINDOWS),
        (every(WEEK, "00:00", "24:00"), LEGAL_HOURS),
        (every(WORKDAYS, "10:00", "12:00"), every(WORKDAYS, "10:00", "12:00")),
        (
            (Window(Weekday.MONDAY, 0, 480), Window(Weekday.MONDAY, 400, 500)),
            (Window(Weekday.MONDAY, 480, 500),),
        ),
        ((Window(Weekday.MONDAY, 1260, 1440),), ()),
    ],
)
def test_what_the_law_leaves(windows: tuple[Window, ...], left: tuple[Window, ...]) -> None:
    assert day_of(windows, "Europe/Berlin").windows == left


@pytest.mark.parametrize(
    ("zone", "name"),
    [("Europe/Berlin", "Europe/Berlin"), ("Mars/Olympus", "UTC"), ("", "UTC"), ("../x", "UTC")],
)
def test_a_zone_that_nobody_knows_is_utc(zone: str, name: str) -> None:
    assert str(day_of((), zone).zone) == name
