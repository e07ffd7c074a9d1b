from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.vantum.core.small_script import SMALL, same
from vantum.core.day_time import DayTime
from vantum.core.dialogue_script import Disposition
from vantum.core.dialogue_turn import FUZZY_ENOUGH, Phase, Reply, State, answer, question, understand

START = State("ask")
TEN = DayTime("Thursday", "at ten")
READ_BACK = State("when", Phase.CONFIRMING, TEN)


def say(state: State, *lines: str) -> Reply:
    reply = Reply("", state)
    for line in lines:
        reply = answer(SMALL, reply.state, line, same)
    return reply


@pytest.mark.parametrize(
    ("state", "asked"),
    [
        (START, "May I ask?"),
        (State("when"), "When?"),
        (State("when", slot=DayTime(time="at ten")), "At ten. Which day?"),
        (State("when", slot=DayTime("tomorrow")), "Tomorrow. What time?"),
        (READ_BACK, "So Thursday at ten, right?"),
        (State("booked", Phase.ENDED, TEN), "See you Thursday at ten."),
    ],
)
def test_the_question_of_a_state(state: State, asked: str) -> None:
    assert question(SMALL, state) == asked


def test_an_expected_answer_leads_on_with_its_own_words_first() -> None:
    reply = say(START, "yes")
    assert reply == Reply("Thanks. ||BREAK|| When?", State("when"), "yes")


def test_an_example_leads_on_too() -> None:
    assert say(START, "Every week!") == Reply("Is it red?", State("tell"), "often")


def test_an_example_is_not_matched_across_a_negation() -> None:
    assert understand(SMALL, SMALL.steps["ask"], "we do use one", lambda *_: 1.0) == "often"
    assert understand(SMALL, SMALL.steps["ask"], "we do not use one you see", lambda *_: 1.0) == "no"


def test_a_match_below_the_threshold_is_none() -> None:
    step = SMALL.steps["ask"]
    assert understand(SMALL, step, "weekly", lambda *_: FUZZY_ENOUGH - 0.01) is None
    assert understand(SMALL, step, "weekly", lambda *_: FUZZY_ENOUGH) == "often"


def test_an_unexpected_meaning_is_compared_with_the_examples() -> None:
    assert say(State("tell"), "goodbye").intent is None
    assert say(State("tell"), "no").text == "What? ||BREAK|| Is it red?"


def test_a_step_may_expect_what_is_an_objection_elsewhere() -> None:
    assert say(State("tell"), "I am busy").disposition is Disposition.NOT_INTERESTED
    assert say(START, "I am busy").state == State("when", raised=("busy",))


def test_do_not_call_ends_the_call_at_once_from_anywhere() -> None:
    for state in (START, State("tell", misses=1), READ_BACK, State("over", Phase.ENDED)):
        reply = say(state, "yes take me off your list")
        assert (reply.text, reply.disposition) == ("You are off the list.", Disposition.DO_NOT_CALL)
        assert reply.intent == "do_not_call"


def test_an_objection_is_answered_and_the_question_asked_again() -> None:
    assert say(START, "how much is it").text == "It is free. ||BREAK|| May I ask?"
    assert say(START, "how much is it", "how much is it").text == "It is free. ||BREAK|| May I ask?"
    assert say(READ_BACK, "how much is it").text == "It is free. ||BREAK|| So Thursday at ten, right?"


def test_not_interested_twice_ends_politely() -> None:
    first = say(START, "not interested")
    assert first.text == "It is short. ||BREAK|| May I ask?"
    second = say(first.state, "no thanks")
    assert (second.text, second.disposition) == ("Goodbye.", Disposition.NOT_INTERESTED)


def test_after_two_re_prompts_comes_the_exit() -> None:
    assert say(START, "hm what").text == "Sorry? ||BREAK|| May I ask?"
    assert say(START, "hm what", "the weather").text == "Once more, please. ||BREAK|| May I ask?"
    last = say(START, "hm what", "the weather", "m h amp")
    assert (last.text, last.disposition) == ("I give up.", Disposition.NO_CONVERSATION)


def test_an_understood_answer_starts_the_count_again() -> None:
    assert say(START, "hm what", "how much is it", "hm what").text == "Sorry? ||BREAK|| May I ask?"


def test_okay_is_no_yes() -> None:
    for said in ("okay", "mhm", "right", "m h amp", "all right fine"):
        assert say(START, said).text == "Sorry? ||BREAK|| May I ask?"
        assert say(READ_BACK, said).text == "Sorry? ||BREAK|| So Thursday at ten, right?"


def test_a_day_and_a_time_are_collected_and_read_back() -> None:
    assert say(State("when"), "Thursday").text == "Thursday. What time?"
    assert say(State("when"), "at ten").text == "At ten. Which day?"
    assert say(State("when"), "Thursday", "ten") == Reply("So Thursday at ten, right?", READ_BACK)
    assert say(START, "yes on Thursday at ten").text == "Thanks. ||BREAK|| So Thursday at ten, right?"
    assert say(START, "busy, call me on Thursday").text == "Thursday. What time?"


def test_only_a_clear_yes_confirms() -> None:
    booked = say(READ_BACK, "yes that is right")
    assert (booked.text, booked.disposition) == ("See you Thursday at ten.", Disposition.MEETING_BOOKED)
    for said in ("okay", "I guess so", "maybe", "yes but not Thursday", "what", "yes no"):
        assert say(READ_BACK, said).disposition is None


def test_a_correction_is_read_back_again() -> None:
    assert say(READ_BACK, "no, Friday").text == "So Friday at ten, right?"
    assert say(READ_BACK, "yes but make it eleven").text == "So Thursday at eleven, right?"
    assert say(READ_BACK, "yes, Thursday at ten").disposition is Disposition.MEETING_BOOKED


def test_a_no_to_what_was_read_back_asks_again() -> None:
    assert say(READ_BACK, "no").text == "Sorry? ||BREAK|| When?"
    assert say(State("when"), "no").disposition is Disposition.NOT_INTERESTED
    assert say(State("when", slot=DayTime("Thursday")), "no").text == "Sorry? ||BREAK|| When?"


def test_what_was_not_heard_in_full_is_read_back_before_a_yes_counts() -> None:
    unheard = State("when", Phase.ASKING, TEN)
    assert say(unheard, "yes").text == "So Thursday at ten, right?"
    assert say(unheard, "yes", "yes").disposition is Disposition.MEETING_BOOKED


def test_an_objection_that_leads_to_the_same_step_is_an_answer_to_it() -> None:
    assert say(State("when"), "call me back on Thursday").text == "Thursday. What time?"
    assert say(State("when"), "call me later").text == "Sorry? ||BREAK|| When?"


def test_a_step_that_takes_a_day_can_expect_other_answers() -> None:
    assert say(State("when"), "any time").text == "Pick one. ||BREAK|| When?"


def test_after_the_end_the_last_sentence_is_said_again() -> None:
    over = State("booked", Phase.ENDED, TEN)
    assert say(over, "what") == Reply("See you Thursday at ten.", over, None, Disposition.MEETING_BOOKED)


@given(
    st.lists(
        st.sampled_from(
            [
                "yes",
                "no",
                "okay",
                "maybe",
                "Thursday",
                "ten",
                "not interested",
                "how much",
                "busy",
                "every week",
                "?!",
            ]
        ),
        max_size=12,
    )
)
def test_a_meeting_is_only_booked_by_a_yes_to_what_was_read_back(lines: list[str]) -> None:
    reply = Reply("", START)
    for line in lines:
        before = reply
        reply = answer(SMALL, before.state, line, same)
        assert reply.text
        assert (reply.disposition is not None) is (reply.state.phase is Phase.ENDED)
        if reply.state.at == "booked" != before.state.at:
            assert line == "yes"
            assert before.text.endswith(f"So {reply.state.slot.spoken}, right?")
