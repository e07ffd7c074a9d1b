"""Who has the floor when the caller makes a sound: what is heard, when, and what the bot does at which time."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vantum.core.barge_in import BACKCHANNEL_SECONDS, Decision, Doubt, Signal, State, Verdict
from vantum.core.events import BargeIn

VOICE, SILENCE = Signal.VOICE, Signal.SILENCE
CONTENT, MAYBE, BACKCHANNEL, NOD, ECHO, NOTHING = (
    Signal.CONTENT,
    Signal.MAYBE,
    Signal.BACKCHANNEL,
    Signal.NOD,
    Signal.ECHO,
    Signal.NOTHING,
)
WAIT, HOLD = Decision(Verdict.WAIT), Decision(Verdict.HOLD)
INTERRUPT = Decision(Verdict.INTERRUPT, BargeIn.INTERRUPTION)
NODDED = Decision(Verdict.RESUME, BargeIn.BACKCHANNEL)
NOISE = Decision(Verdict.RESUME, BargeIn.NOISE)
ECHOED = Decision(Verdict.RESUME, BargeIn.ECHO)
HEARS_SPEECH = "the recogniser hears speech"

Step = tuple[float, Signal | str]


def listen(doubt: Doubt, *steps: Step) -> list[tuple[float, Decision]]:
    """All that is decided, each at its time: TIMEOUT is signalled when it is due."""
    decided: list[tuple[float, Decision]] = []

    def take(signal: Signal, now: float) -> None:
        decision = doubt.take(signal, now)
        if decision != WAIT:
            decided.append((round(now, 6), decision))

    for at, what in (*steps, (1000.0, None)):
        while (due := doubt.due()) is not None and due <= at:
            take(Signal.TIMEOUT, due)
        if isinstance(what, Signal):
            take(what, at)
        elif what is not None:
            doubt.speech_is_heard(at)
    return decided


@pytest.mark.parametrize(
    ("steps", "at", "decision"),
    [
        # Words decide, whether the caller is still heard or not.
        ([(5.2, VOICE), (5.6, CONTENT)], 5.6, INTERRUPT),
        ([(5.2, VOICE), (6.0, SILENCE), (6.2, CONTENT)], 6.2, INTERRUPT),
        ([(5.2, VOICE), (5.6, ECHO)], 5.6, ECHOED),
        ([(5.2, VOICE), (6.0, SILENCE), (6.2, ECHO)], 6.2, ECHOED),
        # A backchannel: when it is final and nothing is heard, or 0.55 s after its first words.
        ([(5.2, VOICE), (5.4, SILENCE), (5.6, NOD)], 5.6, NODDED),
        ([(5.2, VOICE), (5.3, NOD), (5.4, SILENCE)], 5.4, NODDED),
        ([(5.2, VOICE), (5.3, BACKCHANNEL), (5.4, SILENCE), (5.5, NOD)], 5.5, NODDED),
        ([(5.2, VOICE), (5.3, NOD)], 5.85, NODDED),
        ([(5.2, VOICE), (5.3, BACKCHANNEL)], 5.85, NODDED),
        ([(5.2, VOICE), (5.3, BACKCHANNEL), (5.6, BACKCHANNEL), (5.7, NOD)], 5.85, NODDED),
        ([(5.2, VOICE), (5.4, SILENCE), (5.6, BACKCHANNEL)], 6.15, NODDED),
        ([(5.2, VOICE), (5.4, SILENCE), (5.6, BACKCHANNEL), (5.7, NOTHING)], 5.7, NODDED),
        ([(5.2, VOICE), (5.3, NOD), (5.35, VOICE), (5.5, SILENCE)], 5.85, NODDED),
        # What may become one is none yet, while the caller is heard.
        ([(5.2, VOICE), (5.3, MAYBE)], 9.2, NOISE),
        ([(5.2, VOICE), (5.3, MAYBE), (5.5, CONTENT)], 5.5, INTERRUPT),
        ([(5.2, VOICE), (5.4, SILENCE), (5.6, MAYBE)], 6.15, NODDED),
        ([(5.2, VOICE), (5.4, SILENCE), (5.6, MAYBE), (5.8, CONTENT)], 5.8, INTERRUPT),
        # More than a backchannel after all.
        ([(5.2, VOICE), (5.3, BACKCHANNEL), (5.5, CONTENT)], 5.5, INTERRUPT),
        ([(5.2, VOICE), (5.3, BACKCHANNEL), (5.4, SILENCE), (5.5, CONTENT)], 5.5, INTERRUPT),
        ([(5.2, VOICE), (5.3, BACKCHANNEL), (5.4, ECHO)], 5.4, ECHOED),
        ([(5.2, VOICE), (5.3, BACKCHANNEL), (5.4, SILENCE), (5.5, ECHO)], 5.5, ECHOED),
        ([(5.2, VOICE), (5.3, BACKCHANNEL), (5.4, SILENCE), (5.5, VOICE), (5.7, CONTENT)], 5.7, INTERRUPT),
        # No word comes: a noise.
        ([(5.2, VOICE), (6.0, SILENCE)], 6.65, NOISE),
        ([(5.2, VOICE), (6.0, SILENCE), (6.3, NOTHING)], 6.3, NOISE),
        ([(5.2, VOICE), (5.5, NOTHING), (6.0, SILENCE)], 6.65, NOISE),
        ([(5.2, VOICE), (6.0, SILENCE), (6.5, VOICE), (7.0, SILENCE)], 7.65, NOISE),
        ([(5.2, VOICE)], 9.2, NOISE),
        ([(5.2, VOICE), (9.0, SILENCE), (9.5, VOICE)], 13.5, NOISE),
        # The recogniser hears speech: its words may come late.
        ([(5.2, VOICE), (5.3, HEARS_SPEECH), (6.0, SILENCE)], 9.5, NOISE),
        ([(5.2, VOICE), (6.0, SILENCE), (6.3, HEARS_SPEECH)], 9.5, NOISE),
        ([(4.2, HEARS_SPEECH), (5.2, VOICE), (6.0, SILENCE)], 9.5, NOISE),
        ([(4.1, HEARS_SPEECH), (5.2, VOICE), (6.0, SILENCE)], 6.65, NOISE),
        ([(5.2, VOICE), (5.3, HEARS_SPEECH), (6.0, SILENCE), (8.6, CONTENT)], 8.6, INTERRUPT),
        ([(5.2, VOICE), (5.3, HEARS_SPEECH), (6.0, SILENCE), (6.5, NOTHING)], 6.5, NOISE),
    ],
)
def test_the_bot_is_held_on_a_sound_until_it_is_understood(
    steps: list[Step], at: float, decision: Decision
) -> None:
    doubt = Doubt()
    assert listen(doubt, *steps) == [(5.2, HOLD), (at, decision)]
    assert (doubt.open, doubt.due()) == (False, None)


@pytest.mark.parametrize(
    ("steps", "decided"),
    [
        ([(5, CONTENT)], [(5.0, INTERRUPT)]),
        ([(5, BACKCHANNEL)], [(5.0, Decision(Verdict.DISMISS, BargeIn.BACKCHANNEL))]),
        ([(5, NOD)], [(5.0, Decision(Verdict.DISMISS, BargeIn.BACKCHANNEL))]),
        ([(5, ECHO)], [(5.0, Decision(Verdict.DISMISS, BargeIn.ECHO))]),
        ([(5, MAYBE)], [(5.0, HOLD), (5.55, NODDED)]),
        ([(5, MAYBE), (5.2, CONTENT)], [(5.0, HOLD), (5.2, INTERRUPT)]),
        ([(5, MAYBE), (5.2, NOD)], [(5.0, HOLD), (5.2, NODDED)]),
        ([(5, SILENCE), (5.1, NOTHING), (5.2, HEARS_SPEECH)], []),
    ],
)
def test_words_without_a_voice(steps: list[Step], decided: list[tuple[float, Decision]]) -> None:
    assert listen(Doubt(), *steps) == decided


def test_two_backchannels_do_not_add_up() -> None:
    doubt = Doubt()
    first = listen(doubt, (5.2, VOICE), (5.4, SILENCE), (5.6, NOD))
    second = listen(doubt, (8.2, VOICE), (8.4, SILENCE), (8.6, BACKCHANNEL))
    assert first == [(5.2, HOLD), (5.6, NODDED)]
    assert second == [(8.2, HOLD), (9.15, NODDED)]


def test_nothing_is_in_doubt_any_more() -> None:
    doubt = Doubt()
    doubt.take(VOICE, 5.2)
    doubt.take(BACKCHANNEL, 5.3)
    assert (doubt.open, doubt.due()) == (True, 5.3 + BACKCHANNEL_SECONDS)
    doubt.forget()
    assert (doubt.open, doubt.due()) == (False, None)
    assert listen(doubt, (6.0, VOICE), (6.5, BACKCHANNEL)) == [(6.0, HOLD), (7.05, NODDED)]


ROUTES: dict[State, list[Signal]] = {
    State.CLEAR: [],
    State.SOUND: [VOICE],
    State.SILENCE: [VOICE, SILENCE],
    State.NODDING: [VOICE, BACKCHANNEL],
    State.NODDED: [VOICE, BACKCHANNEL, SILENCE],
}
ENDS: dict[State, set[Signal]] = {
    State.CLEAR: {CONTENT, BACKCHANNEL, NOD, ECHO},
    State.SOUND: {CONTENT, ECHO, Signal.TIMEOUT},
    State.SILENCE: {CONTENT, NOD, ECHO, NOTHING, Signal.TIMEOUT},
    State.NODDING: {CONTENT, ECHO, Signal.TIMEOUT},
    State.NODDED: {CONTENT, NOD, ECHO, NOTHING, Signal.TIMEOUT},
}


@pytest.mark.parametrize(("state", "signal"), list(product(State, Signal)))
def test_what_ends_a_doubt_and_what_leaves_it(state: State, signal: Signal) -> None:
    doubt = Doubt()
    for earlier in ROUTES[state]:
        doubt.take(earlier, 1.0)
    assert doubt.open is (state is not State.CLEAR)
    decision = doubt.take(signal, 1.1)
    held_anew = state is State.CLEAR and signal in (VOICE, MAYBE)
    assert (decision.kind is not None) is (signal in ENDS[state])
    assert (decision == HOLD) is held_anew
    assert doubt.open is (held_anew or (state is not State.CLEAR and signal not in ENDS[state]))
    assert (doubt.due() is not None) is doubt.open


@given(st.lists(st.tuples(st.integers(1, 60), st.sampled_from([*Signal, HEARS_SPEECH])), max_size=40))
def test_each_hold_is_given_back_or_taken_before_the_next(told: list[tuple[int, Signal | str]]) -> None:
    at = 0.0
    steps: list[Step] = []
    for tenths, what in told:
        at += tenths / 10
        steps.append((at, what))
    doubt = Doubt()
    held = False
    for _, decision in listen(doubt, *steps):
        undisturbed = decision.verdict in (Verdict.HOLD, Verdict.DISMISS)
        assert decision == INTERRUPT or undisturbed is not held
        held = decision == HOLD
    assert not held
    assert not doubt.open
