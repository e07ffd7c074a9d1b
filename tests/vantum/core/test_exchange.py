"""Whole conversations by the clock: who has the floor, and what comes next."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.vantum.core.talk import (
    Input,
    Reply,
    Step,
    Talk,
    elsewhere,
    final,
    keys,
    opened,
    paused,
    speaks,
    started,
    stopped,
)
from vantum.core.acts import Ask, CallerFinished, Cut, EndCall, LetCallerGo, Speak
from vantum.core.events import (
    CallerPrompted,
    ConversationState,
    Hold,
    Release,
    Sign,
    StateChanged,
    TurnCommitted,
    TurnEnd,
)
from vantum.core.floor import Floor, FollowUp, Kind
from vantum.core.manners import Manners
from vantum.core.phrases import phrases

ENGLISH = phrases("en")
HELLO = ("Hello there.", Kind.OWN)
NOTICE = ("This is a machine.", Kind.DISCLOSURE)
LONG = "We are open from nine to five on every day of the week."


def closes(at: float) -> Input:
    return at, Step("closes", lambda talk: talk.exchange.close(talk.now, "Good night.", "out of time"))


def leaves(at: float) -> Input:
    return at, Step("leaves", lambda talk: talk.exchange.caller_left(talk.now))


def states(talk: Talk) -> list[tuple[float, ConversationState]]:
    return [(at, changed.state) for at, changed in talk.told(StateChanged)]


def turns(talk: Talk) -> list[tuple[int, str, TurnEnd]]:
    return [(turn.turn, turn.text, turn.ended_by) for _, turn in talk.told(TurnCommitted)]


# --- the opening ------------------------------------------------------------------------------------------


def test_the_bot_opens_the_call_and_listens() -> None:
    talk = Talk().play(opened(0.0, HELLO))
    assert talk.said() == [(0.5, "Hello there.")]
    assert states(talk) == [(0.0, ConversationState.RESPONDING), (0.5, ConversationState.LISTENING)]


def test_a_bot_with_nothing_to_say_listens_at_once() -> None:
    assert states(Talk().play(opened(0.0))) == [(0.0, ConversationState.LISTENING)]


def test_a_turn_is_answered() -> None:
    talk = Talk(Reply("At nine.")).play(opened(0.0), *speaks(1.0, 2.0, "Yes, please."))
    assert turns(talk) == [(1, "Yes, please.", TurnEnd.SILENCE)]
    assert talk.messages == ["user: Yes, please.", "assistant: At nine."]
    assert [state for _, state in states(talk)] == [
        ConversationState.LISTENING,
        ConversationState.THINKING,
        ConversationState.RESPONDING,
        ConversationState.LISTENING,
    ]


def test_keys_are_a_turn_of_their_own() -> None:
    talk = Talk(Reply("Thanks.")).play(opened(0.0), keys(1.0, "123"))
    assert turns(talk) == [(1, "123", TurnEnd.KEYS)]
    assert talk.times(Ask) == talk.times(CallerFinished) == [1.0]
    assert [text for _, text in talk.said()] == ["Thanks."]


# --- the caller takes the floor ---------------------------------------------------------------------------


def test_words_over_the_bot_cut_it_and_are_answered() -> None:
    talk = Talk(Reply(LONG), Reply("Yes.")).play(
        opened(0.0), keys(1.0, "1"), started(2.0), final(2.2, "wait a moment"), stopped(2.4, 0.2)
    )
    assert talk.requests() == [(2.0, Hold())]
    assert talk.times(Cut) == [2.2]
    assert (2.2, ConversationState.INTERRUPTED) in states(talk)
    assert [text for _, text in talk.said()] == ["We are…", "Yes."]


def test_keys_cut_an_answer_that_nobody_has_heard() -> None:
    talk = Talk(Reply(LONG, after=1.0), Reply("Both.")).play(opened(0.0), keys(1.0, "1"), keys(1.5, "2"))
    assert (talk.times(Cut), talk.times(Ask)) == ([1.5], [1.0, 1.52])
    assert talk.messages == ["user: 1 2", "assistant: Both."]
    assert (1.5, ConversationState.LISTENING) in states(talk)


def test_a_caller_who_is_heard_while_the_answer_begins_holds_it() -> None:
    talk = Talk(Reply(LONG), Reply("Both.")).play(
        opened(0.0), keys(1.0, "1"), keys(2.0, "2"), started(2.01), stopped(2.5), until=3.0
    )
    assert talk.times(Ask) == [1.0, 2.02]
    assert talk.requests() == [(2.02, Hold()), (2.95, Release())]


def test_what_is_said_over_a_disclosure_is_answered_behind_it() -> None:
    talk = Talk(Reply("At nine.")).play(opened(0.0, NOTICE, HELLO), *speaks(0.1, 0.5, "What time?"))
    assert talk.said()[0] == (1.0, "This is a machine.")
    assert (talk.times(Cut), talk.times(Ask)) == ([1.0], [1.02])
    assert talk.messages[1:] == ["user: What time?", "assistant: At nine."]


def test_a_voice_at_the_end_of_a_disclosure_holds_what_follows() -> None:
    talk = Talk().play(opened(0.0, NOTICE, HELLO), started(0.8), stopped(1.5))
    assert talk.requests() == [(1.0, Hold()), (1.95, Release())]
    assert [text for _, text in talk.said()] == ["This is a machine.", "Hello there."]


def test_a_line_that_starts_after_its_cut_changes_nothing() -> None:
    talk = Talk(cuts_are_reported=False).play(opened(0.0), keys(1.0, "1"), keys(1.1, "2"), until=1.1)
    talk.exchange.bot_started()
    assert talk.floor is Floor.CUTTING
    assert ConversationState.RESPONDING not in [state for _, state in states(talk)]


def test_a_cut_that_is_never_reported_is_given_up() -> None:
    talk = Talk(cuts_are_reported=False).play(opened(0.0), keys(1.0, "1"), keys(1.1, "2"))
    assert talk.times(Ask) == [1.0, 2.1]


def test_an_answer_that_never_comes_is_made_up_for() -> None:
    talk = Talk(Reply(comes=False), manners=Manners(silence_seconds=0, filler_seconds=0)).play(
        opened(0.0), keys(1.0, "1")
    )
    assert talk.times(Cut) == [5.0]
    assert talk.times(Speak) == [5.02]
    assert talk.messages[-1] == f"assistant: {ENGLISH.say_again}"


def test_words_that_come_late_amend_the_turn_until_the_answer_is_heard() -> None:
    talk = Talk().play(
        opened(0.0), *speaks(1.0, 2.0, "Yes."), final(2.3, "Please do that."), *speaks(9.0, 9.5, "Thanks.")
    )
    assert [(number, text) for number, text, _ in turns(talk)] == [
        (1, "Yes."),
        (1, "Yes. Please do that."),
        (2, "Thanks."),
    ]


# --- tools ------------------------------------------------------------------------------------------------


def test_what_a_tool_finds_is_told() -> None:
    talk = Talk(Reply(tools=(("look", 0.5, FollowUp.ALWAYS),)), Reply("It is red.")).play(
        opened(0.0), keys(1.0, "1")
    )
    assert talk.times(Ask) == [1.0, 1.95]
    assert talk.messages == [
        "user: 1",
        "assistant:  [look]",
        'tool: "look done"',
        "assistant: It is red.",
    ]
    assert [state for _, state in states(talk)][1:] == [
        ConversationState.THINKING,
        ConversationState.RESPONDING,
        ConversationState.LISTENING,
    ]


def test_a_tool_that_was_for_the_record_alone_gives_the_floor_back() -> None:
    talk = Talk(Reply(tools=(("note", 0.5, FollowUp.NEVER),))).play(opened(0.0), keys(1.0, "1"))
    assert talk.times(Ask) == [1.0]
    assert states(talk)[-1] == (1.95, ConversationState.LISTENING)


def test_a_tool_that_returns_while_the_caller_speaks_waits_for_them() -> None:
    talk = Talk(Reply(tools=(("look", 1.0, FollowUp.ALWAYS),)), Reply("Both.")).play(
        opened(0.0), keys(1.0, "1"), *speaks(2.0, 3.0, "And when, please?")
    )
    assert talk.messages[-2:] == ["user: And when, please?", "assistant: Both."]


# --- silence ----------------------------------------------------------------------------------------------


def test_a_caller_who_says_nothing_is_asked_twice_and_bid_goodbye() -> None:
    talk = Talk(manners=Manners(silence_seconds=8.0)).play(opened(0.0))
    assert talk.told(CallerPrompted) == [
        (8.0, CallerPrompted("silence", ENGLISH.still_there)),
        (17.0, CallerPrompted("silence", ENGLISH.still_there_again)),
        (26.25, CallerPrompted("silence", ENGLISH.goodbye_silence)),
    ]
    assert talk.acts(EndCall) == [(26.25, EndCall("the caller said nothing"))]
    assert talk.said()[-1][1] == ENGLISH.goodbye_silence


def test_two_turns_without_words_are_spoken_of() -> None:
    talk = Talk().play(opened(0.0), *noise(1.0), *noise(5.0))
    assert [(round(at, 2), told) for at, told in talk.told(CallerPrompted)] == [
        (6.9, CallerPrompted("unheard", ENGLISH.unheard))
    ]


def noise(at: float) -> list[Input]:
    nothing = Step("nothing", lambda talk: talk.exchange.caller.sign(talk.now, Sign.NOTHING))
    return [started(at), stopped(at + 1.2), (at + 1.3, nothing)]


# --- the end ----------------------------------------------------------------------------------------------


def test_the_last_words_take_the_place_of_all_else() -> None:
    talk = Talk(Reply(LONG)).play(opened(0.0), keys(1.0, "1"), closes(2.0), keys(2.1, "2"))
    assert talk.times(Cut) == [2.0]
    assert talk.acts(EndCall) == [(2.0, EndCall("out of time"))]
    assert [text for _, text in talk.said()] == ["We are…", "Good night."]
    assert (talk.times(Ask), len(turns(talk))) == ([1.0], 1)
    assert talk.exchange.due() is None


def test_a_silent_bot_has_nothing_to_cut_when_the_call_closes() -> None:
    talk = Talk().play(opened(0.0), closes(1.0))
    assert (talk.times(Cut), talk.said()) == ([], [(1.5, "Good night.")])


def test_nothing_is_due_after_the_end() -> None:
    talk = Talk(manners=Manners(silence_seconds=8.0)).play(opened(0.0), until=1.0)
    talk.exchange.over()
    talk.exchange.tick(99.0)
    assert list(talk.exchange.acts.take()) == []


def test_the_words_of_a_caller_who_left_are_waited_for_and_not_answered() -> None:
    talk = Talk(Reply(LONG)).play(
        opened(0.0), keys(1.0, "1"), started(2.0), leaves(2.1), final(2.5, "never mind")
    )
    assert (talk.times(Cut), talk.times(LetCallerGo), talk.times(Ask)) == ([2.1], [2.5], [1.0])


# --- what is said by others, and how ----------------------------------------------------------------------


def test_a_line_from_elsewhere_has_the_floor() -> None:
    talk = Talk().play(opened(0.0))
    talk.exchange.say(0.5, "Beep.")
    assert talk.floor is Floor.THINKING
    talk.exchange.bot_heard(1.0, "Beep.", interrupted=False)
    assert (talk.floor, talk.messages) == (Floor.SILENT, ["assistant: Beep."])


def test_a_draft_makes_way_for_a_line_from_elsewhere() -> None:
    talk = Talk(Reply(LONG), manners=Manners(speculate=True)).play(
        opened(0.0),
        started(0.2),
        final(0.9, "tell me about your rooms"),
        paused(1.0),
        elsewhere(1.05, "Beep."),
    )
    assert talk.times(Cut) == [1.05]
    assert talk.messages[-1] == "assistant: Beep."


@pytest.mark.parametrize("by", ["language", "manners"])
def test_the_bots_own_sentences_follow_the_language(by: str) -> None:
    talk = Talk(manners=Manners(silence_seconds=8.0))
    if by == "language":
        talk.exchange.speak("de")
    else:
        talk.exchange.manners = replace(talk.exchange.manners, language="de")
    talk.play(opened(0.0), until=8.0)
    assert [told.text for _, told in talk.told(CallerPrompted)] == [phrases("de").still_there]
    assert talk.exchange.manners == Manners(language="de")


def test_words_that_come_after_the_answer_are_a_turn_of_their_own() -> None:
    talk = Talk().play(opened(0.0), *speaks(1.0, 2.0, "Yes."), final(6.0, "Please do that."))
    assert [(number, text) for number, text, _ in turns(talk)] == [(1, "Yes."), (2, "Please do that.")]


def test_a_turn_begins_the_questions_after_a_silence_anew() -> None:
    talk = Talk(manners=Manners(silence_seconds=8.0)).play(opened(0.0), keys(10.0, "1"), until=25.0)
    assert [told.text for _, told in talk.told(CallerPrompted)] == [ENGLISH.still_there] * 2


def test_a_caller_who_speaks_when_the_bot_is_through_is_not_silent() -> None:
    talk = Talk(manners=Manners(silence_seconds=8.0)).play(opened(0.0, NOTICE), started(0.5), until=12.0)
    assert (talk.said(), talk.told(CallerPrompted)) == ([(1.0, "This is a machine.")], [])
