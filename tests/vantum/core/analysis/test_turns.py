"""Turns out of a record: the transcript's words, with the times that the record knows."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tests.vantum.core.analysis.calls import patient
from vantum.core.analysis.do_not_call import find_wish
from vantum.core.analysis.turn import Mark, Turn
from vantum.core.analysis.turns import turns_of
from vantum.core.transcript import Entry, Speaker, Transcriber

BOT, CALLER = Speaker.BOT, Speaker.CALLER


def interim(t: float, text: str) -> Entry:
    return {"event": "transcript", "t": t, "text": text, "final": False}


def final(t: float, text: str) -> Entry:
    return {"event": "transcript", "t": t, "text": text, "final": True}


def committed(t: float, text: str, silent: float = 0.5, turn: int = 1) -> Entry:
    return {"event": "turn_committed", "t": t, "turn": turn, "text": text, "silent_seconds": silent}


def started(t: float, name: str) -> Entry:
    return {"event": "utterance_started", "t": t, "utterance_id": name}


def spoken(t: float, name: str, text: str) -> Entry:
    return {"event": "words_spoken", "t": t, "utterance_id": name, "text": text}


def ended(t: float, name: str, text: str, *, interrupted: bool = False) -> Entry:
    return {
        "event": "utterance_ended",
        "t": t,
        "utterance_id": name,
        "text": text,
        "interrupted": interrupted,
    }


def turns(*entries: Entry) -> tuple[Turn, ...]:
    return turns_of({"events": list(entries)})


def test_no_events_are_no_turns() -> None:
    assert turns_of({}) == turns_of({"events": []}) == ()


def test_the_bot_s_words_have_the_times_at_which_they_were_played() -> None:
    told = turns(
        started(0.5, "u1"), spoken(0.5, "u1", "Hello."), spoken(1.2, "u1", "I am"), spoken(1.9, "u1", "Ada."),
        ended(2.5, "u1", "Hello. I am Ada."),
    )  # fmt: skip
    marks = (Mark(0, 500), Mark(7, 1200), Mark(12, 1900))
    assert told == (Turn(BOT, "Hello. I am Ada.", 500, 2500, marks=marks),)


def test_a_cut_line_holds_the_words_that_were_heard() -> None:
    told = turns(
        started(0.0, "u1"), spoken(0.0, "u1", "Hello"), spoken(0.4, "u1", "there"),
        ended(0.5, "u1", "Hello", interrupted=True),
    )  # fmt: skip
    assert told == (Turn(BOT, "Hello", 0, 500, interrupted=True, marks=(Mark(0, 0),)),)


def test_the_caller_s_turn_goes_from_the_first_sign_of_it_to_the_last_sound() -> None:
    told = turns(
        interim(3.1, "Who"), final(4.0, "Who is this?"), interim(4.6, "I am"), final(5.2, "I am busy."),
        committed(5.8, "Who is this? I am busy.", silent=0.7),
    )  # fmt: skip
    marks = (Mark(0, 3100), Mark(13, 4600))
    assert told == (Turn(CALLER, "Who is this? I am busy.", 3100, 5100, marks=marks),)
    assert told[0].ms_at(13) == 4600


def test_a_turn_begins_with_the_caller_s_first_sound_where_that_is_known() -> None:
    told = turns(
        final(3.0, "I am"), final(4.5, "at work"), final(6.0, "until five."),
        {**committed(6.5, "I am at work until five."), "spoken_seconds": 4.5},
    )  # fmt: skip
    assert told == (Turn(CALLER, "I am at work until five.", 2000, 6000),)
    assert told[0].ms_at(len("I am at ")) == 4000
    told = turns(
        interim(2.5, "I"), final(3.0, "I am"), interim(4.0, "at"), final(4.5, "at work"),
        {**committed(5.5, "I am at work"), "spoken_seconds": 3.5},
    )  # fmt: skip
    assert told == (Turn(CALLER, "I am at work", 2000, 5000, marks=(Mark(5, 4000),)),)


def test_words_that_never_became_final_have_times_too() -> None:
    assert turns(interim(1.0, "hello"), committed(1.5, "hello", silent=0.2)) == (
        Turn(CALLER, "hello", 1000, 1300, marks=(Mark(0, 1000),)),
    )


def test_words_that_come_after_the_last_sound_begin_there() -> None:
    assert turns(final(2.0, "Yes."), committed(2.1, "Yes.", silent=0.5)) == (
        Turn(CALLER, "Yes.", 1600, 1600, marks=(Mark(0, 1600),)),
    )


def test_words_beside_a_turn_have_their_own_times() -> None:
    told = turns(
        interim(0.8, "Mhm"), final(1.0, "Mhm."), final(2.0, "Mhm."), interim(3.0, "Go"), final(3.4, "Go on."),
        committed(4.0, "Go on.", silent=0.4),
    )  # fmt: skip
    assert [(turn.text, turn.start_ms, turn.end_ms) for turn in told] == [
        ("Mhm.", 800, 1000),
        ("Mhm.", 2000, 2000),
        ("Go on.", 3000, 3600),
    ]


def test_a_turn_that_gets_more_words_has_two_times() -> None:
    told = turns(
        interim(1.0, "I am"), committed(1.5, "I am"), interim(1.8, "I am not"), final(2.0, "I am not."),
        committed(2.2, "I am not.", silent=0.1),
    )  # fmt: skip
    assert [(turn.text, turn.start_ms, turn.end_ms) for turn in told] == [
        ("I am", 1000, 1000),
        ("not.", 1800, 2100),
    ]


def test_a_turn_of_which_no_words_were_seen_has_the_time_of_its_end() -> None:
    told = turns(interim(0.5, " "), final(0.6, ""), committed(2.0, "yes", silent=0.5))
    assert told == (Turn(CALLER, "yes", 1500, 1500),)
    assert turns({"event": "turn_committed", "t": 2.0, "text": "yes"}) == (Turn(CALLER, "yes", 2000, 2000),)


def test_turns_come_in_the_order_in_which_they_began() -> None:
    told = turns(
        started(0.0, "u1"), spoken(0.0, "u1", "Hello there."), interim(0.5, "Hi"), final(0.7, "Hi."),
        committed(0.9, "Hi.", silent=0.1), ended(2.0, "u1", "Hello there."),
    )  # fmt: skip
    assert [turn.role for turn in told] == [BOT, CALLER]


def test_a_record_that_breaks_off_keeps_the_words_that_were_played() -> None:
    told = turns(
        started(1.0, "u1"), spoken(1.0, "u1", "Hello"), spoken(1.5, "u1", "there"), final(1.8, "But")
    )
    assert told == (
        Turn(BOT, "Hello there", 1000, 1800, interrupted=True, marks=(Mark(0, 1000), Mark(6, 1500))),
        Turn(CALLER, "But", 1800, 1800, marks=(Mark(0, 1800),)),
    )
    assert turns(started(1.0, "u1"), spoken(1.0, "u1", " "), {"event": "call_ended", "t": 2.0}) == ()


def test_a_record_that_breaks_off_keeps_a_wish_that_was_being_recognised() -> None:
    (turn,) = turns(interim(1.0, "Do not ever"), interim(1.5, "Do not ever call this number again."))
    assert (turn.text, turn.start_ms, turn.end_ms) == ("Do not ever call this number again.", 1000, 1500)
    assert find_wish((turn,)) is not None


def test_where_both_speak_the_first_to_begin_comes_first_and_keeps_its_line_of_the_transcript() -> None:
    told = turns(
        interim(2.0, "Not"), started(3.0, "u1"), spoken(3.0, "u1", "May"), final(3.5, "Not today."),
        ended(3.6, "u1", "May", interrupted=True), committed(3.6, "Not today.", silent=1.0),
    )  # fmt: skip
    assert [(turn.text, turn.line) for turn in told] == [("Not today.", 1), ("May", 0)]


def test_words_that_are_not_in_the_line_give_no_mark() -> None:
    told = turns(started(0.0, "u1"), spoken(0.1, "u1", "Hi"), ended(1.0, "u1", "Hello."))
    assert told == (Turn(BOT, "Hello.", 0, 1000),)


EVENTS = st.one_of(
    st.builds(interim, st.just(0.0), st.sampled_from(["yes", "yes no", "I am", ""])),
    st.builds(final, st.just(0.0), st.sampled_from(["yes", "no.", "I am busy.", ""])),
    st.builds(
        committed,
        st.just(0.0),
        st.sampled_from(["yes", "yes no.", "no."]),
        st.floats(0, 3),
        st.integers(1, 2),
    ),
    st.builds(started, st.just(0.0), st.sampled_from("ab")),
    st.builds(spoken, st.just(0.0), st.sampled_from("ab"), st.sampled_from(["Hello", "there."])),
    st.builds(ended, st.just(0.0), st.sampled_from("ab"), st.sampled_from(["Hello there.", "Hello", ""])),
)


@patient
@given(st.lists(EVENTS, max_size=20), st.lists(st.floats(0, 2), min_size=20, max_size=20))
def test_the_words_are_those_of_the_transcript(events: list[Entry], waits: list[float]) -> None:
    entries: list[Entry] = [{**event, "t": round(sum(waits[: at + 1]), 3)} for at, event in enumerate(events)]
    transcriber = Transcriber()
    told = [line.text for entry in entries for line in transcriber.add(entry)]
    told += [line.text for line in transcriber.rest()]
    made = turns(*entries)
    unfinished = [turn for turn in made if turn.interrupted]
    assert sorted(turn.text for turn in made if turn not in unfinished) == sorted(told)
    assert all(turn.role is BOT for turn in unfinished)
    assert [turn.start_ms for turn in made] == sorted(turn.start_ms for turn in made)
    assert sorted(turn.line for turn in made if turn.line is not None) == list(range(len(told)))
    assert all(told[turn.line] == turn.text for turn in made if turn.line is not None)
