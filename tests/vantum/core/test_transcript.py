"""Lines of a transcript: every word once, whatever the order of events."""

from __future__ import annotations

from vantum.core.transcript import Entry, Line, Speaker, Transcriber


def final(t: float, text: str) -> Entry:
    return {"event": "transcript", "t": t, "text": text, "final": True}


def interim(t: float, text: str) -> Entry:
    return {"event": "transcript", "t": t, "text": text, "final": False}


def committed(t: float, text: str, turn: int | None = None) -> Entry:
    told = {"event": "turn_committed", "t": t, "text": text}
    return told if turn is None else {**told, "turn": turn}


def started(t: float, utterance: str) -> Entry:
    return {"event": "utterance_started", "t": t, "utterance_id": utterance}


def ended(t: float, utterance: str, text: str, *, interrupted: bool = False) -> Entry:
    told = {"event": "utterance_ended", "t": t, "utterance_id": utterance, "text": text}
    return {**told, "interrupted": interrupted}


def lines(*entries: Entry) -> list[Line]:
    transcriber = Transcriber()
    return [line for entry in entries for line in transcriber.add(entry)]


def caller(t: float, text: str) -> Line:
    return Line(t, Speaker.CALLER, text)


def test_a_turn_is_one_line_from_its_first_words_on() -> None:
    told = lines(
        final(1.0, "Hello, I'm Ann."), interim(1.5, "who"), final(2.0, "Who is this?"),
        committed(2.4, "Hello, I'm Ann. Who is this?"),
    )  # fmt: skip
    assert told == [caller(1.0, "Hello, I'm Ann. Who is this?")]


def test_a_turn_whose_words_never_became_final_keeps_them() -> None:
    assert lines(interim(1.0, "hello"), committed(1.5, "hello")) == [caller(1.5, "hello")]


def test_a_turn_that_gets_more_words_tells_each_once() -> None:
    told = lines(
        interim(1.0, "I am"), committed(1.5, "I am", turn=1),
        final(1.6, "I am not."), committed(1.7, "I am not.", turn=1), committed(5.0, "I am not.", turn=2),
    )  # fmt: skip
    assert told == [caller(1.5, "I am"), caller(1.6, "not."), caller(5.0, "I am not.")]


def test_words_that_are_final_after_their_turn_are_told_once() -> None:
    told = lines(
        interim(1.0, "I am"), committed(1.5, "I am", turn=1), final(4.0, "I am not."), final(5.0, "Who is this?"),
        committed(6.0, "not. Who is this?", turn=2), final(9.0, "Who is this?"), {"event": "call_ended", "t": 9.5},
    )  # fmt: skip
    assert told == [caller(1.5, "I am"), caller(4.0, "not. Who is this?"), caller(9.0, "Who is this?")]
    told = lines(
        interim(1.0, "Yes"), committed(1.5, "Yes", turn=1), final(4.0, "Yes."), final(5.0, "Who?"),
        committed(6.0, "Who?", turn=2),
    )  # fmt: skip
    assert told == [caller(1.5, "Yes"), caller(5.0, "Who?")]


def test_other_words_than_those_that_are_owed_are_told() -> None:
    told = lines(
        interim(1.0, "Yes"), committed(1.5, "Yes", turn=1), final(4.0, "No."), final(5.0, "Yes."),
        committed(6.0, "No. Yes.", turn=2),
    )  # fmt: skip
    assert told == [caller(1.5, "Yes"), caller(4.0, "No. Yes.")]


def test_words_beside_the_turn_get_their_own_line() -> None:
    told = lines(final(1.0, "Mhm."), final(2.0, "Tell me the price."), committed(2.5, "tell me  the price."))
    assert told == [caller(1.0, "Mhm."), caller(2.0, "tell me  the price.")]


def test_last_words_are_kept_when_the_caller_hangs_up() -> None:
    assert lines(final(1.0, "But I"), {"event": "call_ended", "t": 1.2}) == [caller(1.0, "But I")]


def test_last_words_are_kept_when_the_record_just_stops() -> None:
    transcriber = Transcriber()
    transcriber.add(final(1.0, "But I"))
    assert transcriber.rest() == [caller(1.0, "But I")]
    assert transcriber.rest() == []


def rest(*entries: Entry) -> list[Line]:
    """What is still told when the record breaks off after these."""
    transcriber = Transcriber()
    for entry in entries:
        transcriber.add(entry)
    return transcriber.rest()


def test_words_that_were_being_recognised_are_kept_when_the_record_just_stops() -> None:
    told = rest(
        interim(1.0, "do not"), final(2.0, "Do not call."), interim(3.0, "ever"), interim(3.2, "Ever again.")
    )
    assert told == [caller(2.0, "Do not call."), caller(3.2, "Ever again.")]


def test_those_that_a_turn_took_are_told_once() -> None:
    assert rest(interim(1.0, "hello"), committed(1.5, "Hello")) == []
    assert rest(committed(1.5, "hello there", turn=1), interim(1.6, "Hello there, who")) == [
        caller(1.6, "who")
    ]
    assert rest(interim(1.4, "so what"), committed(1.5, "hello")) == [caller(1.4, "so what")]


def test_a_call_that_ends_in_good_order_has_its_final_words() -> None:
    over: Entry = {"event": "call_ended", "t": 2.0}
    assert rest(final(1.0, "Bye."), interim(1.5, "by"), over) == []
    assert rest(over, interim(2.1, "by")) == []
    assert rest(over, final(2.1, "Bye.")) == [caller(2.1, "Bye.")]
    assert lines(final(1.0, "Bye."), interim(1.5, "by"), over) == [caller(1.0, "Bye.")]


def test_the_bot_s_line_begins_with_its_sound_and_holds_what_was_heard() -> None:
    told = lines(started(3.0, "u1"), ended(5.0, "u1", "Hello, this", interrupted=True))
    assert told == [Line(3.0, Speaker.BOT, "Hello, this", interrupted=True)]


def test_a_bot_turn_that_nobody_saw_begin_has_the_time_of_its_end() -> None:
    assert lines(ended(5.0, "u1", "Hello.")) == [Line(5.0, Speaker.BOT, "Hello.")]


def test_no_words_make_no_line() -> None:
    told = lines(ended(5.0, "u1", " "), committed(6.0, ""), final(7.0, ""), {"event": "call_ended", "t": 8.0})
    assert told == []


def test_other_events_say_nothing() -> None:
    assert lines({"event": "state_changed", "t": 1.0, "state": "listening"}, {}) == []


def test_a_line_reads_like_a_script() -> None:
    assert str(caller(12.34, "Who is\nthis?")) == "[00:12.3] Caller: Who is this?"
    cut = Line(3723.05, Speaker.BOT, "I am", interrupted=True)
    assert str(cut) == "[62:03.0] Bot: I am (interrupted)"
