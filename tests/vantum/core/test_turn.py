"""The caller's turn: each order of signals ends it exactly once."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vantum.core.events import TurnEnd
from vantum.core.turn import (
    Action,
    AwaitWords,
    ClosedEmpty,
    Committed,
    Opened,
    Signal,
    State,
    Turn,
    folded,
)

S, E, I, T, N, H, X = (  # noqa: E741 - the letters of the scenarios
    Signal.SPEECH_STARTED,
    Signal.SPEECH_STOPPED,
    Signal.INTERIM,
    Signal.FINAL,
    Signal.WORDS_COMPLETE,
    Signal.HAND,
    Signal.TIMEOUT,
)
Step = tuple[Signal, str]


def play(*steps: Signal | Step) -> list[Action]:
    turn = Turn()
    actions = []
    for step in steps:
        signal, text = step if isinstance(step, tuple) else (step, "")
        action = turn.take(signal, text)
        if action is not None:
            actions.append(action)
    return actions


def commits(*steps: Signal | Step) -> list[tuple[str, TurnEnd]]:
    return [(a.text, a.ended_by) for a in play(*steps) if isinstance(a, Committed)]


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        ([S, (T, "hello"), E], ("hello", TurnEnd.SILENCE)),
        ([S, E, (T, "hello")], ("hello", TurnEnd.SILENCE)),
        ([S, (I, "hel"), E, (T, "hello")], ("hello", TurnEnd.SILENCE)),
        ([(T, "hello")], ("hello", TurnEnd.STT)),
        ([S, (T, "my name is"), (T, "John"), E], ("my name is John", TurnEnd.SILENCE)),
        ([S, (T, "my name is"), (I, "Jo"), E, (T, "John")], ("my name is John", TurnEnd.SILENCE)),
        ([S, (I, "hello"), E, N], ("hello", TurnEnd.SILENCE)),
        ([S, (I, "hello"), E, X], ("hello", TurnEnd.SILENCE)),
        ([S, (I, "hello"), E, (T, "")], ("hello", TurnEnd.SILENCE)),
        ([S, E, S, E, (T, "hello")], ("hello", TurnEnd.SILENCE)),
        ([S, (T, "so far"), (I, "and"), H, (T, "and more")], ("so far and more", TurnEnd.HAND)),
        ([S, (T, "so far"), H, N], ("so far", TurnEnd.HAND)),
        ([S, E, H, (T, "hello")], ("hello", TurnEnd.HAND)),
        ([H, (T, "hello")], ("hello", TurnEnd.HAND)),
        ([S, (T, "  spaced \n out "), E], ("spaced out", TurnEnd.SILENCE)),
    ],
)
def test_each_order_ends_the_turn_once(steps: list[Signal | Step], expected: tuple[str, TurnEnd]) -> None:
    assert commits(*steps) == [expected]


def test_no_turn_ends_while_the_caller_speaks() -> None:
    assert commits(S, (T, "one"), (T, "two"), (I, "three"), N, X) == []


def test_a_turn_without_words_is_closed_and_not_answered() -> None:
    assert play(S, E, X) == [Opened(), AwaitWords(), ClosedEmpty()]
    assert play(S, E, N) == [Opened(), AwaitWords(), ClosedEmpty()]
    assert play(S, E, (T, " ")) == [Opened(), AwaitWords(), ClosedEmpty()]


def test_a_final_said_twice_starts_no_second_turn() -> None:
    assert commits(S, E, (T, "Hello, you."), (T, "hello you")) == [("Hello, you.", TurnEnd.SILENCE)]


def test_the_same_words_in_a_new_turn_are_a_new_turn() -> None:
    assert len(commits(S, E, (T, "yes"), S, E, (T, "yes"))) == 2


def test_new_words_between_turns_are_a_turn() -> None:
    assert commits(S, E, (T, "hello"), (T, "and goodbye")) == [
        ("hello", TurnEnd.SILENCE),
        ("and goodbye", TurnEnd.STT),
    ]


def test_an_interim_restarts_the_wait_for_words() -> None:
    assert play(S, E, (I, "he"), (I, "hel")) == [Opened(), AwaitWords(), AwaitWords(), AwaitWords()]


def test_speech_that_resumes_keeps_the_words() -> None:
    turn = Turn()
    for signal, text in ((S, ""), (I, "one"), (E, ""), (S, "")):
        turn.take(signal, text)
    assert (turn.state, turn.words) == (State.SPEAKING, "one")


def test_folding_keeps_letters_and_digits_of_any_script() -> None:
    assert folded("  Grüß  Gott! 24 Uhr? नमस्ते।") == folded("grüß gott 24 uhr नमस्ते")


@given(st.lists(st.tuples(st.sampled_from(Signal), st.sampled_from(["", "a", "b c"])), max_size=40))
def test_no_order_of_signals_breaks_the_turn_or_loses_final_words(steps: list[Step]) -> None:
    turn = Turn()
    for signal, text in steps:
        before = turn.words
        action = turn.take(signal, text)
        if isinstance(action, Committed):
            assert action.text
            assert before in action.text or signal is Signal.FINAL
            assert turn.words == ""
            assert turn.state is State.QUIET
