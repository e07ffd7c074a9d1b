"""The caller's turn: each order of signals ends it exactly once, at its time."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vantum.core.events import TurnEnd
from vantum.core.turn import (
    BREATH_SECONDS,
    DOUBT_SECONDS,
    HAND_SECONDS,
    INTERIM_SECONDS,
    MOVES,
    UNHEARD_SECONDS,
    WORDS_SECONDS,
    ClosedEmpty,
    Committed,
    Rule,
    Signal,
    State,
    Turn,
)

S, P, R, E, I, T, N, X, H = (  # noqa: E741 - the letters of the scenarios
    Signal.SPEECH_STARTED,
    Signal.SPEECH_PAUSED,
    Signal.SPEECH_RESUMED,
    Signal.SPEECH_STOPPED,
    Signal.INTERIM,
    Signal.FINAL,
    Signal.WORDS_COMPLETE,
    Signal.ENDPOINT,
    Signal.HAND,
)
Step = tuple[float, Signal] | tuple[float, Signal, str] | tuple[float, float | None]


def play(*steps: Step, turn: Turn | None = None) -> list[tuple[float, str, TurnEnd] | float]:
    """The turns that ended: (when, words, by what), or only when for those without a word.

    A step with a number instead of a signal is a judgement of the voice.
    """
    turn = turn or Turn()
    ended: list[tuple[float, str, TurnEnd] | float] = []

    def settle(until: float) -> None:
        while (due := turn.due()) is not None and due <= until:
            match turn.settle(due):
                case Committed(text, by):
                    ended.append((round(due, 3), text, by))
                case ClosedEmpty():
                    ended.append(round(due, 3))
                case None:
                    break

    for at, what, *text in steps:
        settle(at)
        if not isinstance(what, Signal):
            turn.judge(what)
        elif not text or not turn.knows(what, str(text[0])):
            turn.take(what, at, *map(str, text))
        settle(at)
    settle(1000.0)
    return ended


def after(*steps: Step) -> Turn:
    turn = Turn()
    for at, what, *text in steps:
        if isinstance(what, Signal):
            turn.take(what, at, *map(str, text))
    return turn


SILENCE, STT, HAND = TurnEnd.SILENCE, TurnEnd.STT, TurnEnd.HAND


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        # S17, and what else a recogniser may do; times of E are those of the last sound
        ([(0, S), (0.9, T, "Hello."), (1, E)], (1.2, "Hello.", SILENCE)),
        ([(0, S), (1, E), (1.1, T, "Yes.")], (1.2, "Yes.", SILENCE)),
        ([(0, S), (1, E), (2.8, T, "Yes.")], (2.8, "Yes.", SILENCE)),
        ([(0, S), (0.5, I, "ye"), (1, E), (1.3, T, "Yes.")], (1.3, "Yes.", SILENCE)),
        ([(3, T, "I am here")], (3, "I am here", STT)),
        ([(0, S), (0.5, T, "Call me"), (1, E), (1.1, T, "John.")], (1.5, "Call me John.", SILENCE)),
        # what the voice and the words ask for
        ([(0, S), (0.9, T, "It is blue"), (1, E)], (2.2, "It is blue", SILENCE)),
        ([(0, S), (0.9, T, "It is blue."), (1, E), (1.1, 0.9)], (1.2, "It is blue.", SILENCE)),
        ([(0, S), (0.9, T, "It is blue."), (1, E), (1.1, 0.1)], (2.2, "It is blue.", SILENCE)),
        ([(0, S), (0.9, T, "It is blue."), (1, E), (1.1, None)], (1.5, "It is blue.", SILENCE)),
        ([(0, S), (0.9, T, "It is blue and"), (1, E), (1.1, 0.9)], (2.2, "It is blue and", SILENCE)),
        # S12: a pause inside the sentence
        (
            [(0, S), (0.9, T, "My name is"), (1, E), (1.8, S), (2.4, T, "John Doe."), (2.5, E)],
            (3.0, "My name is John Doe.", SILENCE),
        ),
        # the interim words count when no final comes
        ([(0, S), (1, I, "no"), (1, E)], (2.2, "no", SILENCE)),
        ([(0, S), (1, E), (1.9, I, "no")], (1.9 + INTERIM_SECONDS, "no", SILENCE)),
        ([(0, S), (0.8, I, "no"), (1, E), (1.2, N)], (2.2, "no", SILENCE)),
        ([(0, S), (1, I, "go"), (1.2, E), (1.3, N), (1.3, X)], (2.1, "go", SILENCE)),
        # the recogniser's endpoint, while the detector still hears something
        ([(0, S), (0.9, T, "It is blue."), (1, X)], (1 + DOUBT_SECONDS, "It is blue.", STT)),
        (
            [(0, S), (0.9, T, "Red."), (1, X), (1.5, I, "or"), (1.6, T, "or"), (2, E)],
            (3.2, "Red. or", SILENCE),
        ),
        # by hand
        ([(0, S), (0.5, T, "so far"), (1, H), (1.3, T, "and on")], (1.3, "so far and on", HAND)),
        ([(0, S), (0.5, T, "so far"), (1, H)], (1 + HAND_SECONDS, "so far", HAND)),
        ([(0, S), (0.5, I, "so far"), (1, H), (1.2, N)], (1 + HAND_SECONDS, "so far", HAND)),
        ([(0, S), (0.5, T, "so far"), (1, H), (1.2, N)], (1.2, "so far", HAND)),
        ([(0, S), (1, H), (3, T, "late")], (3, "late", HAND)),
        ([(0, S), (0.9, T, "all of"), (0.95, P), (0.96, H), (0.97, N)], (0.97, "all of", HAND)),
        ([(0, S), (0.9, T, "all of it"), (1, E), (1.1, H)], (1.1, "all of it", HAND)),
        ([(2, H), (2.5, T, "hello")], (2.5, "hello", HAND)),
        # only the recogniser hears the caller
        ([(1, I, "hel"), (2, T, "hello you")], (2, "hello you", STT)),
        ([(1, I, "hel"), (2.5, I, "hello")], (2.5 + UNHEARD_SECONDS, "hello", STT)),
        ([(1, I, "hello"), (1.1, X)], (1.1, "hello", STT)),
        # a breath owes no word
        (
            [(0, S), (0.5, T, "Yes."), (0.6, P), (0.8, R), (0.8 + BREATH_SECONDS / 2, E)],
            (1.1, "Yes.", SILENCE),
        ),
        ([(0, S), (0.5, T, "Yes."), (0.6, P), (0.8, R), (1.2, E)], (1.2 + WORDS_SECONDS, "Yes.", SILENCE)),
    ],
)
def test_each_order_ends_the_turn_once(steps: list[Step], expected: tuple[float, str, TurnEnd]) -> None:
    (ended,) = play(*steps)
    assert isinstance(ended, tuple)
    # What is due in the past is due at once.
    last = max(at for at, *_ in steps)
    assert (round(max(ended[0], last), 3), *ended[1:]) == (round(max(expected[0], last), 3), *expected[1:])


@pytest.mark.parametrize(
    ("steps", "closed"),
    [
        ([(0, S), (1, E)], 1 + WORDS_SECONDS),
        ([(0, S), (1, E), (1.5, N)], 1.9),
        ([(0, H)], WORDS_SECONDS),
        ([(0, S), (1, H)], 1 + WORDS_SECONDS),
        ([(0, S), (1, E), (1.1, X)], 1 + WORDS_SECONDS),
    ],
)
def test_a_turn_without_words_is_closed(steps: list[Step], closed: float) -> None:
    assert play(*steps) == [round(closed, 3)]


def test_no_turn_ends_while_the_caller_speaks() -> None:
    assert play((0, S), (1, T, "one."), (2, T, "two."), (3, I, "three"), (4, N)) == []
    assert play((0, S), (1, X)) == []
    assert play((0, S), (1, T, "one."), (2, P)) == []


def test_what_is_said_twice_counts_once() -> None:
    assert len(play((0, S), (1, E), (1.1, T, "Yes."), (1.5, T, "yes"))) == 1
    assert len(play((0, S), (0.9, T, "Yes."), (1, T, "yes"), (1.1, E))) == 1
    assert len(play((1, T, "Yes please."), (1.5, I, "yes"), (1.6, T, "yes please"))) == 1
    assert len(play((1, T, "Yes please."), (1.5, T, "please."))) == 1


def test_the_same_words_in_a_new_turn_are_a_new_turn() -> None:
    assert len(play((0, S), (1, E), (1.1, T, "yes"), (3, S), (4, E), (4.1, T, "yes"))) == 2
    turn = Turn()
    assert len(play((1, T, "yes"), turn=turn)) == 1
    turn.answered()
    assert len(play((5, T, "yes"), turn=turn)) == 1


def test_words_that_come_late_belong_to_the_last_turn() -> None:
    turn = Turn()
    turn.take(S, 0.0)
    turn.take(E, 1.0)
    turn.take(I, 1.2, "call me John")
    first = turn.settle(3.0)
    assert first == Committed("call me John", SILENCE, 2.0, spoken_seconds=3.0)
    turn.answered()
    assert not turn.knows(T, "Call me John Doe.")
    turn.take(T, 3.5, "Call me John Doe.")
    assert turn.settle(3.5) == Committed("Doe.", STT, 0.0, amends=True)


GUESSED: tuple[Step, ...] = ((0, S), (1, E), (1.2, I, "call me John"), (4, S))
"""A turn that was answered before its words were final, and the caller speaks again."""


@pytest.mark.parametrize(
    ("late", "words"),
    [
        ("Call me John.", "Hello?"),
        ("Call me John Doe.", "Doe. Hello?"),
        ("Call me Joan.", "Call me Joan. Hello?"),
        ("Call", "Call Hello?"),
    ],
)
def test_words_that_come_late_over_new_speech_are_not_said_anew(late: str, words: str) -> None:
    ended = play(*GUESSED, (4.5, T, late), (5, E), (5.2, T, "Hello?"))
    assert [text for _, text, _ in ended] == ["call me John", words]  # type: ignore[misc]


def test_words_that_may_change_and_come_late_are_not_said_anew() -> None:
    steps: list[Step] = [(0, S), (1, E), (1.2, I, "call me John"), (3.0, I, "Call me John Doe")]
    assert [text for _, text, _ in play(*steps)] == ["call me John", "Doe"]  # type: ignore[misc]


def test_new_words_are_waited_for_behind_late_ones() -> None:
    turn = after((0, S), (1, E), (1.2, I, "call me John"))
    assert isinstance(turn.settle(3.0), Committed)
    turn.take(S, 4.0)
    turn.take(T, 4.5, "Call me John Doe.")
    turn.take(E, 5.0)
    assert turn.words_due
    assert turn.due() == 5.0 + WORDS_SECONDS


@pytest.mark.parametrize(
    "between",
    [
        ((2.5, T, "Call me John."),),
        ((4.5, T, "Call me John."),),
        ((4.5, T, "What?"),),
    ],
)
def test_words_come_late_once(between: tuple[Step, ...]) -> None:
    first, speech = GUESSED[:-1], GUESSED[-1]
    steps = [*first, *sorted((*between, speech), key=lambda step: step[0])]
    ended = play(*steps, (5, E), (5.1, S), (6, E), (6.2, T, "Call me John!"))
    assert str(ended[-1]).count("Call me John!") == 1


def test_speech_that_resumes_keeps_the_words() -> None:
    turn = Turn()
    for at, signal in ((0.0, S), (1.0, E), (1.1, S)):
        turn.take(signal, at, "")
    turn.take(I, 1.5, "one")
    assert (turn.state, turn.words, turn.open, turn.speaking) == (State.SPEAKING, "one", True, True)


@pytest.mark.parametrize("signals", [(S,), (S, P)])
def test_a_dismissed_caller_who_is_still_heard_goes_on(signals: tuple[Signal, ...]) -> None:
    turn = Turn()
    for signal in signals:
        turn.take(signal, 0.0)
    turn.take(I, 0.5, "mhm")
    turn.dismiss(0.6)
    assert (turn.state, turn.words) == (State.SPEAKING, "")
    assert turn.was_dismissed(1.0, 0.5)
    assert not turn.was_dismissed(1.2, 0.5)
    assert play((1, E), (1.2, T, "I want it."), turn=turn) == [(1.5, "I want it.", SILENCE)]


def test_a_dismissed_silence_is_over() -> None:
    turn = Turn()
    turn.take(S, 0.0)
    turn.take(E, 0.5)
    turn.dismiss(0.6)
    assert (turn.state, turn.due(), turn.settle(9.0)) == (State.QUIET, None, None)
    turn.take(S, 1.0)
    assert not turn.was_dismissed(1.0, 9.0)


def test_late_words_of_a_voice_that_was_taken_for_noise_are_not_said_anew() -> None:
    turn = Turn()
    turn.take(S, 0.0)
    turn.take(E, 0.5)
    turn.dismiss(0.6)
    turn.take(T, 1.0, "Stop that.")
    assert turn.settle(1.0) == Committed("Stop that.", STT, 0.0)
    turn.answered()
    assert turn.knows(T, "stop that")


def test_what_the_moves_ask_for() -> None:
    turn = Turn()
    steps = [(S, ""), (P, ""), (I, "a"), (R, ""), (X, ""), (P, ""), (T, "b"), (E, ""), (S, "")]
    assert [turn.take(signal, 0.0, text) for signal, text in steps] == [
        Rule.OPEN,
        Rule.DRAFT,
        Rule.DRAFT,
        Rule.NOTHING,
        Rule.DOUBT,
        Rule.DRAFT,
        Rule.DRAFT,
        Rule.SETTLE,
        Rule.NOTHING,
    ]


def test_every_state_can_be_reached_and_left() -> None:
    reached = {State.QUIET, *(state for state, _ in MOVES.values())}
    assert reached == set(State) == {state for state, _ in MOVES}


@given(
    st.lists(st.tuples(st.sampled_from(Signal), st.sampled_from(["a", "b c"]), st.floats(0, 3)), max_size=40)
)
def test_no_order_of_signals_breaks_the_turn_or_loses_final_words(
    steps: list[tuple[Signal, str, float]],
) -> None:
    turn = Turn()
    now = 0.0
    finals: list[str] = []
    for signal, text, seconds in steps:
        now += seconds
        if not turn.knows(signal, text):
            turn.take(signal, now, text)
            finals += [text] if signal is T else []
        outcome = turn.settle(now)
        assert (outcome is None) or (turn.state is State.QUIET and turn.words == "")
        if isinstance(outcome, Committed):
            assert outcome.text
            if not outcome.amends:
                assert " ".join(finals) in outcome.text
        if outcome is not None:
            finals.clear()


@pytest.mark.parametrize(
    ("steps", "now", "silent_seconds", "spoken_seconds"),
    [
        ([(0, S), (0.9, T, "It is blue."), (1, E)], 1.5, 0.5, 1.5),
        ([(1, S), (1.9, T, "It is"), (2, E), (2.25, S), (2.9, T, "blue."), (3, E)], 3.5, 0.5, 2.5),
        ([(0, S), (1, E), (2.75, T, "Yes.")], 2.75, 1.75, 2.75),
        ([(0, S), (0.9, T, "so far"), (1, E), (1.5, H)], 1.75, 0.25, 1.75),
        ([(1, I, "hello")], 3, 2, None),
        ([(1, I, "hel"), (2, T, "hello")], 2.5, 0.5, None),
    ],
)
def test_how_long_ago_the_caller_was_heard(
    steps: list[Step], now: float, silent_seconds: float, spoken_seconds: float | None
) -> None:
    outcome = after(*steps).settle(now)
    assert isinstance(outcome, Committed)
    assert (outcome.silent_seconds, outcome.spoken_seconds) == (silent_seconds, spoken_seconds)


def test_a_noise_that_was_dismissed_is_no_beginning() -> None:
    turn = after((0, S))
    turn.dismiss(2.0)
    turn.take(T, 3.75, "It is blue.")
    turn.take(E, 4.0)
    outcome = turn.settle(4.5)
    assert isinstance(outcome, Committed)
    assert outcome.spoken_seconds == 2.5


def test_the_words_are_read_in_their_language() -> None:
    steps: list[Step] = [(0, S), (0.9, T, "Ich habe gezahlt und."), (1, E)]
    assert play(*steps) == [(1.5, "Ich habe gezahlt und.", SILENCE)]
    assert play(*steps, turn=Turn("de")) == [(2.2, "Ich habe gezahlt und.", SILENCE)]


def test_the_judgement_of_a_pause_says_nothing_about_the_next() -> None:
    assert play(
        (0, S), (0.5, T, "Red."), (0.6, P), (0.7, 0.1), (0.8, R), (1.9, T, "It is blue."), (2, E)
    ) == [(2.5, "Red. It is blue.", SILENCE)]


def test_who_goes_on_takes_the_hand_back() -> None:
    assert play((0, S), (0.5, T, "My name is"), (1, H), (1.5, S), (2.4, T, "John Doe."), (2.5, E)) == [
        (3.0, "My name is John Doe.", SILENCE)
    ]


def test_an_amendment_is_of_the_voice_that_it_amends() -> None:
    turn = Turn()
    steps: list[Step] = [(0, S), (0.9, T, "I paid twice."), (1, E), (2, T, "twice. Please help.")]
    assert play(*steps, turn=turn) == [(1.5, "I paid twice.", SILENCE), (2, "Please help.", STT)]
    turn.answered()
    assert turn.knows(T, "I paid twice. Please help.")
    turn.take(S, 3.0)
    assert not turn.knows(T, "please help")


@pytest.mark.parametrize(
    ("steps", "signal", "state", "rule"),
    [
        ([], S, State.SPEAKING, Rule.OPEN),
        *[([], signal, State.SETTLING, Rule.SETTLE) for signal in (I, T, H)],
        *[([], signal, State.QUIET, Rule.NOTHING) for signal in (P, E, N, X)],
        ([(0, S)], P, State.PAUSED, Rule.DRAFT),
        ([(0, S)], E, State.SETTLING, Rule.SETTLE),
        ([(0, S)], X, State.SPEAKING, Rule.DOUBT),
        ([(0, S)], H, State.SETTLING, Rule.SETTLE),
        *[([(0, S)], signal, State.SPEAKING, Rule.NOTHING) for signal in (S, R, I, T, N)],
        ([(0, S), (1, P)], R, State.SPEAKING, Rule.NOTHING),
        *[([(0, S), (1, P)], signal, State.PAUSED, Rule.DRAFT) for signal in (I, T)],
        *[([(0, S), (1, P)], signal, State.SETTLING, Rule.SETTLE) for signal in (E, H)],
        *[([(0, S), (1, P)], signal, State.PAUSED, Rule.NOTHING) for signal in (P, N, X)],
        ([(0, S), (1, E)], S, State.SPEAKING, Rule.NOTHING),
        *[([(0, S), (1, E)], signal, State.SETTLING, Rule.SETTLE) for signal in (I, T, N, X, H)],
        *[([(0, S), (1, E)], signal, State.SETTLING, Rule.NOTHING) for signal in (P, E)],
    ],
)
def test_each_move(steps: list[Step], signal: Signal, state: State, rule: Rule) -> None:
    turn = after(*steps)
    assert turn.take(signal, 2.0, "one" if signal in (I, T) else "") is rule
    assert turn.state is state


@pytest.mark.parametrize(
    ("steps", "words", "whole", "due"),
    [
        ([], "", True, False),
        ([(0, S)], "", False, True),
        ([(0, S), (1, T, "one")], "one", True, False),
        ([(0, S), (1, T, "one"), (1.5, I, "two"), (2, E)], "one two", False, True),
        ([(0, S), (1, T, "one"), (2, E), (2.3, I, "two")], "one two", True, True),
        ([(0, S), (1, I, "one"), (2, E), (2.3, T, "one")], "one", True, False),
        ([(0, S), (1, T, "one"), (2, E), (2.3, S)], "one", False, True),
        ([(0, S), (2, E), (2.3, N)], "", True, False),
        ([(0, S), (1, P)], "", False, True),
        ([(0, S), (1, P), (0.8, I, "one")], "one", False, True),
        ([(0, S), (1, P), (1.1, I, "one two")], "one two", True, True),
        ([(0, S), (1, P), (1.1, I, "one two"), (1.2, T, "one two")], "one two", True, False),
    ],
)
def test_whether_all_words_are_there(steps: list[Step], words: str, whole: bool, due: bool) -> None:
    turn = after(*steps)
    assert (turn.words, turn.whole, turn.words_due) == (words, whole, due)


# --- a sentence that was expected ---------------------------------------------------------------------------


def test_a_sentence_that_was_expected_is_whole_however_the_voice_sounds() -> None:
    turn = after((0, S), (1, E), (1.3, T, "are you a robot"))
    turn.judge(0.1)
    assert turn.due() == pytest.approx(2.2)
    turn.expected()
    assert turn.due() == pytest.approx(1.2)
    assert turn.settle(1.5) == Committed("are you a robot", SILENCE, 0.5, spoken_seconds=1.5)


@pytest.mark.parametrize("more", [[(1.4, T, "and where")], [(1.4, S), (2, E), (2.1, T, "and where")]])
def test_what_follows_an_expected_sentence_was_not_expected(more: list[Step]) -> None:
    turn = after((0, S), (1, E), (1.1, T, "are you a robot"))
    turn.expected()
    for at, what, *text in more:
        assert isinstance(what, Signal)
        turn.take(what, at, *map(str, text))
    due = turn.due()
    assert due is not None
    assert due >= 1.9


def test_words_that_are_still_owed_are_no_whole_sentence() -> None:
    turn = after((0, S), (0.9, T, "are you a robot"), (1, P), (1.05, R), (1.5, E))
    turn.expected()
    assert turn.settle(1.7) is None


def test_words_that_the_recogniser_takes_back_are_waited_for() -> None:
    turn = after((0, S), (0.8, I, "are you a row"), (1, E))
    assert turn.due() == pytest.approx(2.2)
    turn.revising()
    assert turn.words == ""
    assert turn.due() == pytest.approx(1 + WORDS_SECONDS)
    turn.take(T, 3.0, "are you a robot")
    assert turn.settle(3.0) == Committed("are you a robot", SILENCE, 2.0, spoken_seconds=3.0)
