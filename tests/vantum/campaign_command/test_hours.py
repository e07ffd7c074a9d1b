"""Hours are read as people write them, and told in the same words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vantum.campaign_command.hours import hours_in_words, read_hours
from vantum.core.errors import UsageError
from vantum.core.legal.rule import WEEK, Weekday, Window, every


@pytest.mark.parametrize(
    ("text", "windows"),
    [
        ("usual", ()),
        (" Usual ", ()),
        ("daily 8-21", every(WEEK, "08:00", "21:00")),
        ("Mon-Fri 9:00-18:00", every(WEEK[:5], "09:00", "18:00")),
        (
            "weekdays 9-12, weekend 10:30-24:00",
            (*every(WEEK[:5], "09:00", "12:00"), *every(WEEK[5:], "10:30", "24:00")),
        ),
        ("wednesday  09:05-9:06", (Window(Weekday.WEDNESDAY, 545, 546),)),
        (
            "Sat-Mon 0-1",
            tuple(Window(day, 0, 60) for day in (Weekday.SATURDAY, Weekday.SUNDAY, Weekday.MONDAY)),
        ),
    ],
)
def test_what_people_write(text: str, windows: tuple[Window, ...]) -> None:
    assert read_hours(text) == windows


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "'' are no hours"),
        ("9-18", "'9-18' are no hours"),
        ("Mon 9", "'Mon 9' are no hours"),
        ("Mon 9-18,", "'' are no hours"),
        ("Mon 18-9", "'Mon 18-9': A window is within a day"),
        ("Mon 9-25", "A window is within a day"),
        ("daily-Fri 9-18", "'daily' is no day"),
        ("Mon-Xyz 9-18", "'xyz' is no day"),
        ("Xyz 9-18", "'xyz' is no day"),
    ],
)
def test_what_is_none_is_told_with_an_example(text: str, words: str) -> None:
    with pytest.raises(UsageError, match=f"{words}.*'daily 8:00-21:00'"):
        read_hours(text)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("usual", "usual"),
        ("daily 8-21", "daily 08:00-21:00"),
        ("fri 9-12, mon-thu 9-12", "Mon-Fri 09:00-12:00"),
        (
            "mon 9-12, mon 13-18, tue 9-12, sat 9-12",
            "Mon 09:00-12:00, Mon 13:00-18:00, Tue 09:00-12:00, Sat 09:00-12:00",
        ),
        ("mon 9-12, wed 9-12", "Mon 09:00-12:00, Wed 09:00-12:00"),
    ],
)
def test_how_they_are_told(text: str, told: str) -> None:
    assert hours_in_words(read_hours(text)) == told


@given(
    st.lists(
        st.tuples(st.sampled_from(WEEK), st.integers(0, 1438), st.integers(1, 500)), min_size=1, max_size=8
    )
)
def test_what_is_told_can_be_read_again(parts: list[tuple[Weekday, int, int]]) -> None:
    windows = {Window(day, start, min(1440, start + length)) for day, start, length in parts}
    assert set(read_hours(hours_in_words(sorted(windows, key=str)))) == windows
