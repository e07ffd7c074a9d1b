"""What a row can say, and that it cannot say nonsense."""

from __future__ import annotations

import pytest

from vantum.core.legal.rule import WORKDAYS, Weekday, Window, clock, codes, every, minutes


@pytest.mark.parametrize(("start", "end"), [(-1, 60), (60, 60), (61, 60), (0, 1441)])
def test_a_window_is_within_a_day_and_has_a_length(start: int, end: int) -> None:
    with pytest.raises(ValueError, match="within a day"):
        Window(Weekday.MONDAY, start, end)


@pytest.mark.parametrize(("text", "minute"), [("00:00", 0), ("08:05", 485), ("21:00", 1260), ("24:00", 1440)])
def test_a_clock_is_minutes_from_midnight(text: str, minute: int) -> None:
    assert minutes(text) == minute
    assert clock(minute) == text


def test_a_window_on_each_of_several_days() -> None:
    assert every(WORKDAYS, "09:00", "18:00") == tuple(Window(Weekday(day), 540, 1080) for day in range(5))


def test_codes_have_spaces_between_them() -> None:
    assert codes("AT BE\n BG") == {"AT", "BE", "BG"}
