"""What a record's entries say about what the call came to."""

from __future__ import annotations

import pytest

from vantum.core.analysis.quote import Found
from vantum.core.analysis.turn import Turn
from vantum.core.outreach.call_words import (
    Told,
    call_words,
    disposition_of,
    found_words,
    last_words,
    promise_words,
)
from vantum.core.outreach.outcome import Disposition
from vantum.core.outreach.promised import LONGEST
from vantum.core.outreach.settlement import Words
from vantum.core.transcript import Speaker

CALLER, BOT = Speaker.CALLER, Speaker.BOT
TURNS = (
    Turn(BOT, "Hello.", 0, 900),
    Turn(CALLER, "On Thursday.", 1000, 1900),
    Turn(BOT, "At what time?", 2000, 2900),
    Turn(CALLER, "At three.", 3000, 3900),
    Turn(BOT, "So we call you back on Thursday at three, is that right?", 4000, 6900),
    Turn(CALLER, "Yes.", 7000, 7500),
)


def recorded(t: float, disposition: str, notes: str = "") -> dict[str, object]:
    return {"event": "disposition_recorded", "t": t, "disposition": disposition, "notes": notes}


def test_the_tools_words_are_read_in_their_order() -> None:
    entries = [
        {"event": "call_started", "t": 0.0},
        recorded(2.0, "interested"),
        recorded(8.0, "callback", "Thursday 3 pm"),
    ]
    words = call_words([*entries, recorded(9.0, "nonsense")], TURNS)
    assert words.told == (Told(2.0, Disposition.INTERESTED), Told(8.0, Disposition.CALLBACK, "Thursday 3 pm"))
    assert words.words == Words(wishes=False, told=(Disposition.INTERESTED, Disposition.CALLBACK))
    assert words.promise == Told(8.0, Disposition.CALLBACK, "Thursday 3 pm")
    assert words.opt_out is None


def test_a_callback_that_was_taken_back_is_no_promise() -> None:
    words = call_words([recorded(2.0, "callback"), recorded(8.0, "not_interested")], TURNS)
    assert words.promise is None
    assert call_words([], TURNS).promise is None


def test_a_wish_has_the_words_of_the_caller() -> None:
    said = (*TURNS, Turn(CALLER, "No, take me off your list please.", 8000, 10000))
    words = call_words([recorded(9.0, "do_not_call")], said)
    assert words.wish is not None
    assert words.opt_out == words.wish
    assert (words.wish.turn, words.wish.quote) == (6, "take me off your list")
    assert words.words.wishes


def test_a_wish_that_only_a_tool_wrote_down_has_what_was_said_before() -> None:
    words = call_words([recorded(7.2, "do_not_call")], TURNS)
    assert words.wish is None
    assert words.opt_out == Found(5, "Yes.", 7000, 7500)
    assert call_words([recorded(0.5, "do_not_call")], TURNS).opt_out is None
    assert last_words((), 3.0) is None


@pytest.mark.parametrize(
    ("word", "disposition"),
    [
        ("Do not call", Disposition.DO_NOT_CALL),
        ("meeting-booked", Disposition.MEETING_BOOKED),
        ("fine", None),
    ],
)
def test_a_word_is_a_disposition_or_none(word: str, disposition: Disposition | None) -> None:
    assert disposition_of(word) is disposition


def test_a_promised_time_is_looked_for_where_it_was_agreed_on() -> None:
    assert promise_words(TURNS, "Thursday 3 pm") == (
        "Thursday 3 pm",
        "So we call you back on Thursday at three, is that right?",
        "At what time?",
        "Hello.",
        "On Thursday. At three. Yes.",
        "Yes.",
        "At three.",
        "On Thursday.",
    )
    assert promise_words(TURNS, until=3.5)[0] == "At what time?"
    assert promise_words((), "x" * (LONGEST + 1)) == ()


@pytest.mark.parametrize(
    ("callback", "start_ms", "words"),
    [
        ("at three", 3000, ("On Thursday. at three", "at three", "At three.")),
        ("On Thursday", 1000, ("On Thursday", "At three.")),
        ("in two hours", 3000, ("in two hours", "At three.")),
        ("at three", 1000, ("at three", "At three.")),
        ("um drei", 3000, ("On Thursday. um drei", "um drei", "At three.")),
    ],
)
def test_an_hour_that_an_analysis_found_belongs_to_the_day_that_was_named_before(
    callback: str, start_ms: int, words: tuple[str, ...]
) -> None:
    said = Found(3, "At three.", start_ms, start_ms + 900)
    assert found_words(TURNS, callback, said) == words


def test_a_time_without_a_quote_stands_alone() -> None:
    assert found_words(TURNS, "at three", None) == ("at three", "")
