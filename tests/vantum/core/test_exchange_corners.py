"""Corners in which a conversation once fell silent, answered twice, or answered the wrong thing."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.vantum.core.talk import (
    FIRST_TOKEN_SECONDS,
    Input,
    Reply,
    Step,
    Talk,
    elsewhere,
    final,
    interim,
    keys,
    opened,
    paused,
    resumed,
    sign,
    speaks,
    started,
    stopped,
)
from vantum.core.acts import Ask, CallerBegan, CallerFinished, Cut
from vantum.core.events import BargeIn, BargeInDecided, CallerPrompted, Sign
from vantum.core.floor import FollowUp, Kind
from vantum.core.manners import Manners
from vantum.core.phrases import phrases

QUIET = Manners(silence_seconds=0)
ENGLISH = phrases("en")
GREETING = ("Good morning, this is your dentist.", Kind.OWN)
NOTICE = ("This call is recorded for training.", Kind.DISCLOSURE)
LONG = "All of that is written down in our long book of bookings."


def prompts(talk: Talk) -> list[tuple[float, str]]:
    return [(at, event.reason) for at, event in talk.told(CallerPrompted)]


def kinds(talk: Talk) -> list[tuple[float, BargeIn]]:
    return [(at, event.kind) for at, event in talk.told(BargeInDecided)]


def test_the_follow_up_of_a_tool_is_waited_for_while_the_answer_before_is_heard() -> None:
    talk = Talk(Reply(LONG, tools=(("look", 0.1, FollowUp.ALWAYS),)), Reply(comes=False), Reply("Ready."))
    talk.play(*speaks(0, 1, "Yes please."))
    assert prompts(talk)[-1][1] == "failure"
    assert talk.said()[-1][1] == ENGLISH.say_again


def test_a_draft_that_failed_and_was_withdrawn_is_no_failure() -> None:
    talk = Talk(Reply(fails=True), Reply("Fine."), manners=QUIET)
    talk.play(
        started(0),
        final(0.9, "How are you?"),
        paused(1),
        resumed(1.46),
        final(1.9, "And how is Kate?"),
        paused(2),
        stopped(2.1),
    )
    assert prompts(talk) == []
    assert talk.messages == ["user: How are you? And how is Kate?", "assistant: Fine."]


def test_an_answer_without_a_word_is_made_up_for() -> None:
    talk = Talk(Reply(""))
    talk.play(final(1, "Hello."))
    assert talk.said() == [(round(1 + FIRST_TOKEN_SECONDS + 0.1 + 7 * 0.25, 3), ENGLISH.say_again)]


def test_a_failure_is_not_made_up_for_while_the_caller_speaks() -> None:
    talk = Talk(Reply(comes=False), Reply("Fine."), manners=replace(QUIET, filler_seconds=0))
    talk.play(final(1, "Hello."), started(4.5), stopped(9), sign(9.1, Sign.NOTHING))
    # The deadline of the answer is at 5.0.
    assert talk.times(Cut) == [5.0]
    assert talk.said()[0][1] == ENGLISH.say_again
    assert prompts(talk)[-1][0] > 9


def test_filler_and_deadline_may_be_due_at_once() -> None:
    talk = Talk(Reply(comes=False), manners=replace(QUIET, filler_seconds=4.0))
    talk.play(final(1, "Hello."))
    assert [reason for _, reason in prompts(talk)] == ["failure"]


def test_an_empty_final_does_not_stop_the_clock_of_silence() -> None:
    talk = Talk(manners=Manners())
    talk.play(opened(0), final(2, "  "), until=9)
    assert prompts(talk) == [(8.0, "silence")]


def test_a_quiet_tool_gives_the_floor_back() -> None:
    talk = Talk(
        Reply("", tools=(("note", 2.0, FollowUp.NEVER),)), manners=replace(Manners(), filler_seconds=0)
    )
    talk.play(final(1, "Hello."), until=12)
    # Told at 1.45, through at 3.45.
    assert prompts(talk) == [(11.45, "silence")]


def test_interim_words_of_a_caller_whom_no_detector_hears_are_answered() -> None:
    talk = Talk().play(interim(1, "hello"))
    assert talk.times(Ask) == [3.0]


def test_a_nod_over_the_disclosure_is_dismissed() -> None:
    talk = Talk().play(opened(0, NOTICE, GREETING), *speaks(0.2, 0.6, "mhm"))
    assert [text for _, text in talk.said()] == [NOTICE[0], GREETING[0]]
    assert talk.times(Ask) == []


def test_words_over_the_disclosure_are_answered_after_it() -> None:
    talk = Talk().play(opened(0, NOTICE, GREETING), *speaks(0.2, 0.6, "Is it?"))
    assert talk.said()[0] == (1.5, NOTICE[0])
    assert talk.said()[-1][1] == "All right."
    assert talk.messages[1:] == ["user: Is it?", "assistant: All right."]


def test_a_caller_who_speaks_when_the_disclosure_ends_holds_the_greeting() -> None:
    talk = Talk().play(opened(0, NOTICE, GREETING), started(1.2), stopped(1.9, 0.2), sign(2, Sign.NOTHING))
    assert [at for at, _ in talk.requests()] == [1.5, 2.0]
    assert [text for _, text in talk.said()] == [NOTICE[0], GREETING[0]]


@pytest.mark.parametrize("again", [final(2.6, "Mhm."), interim(2.6, "mhm")])
def test_a_nod_that_comes_late_is_no_turn(again: Input) -> None:
    talk = Talk().play(
        opened(0, ("Good morning to you, my friend.", Kind.OWN)),
        *speaks(1.0, 1.2, "mhm", late=0.3),
        again,
    )
    assert kinds(talk)[0] == (1.5, BargeIn.BACKCHANNEL)
    assert talk.times(Ask) == []
    assert len(talk.times(CallerBegan)) == len(talk.times(CallerFinished)) == 1


def test_an_answer_that_ends_without_a_sound_while_held_lets_go() -> None:
    talk = Talk(Reply("", tools=(("note", 0.1, FollowUp.NEVER),)))
    talk.play(final(0.45, "Take a note."), started(0.85), stopped(1.15), sign(1.3, Sign.NOTHING))
    assert not talk.held
    assert [at for at, _ in talk.requests()] == [0.85, 0.9]


def test_keys_in_the_middle_of_words_wait_for_them() -> None:
    talk = Talk().play(
        started(0), final(0.8, "My number is"), keys(1, "42"), final(1.9, "that one."), stopped(2.1)
    )
    assert talk.messages == ["user: 42 My number is that one.", "assistant: All right."]
    assert len(talk.heard) == 1


def test_a_line_from_elsewhere_that_comes_while_a_cut_is_reported_is_not_lost() -> None:
    talk = Talk(Reply("Fine.", after=1)).play(
        opened(0, GREETING), final(1, "Stop it."), elsewhere(1.01, "Time is up.")
    )
    assert [text for _, text in talk.said()] == ["Good morning, this…", "Time is up.", "Fine."]
    assert talk.messages == [
        "assistant: Good morning, this… Time is up.",
        "user: Stop it.",
        "assistant: Fine.",
    ]


def test_the_call_can_end_while_a_draft_is_made() -> None:
    talk = Talk().play(
        started(0),
        final(0.9, "How are you?"),
        paused(1),
        (1.2, Step("over", lambda talk: talk.exchange.over())),
        elsewhere(1.3, "Goodbye."),
        stopped(1.4),
    )
    assert (talk.held, talk.said(), talk.times(Ask)) == (False, [(1.55, "Goodbye.")], [1.0])


def test_the_call_can_end_while_a_line_is_held() -> None:
    talk = Talk().play(
        opened(0, ("Goodbye.", Kind.OWN)),
        started(0.1),
        (0.2, Step("over", lambda talk: talk.exchange.over())),
    )
    assert talk.said() == [(0.45, "Goodbye.")]


def test_what_a_tool_found_while_the_caller_coughed_is_told_after_the_line_under_way() -> None:
    talk = Talk(Reply(LONG, tools=(("look", 1.2, FollowUp.ALWAYS),)), Reply("It is red."), manners=QUIET)
    talk.play(final(1, "Hello."), started(2.5), stopped(2.8), sign(2.9, Sign.NOTHING))
    asked, told = talk.times(Ask), [heard.at for heard in talk.heard if heard.text == LONG]
    assert len(asked) == 2
    assert asked[1] == told[0]
    assert talk.messages[-1] == "assistant: It is red."
