"""What follows at once from what is said: wishes, promises, and confirmations that are owed, each once."""

from __future__ import annotations

import pytest

from vantum.core.analysis.quote import Found
from vantum.core.events import (
    CallEnded,
    CallerPrompted,
    DispositionRecorded,
    Event,
    ToolCalled,
    Transcript,
    TurnCommitted,
    TurnEnd,
    UtteranceEnded,
    UtteranceStarted,
)
from vantum.core.outreach.listening import Confirm, Listening, Maybe, News, Promised, Wished
from vantum.core.outreach.settlement import Voice


def heard(listening: Listening, *events: tuple[float, Event]) -> list[News]:
    return [news for at, event in events for news in listening.hear(event, at)]


def turn(text: str, silent: float = 0.5) -> TurnCommitted:
    return TurnCommitted(1, text, TurnEnd.SILENCE, silent)


def bot(begin: float, end: float, text: str, name: str = "u") -> tuple[tuple[float, Event], ...]:
    return (begin, UtteranceStarted(name)), (end, UtteranceEnded(name, text, interrupted=False))


def test_a_wish_is_heard_when_the_turn_is_over_with_its_seconds() -> None:
    listening = Listening()
    assert heard(
        listening,
        (1.0, Transcript("take me", final=False)),
        (2.0, Transcript("take me off your list", final=True)),
        (2.5, turn("take me off your list")),
        (6.0, turn("Take me off your list, I said.")),
        (7.0, DispositionRecorded("do_not_call")),
    ) == [Maybe(2, 2.0, 0.2), Wished(Found(0, "take me off your list", 1000, 2000), Voice.CALLER)]


OVER_THE_BOT: list[tuple[float, Event]] = [
    (0.0, UtteranceStarted("opening")),
    (1.0, Transcript("never", final=False)),
    (2.0, Transcript("never call me again", final=True)),
]


def test_a_wish_that_nothing_follows_is_heard_before_the_turn_is_over_and_once() -> None:
    listening = Listening()
    [maybe] = heard(listening, *OVER_THE_BOT)
    assert maybe == Maybe(2, 2.0, 0.2)
    assert isinstance(maybe, Maybe)
    assert listening.stands(maybe) == (Wished(Found(0, "never call me", 1000, 1750), Voice.CALLER),)
    assert listening.stands(maybe) == ()
    assert heard(listening, (3.0, Transcript("never call me again", final=True))) == []
    assert heard(listening, (3.5, turn("never call me again never call me again"))) == []


@pytest.mark.parametrize(("since", "left"), [(1.0, 0.0), (1.8, 0.0), (1.9, 0.1), (2.0, 0.2)])
def test_the_wait_counts_from_when_all_its_words_were_first_heard(since: float, left: float) -> None:
    [maybe] = heard(
        Listening(),
        (0.5, Transcript("never call", final=False)),
        (since, Transcript("never call me again", final=False)),
        (2.0, Transcript("Never call me again.", final=True)),
    )
    assert isinstance(maybe, Maybe)
    assert maybe.seconds == pytest.approx(left)


def test_the_bot_owes_its_confirmation_from_the_end_of_the_turn_on() -> None:
    listening = Listening()
    [maybe] = heard(listening, *OVER_THE_BOT)
    assert isinstance(maybe, Maybe)
    assert len(listening.stands(maybe)) == 1
    # What it says to its end meanwhile is no answer to the wish.
    assert heard(listening, (2.5, UtteranceEnded("opening", "Hello, I am Ada.", interrupted=False))) == []
    assert heard(listening, *bot(2.6, 3.0, "May I ask you something?", "question")) == []
    assert heard(listening, (3.5, turn("never call me again"))) == []
    assert heard(listening, *bot(4.0, 5.0, "I see.", "answer")) == [Confirm()]


@pytest.mark.parametrize(
    "then",
    [
        Transcript("before", final=False),
        Transcript("before nine", final=True),
        turn("do not call me before nine"),
        CallEnded("client left"),
    ],
)
def test_what_seemed_to_be_a_wish_is_none_once_words_follow_or_the_turn_is_over(then: Event) -> None:
    listening = Listening()
    [maybe] = heard(listening, (2.0, Transcript("do not call me", final=True)))
    heard(listening, (2.2, then))
    assert isinstance(maybe, Maybe)
    assert listening.stands(maybe) == ()


def test_words_that_no_turn_has_taken_are_heard_at_the_end() -> None:
    listening = Listening()
    events: list[tuple[float, Event]] = [
        (1.0, Transcript(" ", final=True)),
        (1.0, Transcript("never call me", final=True)),
        (1.5, Transcript("again", final=True)),
    ]
    assert heard(listening, *events) == [Maybe(1, 1.0, 0.2), Maybe(2, 1.5, 0.2)]
    [wish] = heard(listening, (3.0, CallEnded("client left")))
    assert isinstance(wish, Wished)
    assert wish.said is not None
    assert (wish.said.quote, wish.said.start_ms) == ("never call me", 1000)
    assert heard(listening, (3.0, CallEnded("client left"))) == []


def test_a_wish_that_a_tool_writes_down_has_the_last_words() -> None:
    listening = Listening()
    found = heard(listening, (2.0, turn("Not with me.")), (3.0, DispositionRecorded("do_not_call")))
    assert found == [Wished(Found(0, "Not with me.", 1500, 1500), Voice.TOOL)]
    assert heard(Listening(), (3.0, DispositionRecorded("do_not_call"))) == [Wished(None, Voice.TOOL)]


def test_a_turn_without_words_is_none() -> None:
    listening = Listening()
    assert heard(listening, (2.0, turn(" ")), (3.0, DispositionRecorded("callback"))) == []


def test_a_promise_comes_with_the_words_that_may_name_its_time() -> None:
    listening = Listening()
    found = heard(
        listening,
        (1.0, turn("Thursday at three.")),
        *bot(2.0, 4.0, "Thursday at three, then."),
        *bot(4.0, 4.5, " "),
        (5.0, DispositionRecorded("callback", "Thu 15:00")),
        (6.0, DispositionRecorded("interested")),
        (6.0, DispositionRecorded("whatever")),
    )
    assert found == [Promised(("Thu 15:00", "Thursday at three, then.", "Thursday at three."))]


def test_what_the_caller_has_not_heard_is_said_once() -> None:
    listening = Listening()
    found = heard(
        listening,
        (1.0, turn("Do not call me again.")),
        (1.5, CallerPrompted("slow", "One moment, please.")),
        *bot(2.0, 3.0, "One moment, please.", "a"),
        (3.0, CallerPrompted("silence", "Are you there?")),
        *bot(3.0, 4.0, "Sure.", "b"),
        *bot(5.0, 6.0, "Bye.", "c"),
    )
    assert found[1:] == [Confirm()]


def test_the_tool_that_hangs_up_sees_to_it_by_itself() -> None:
    for events in (
        [(2.0, turn("Do not call me again.")), (2.1, ToolCalled("1", "end_call", "{}"))],
        [(2.1, ToolCalled("1", "end_call", "{}")), (2.2, DispositionRecorded("do_not_call"))],
    ):
        listening = Listening()
        assert len(heard(listening, *events)) == 1  # type: ignore[arg-type]
        assert heard(listening, (2.3, ToolCalled("2", "send_digits", "{}")), *bot(3.0, 4.0, "Goodbye.")) == []
