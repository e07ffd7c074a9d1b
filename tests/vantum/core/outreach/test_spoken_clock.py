"""The time of day that words name."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vantum.core.outreach.spoken_clock import Clock, Half, Part, Shade, clocks_in, parts_in, usual


def shown(clock: Clock) -> str:
    """The likely time, with a question mark where the half of the day is open."""
    return f"{clock.likely // 60:02}:{clock.likely % 60:02}{'?' if clock.half is Half.OPEN else ''}"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("at 3", "15:00?"),
        ("at 8", "08:00?"),
        ("at 12", "12:00?"),
        ("at 3 30", "15:30?"),
        ("3:30", "15:30?"),
        ("03:30 pm", "15:30"),
        ("15:30", "15:30"),
        ("0:30", "00:30"),
        ("12 am", "00:00"),
        ("12 30 pm", "12:30"),
        ("11 uhr 15", "11:15?"),
        ("20 uhr", "20:00"),
        ("8 oclock pm", "20:00"),
        ("half past 12", "12:30?"),
        ("half 3", "15:30?"),
        ("halb 1", "12:30?"),
        ("halb 13 uhr", "12:30"),
        ("viertel 4", "15:15?"),
        ("dreiviertel 4", "15:45?"),
        ("viertel nach 4", "16:15?"),
        ("quarter to 1 pm", "12:45"),
        ("quarter to 8", "19:45?"),
        ("5 vor halb 4", "15:25?"),
        ("5 nach halb 4", "15:35?"),
        ("10 to 4", "15:50?"),
        ("7 minutes past 4", "16:07?"),
        ("10 vor 0 uhr", "23:50"),
        ("before 11", "10:00?"),
        ("before 3 pm", "14:00"),
        ("by about 5 pm", "16:00"),
        ("vor 1", "12:00?"),
        ("before 0:30", "23:30"),
        ("between 2 and 4", "14:00?"),
        ("von 9 bis 17 uhr", "09:00?"),
        ("between 10:30 and 11 am", "10:30"),
        ("between 11 and 1 pm", "11:00?"),
        ("3", "15:00?"),
        ("okay um 3 15 bitte", "15:15?"),
        ("at 3 at 4", "15:00? 16:00?"),
        ("at 3 3 oclock", "15:00?"),
        ("at 3 or 4", "15:00? 16:00?"),
        ("room 3", ""),
        ("3 shops", ""),
        ("at 3 weeks", ""),
        ("nach 5 minuten", ""),
        ("at 31", ""),
        ("", ""),
    ],
)
def test_the_times(text: str, expected: str) -> None:
    assert " ".join(sorted(shown(clock) for clock in clocks_in(text))) == expected


@pytest.mark.parametrize(
    ("text", "parts", "rest"),
    [
        ("in the morning at 9", [(Part.MORNING, Shade.MIDDLE)], "at 9"),
        ("late in the afternoon", [(Part.AFTERNOON, Shade.LATE)], ""),
        ("den fruhen abend", [(Part.EVENING, Shade.EARLY)], ""),
        ("fruh den nachmittag", [(Part.AFTERNOON, Shade.EARLY)], ""),
        ("spater vormittag", [(Part.MORNING, Shade.LATE)], ""),
        ("in der fruh um 8", [(Part.EARLY, Shade.MIDDLE)], "um 8"),
        ("before lunch", [(Part.MORNING, Shade.LATE)], ""),
        ("nach dem mittagessen", [(Part.AFTER_LUNCH, Shade.MIDDLE)], ""),
        ("at noon", [(Part.NOON, Shade.MIDDLE)], "at"),
        ("close of business", [(Part.CLOSE, Shade.MIDDLE)], ""),
        ("morning or evening", [(Part.MORNING, Shade.MIDDLE), (Part.EVENING, Shade.MIDDLE)], "or"),
        ("mornings in the morning", [(Part.MORNING, Shade.MIDDLE)], ""),
        ("at 3", [], "at 3"),
    ],
)
def test_the_parts_of_the_day(text: str, parts: list[tuple[Part, Shade]], rest: str) -> None:
    assert parts_in(text) == (tuple(parts), rest)
    for part, shade in parts:
        assert 9 * 60 <= usual(part, shade).minute < 21 * 60


@pytest.mark.parametrize(
    ("minute", "half", "likely", "other"),
    [
        (180, Half.OPEN, 900, 180),
        (479, Half.OPEN, 1199, 479),
        (480, Half.OPEN, 480, 1200),
        (0, Half.OPEN, 720, 0),
        (180, Half.KNOWN, 180, None),
        (1439, Half.KNOWN, 1439, None),
    ],
)
def test_the_likely_half_of_the_day(minute: int, half: Half, likely: int, other: int | None) -> None:
    clock = Clock(minute, half)
    assert (clock.likely, clock.other) == (likely, other)


@pytest.mark.parametrize(
    ("part", "expected"),
    [(Part.MORNING, 480), (Part.EARLY, 480), (Part.AFTERNOON, 1200), (Part.EVENING, 1200)],
)
def test_a_part_of_the_day_settles_the_half(part: Part, expected: int) -> None:
    assert Clock(480, Half.OPEN).within(part) == Clock(expected, Half.KNOWN)
    assert Clock(480, Half.KNOWN).within(part) == Clock(480, Half.KNOWN)


def test_noon_settles_nothing() -> None:
    assert Clock(60, Half.OPEN).within(Part.NOON) == Clock(60, Half.OPEN)


@pytest.mark.parametrize(("minute", "half"), [(-1, Half.KNOWN), (1440, Half.KNOWN), (720, Half.OPEN)])
def test_a_clock_shows_a_minute_of_the_day(minute: int, half: Half) -> None:
    with pytest.raises(ValueError, match="is no minute of the day"):
        Clock(minute, half)


@given(st.integers(0, 23), st.integers(0, 59))
def test_a_time_in_digits_is_read_as_it_is(hour: int, minute: int) -> None:
    (clock,) = clocks_in(f"{hour}:{minute:02}")
    assert hour * 60 + minute in (clock.likely, clock.other)
    assert clock.half is (Half.OPEN if 1 <= hour <= 12 else Half.KNOWN)
