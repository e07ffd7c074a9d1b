from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vantum.core.day_time import NOTHING_YET, DayTime, find_day_time, names_time
from vantum.core.words import plain


@pytest.mark.parametrize(
    ("said", "day", "time"),
    [
        ("Thursday at ten", "Thursday", "at ten"),
        ("thursday ten", "Thursday", "at ten"),
        ("Yes, Thursday, 10:00 AM.", "Thursday", "at 10:00 am"),
        ("3 p.m. on Friday", "Friday", "at 3 pm"),
        ("tuesday next week at four", "Tuesday next week", "at four"),
        ("next monday between two and four", "next Monday", "between two and four"),
        ("saturdays in the afternoon", "Saturday", "in the afternoon"),
        ("the fifth of may at noon", "the fifth of May", "at noon"),
        ("may the twenty first", "May the twenty first", None),
        ("March 5th", "March 5th", None),
        ("day after tomorrow, early in the morning", "the day after tomorrow", "early in the morning"),
        ("tomorrow morning", "tomorrow", "in the morning"),
        ("early morning", None, "in the early morning"),
        ("this evening", None, "this evening"),
        ("tonight", "tonight", None),
        ("in two weeks", "in two weeks", None),
        ("in half an hour", "in half an hour", ""),
        ("call me in ten minutes", "in ten minutes", ""),
        ("ten", None, "at ten"),
        ("ten o'clock please", None, "at ten"),
        ("three thirty", None, "at three thirty"),
        ("at half past two", None, "at half past two"),
        ("let us say quarter to five", None, "at quarter to five"),
        ("three in the afternoon", None, "at three in the afternoon"),
        ("yes but make it eleven", None, "at eleven"),
        ("sometime after four", None, "after four"),
        ("I am busy, can you call me back on Thursday?", "Thursday", None),
    ],
)
def test_day_and_time_are_said_back_as_they_were_said(said: str, day: str | None, time: str | None) -> None:
    assert find_day_time(plain(said)) == DayTime(day, time)


@pytest.mark.parametrize(
    ("said", "spoken"),
    [
        ("not thursday, friday", "Friday"),
        ("thursday, no, friday", "Friday"),
        ("today, not tomorrow", "today"),
        ("not at ten, at eleven", "at eleven"),
        ("not on thursday", ""),
        ("I am busy on Thursday", ""),
        ("do not call me before noon", "after noon"),
        ("never after five", "before five"),
    ],
)
def test_a_negated_day_or_time_is_not_taken(said: str, spoken: str) -> None:
    assert find_day_time(plain(said)).spoken == spoken


@pytest.mark.parametrize(
    "said",
    [
        "",
        "later",
        "wait a second",
        "may I ask",
        "ten questions",
        "thirty",
        "at 99",
        "i have two shops",
        "someday",
    ],
)
def test_nothing_is_invented(said: str) -> None:
    assert find_day_time(plain(said)) == NOTHING_YET


def test_what_was_said_later_corrects_what_was_said_before() -> None:
    first = DayTime("Thursday", "at ten")
    assert first.updated(DayTime(time="at eleven")) == DayTime("Thursday", "at eleven")
    assert first.updated(DayTime("Friday")) == DayTime("Friday", "at ten")
    assert first.updated(NOTHING_YET) == first


def test_it_is_complete_with_both() -> None:
    assert DayTime("Thursday", "at ten").complete
    assert DayTime("in an hour", "").complete
    assert not DayTime("Thursday").complete
    assert not DayTime(time="at ten").complete
    assert DayTime("in an hour", "").spoken == "in an hour"


@pytest.mark.parametrize(
    ("words", "expected"),
    [("before noon", True), ("on monday", True), ("tomorrow", True), ("on this number", False), ("", False)],
)
def test_words_that_begin_with_a_time(words: str, expected: bool) -> None:
    assert names_time(words) is expected


@given(
    st.sampled_from(["Monday", "next Friday", "tomorrow", "today", "the fifth of May"]),
    st.sampled_from(["at ten", "at 10:30 am", "in the morning", "after four", "at half past two", "at noon"]),
)
def test_what_is_read_back_is_understood_again(day: str, time: str) -> None:
    assert find_day_time(plain(f"So that is {day} {time}, is that right?")) == DayTime(day, time)
