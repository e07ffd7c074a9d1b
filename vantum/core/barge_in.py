"""The caller makes a sound while the bot has the floor: hold the bot at once, then let the words decide.

A table: (state, signal) -> (state, verdict). Words that are no backchannel are an interruption. A backchannel, an
echo of the bot's own voice and a noise give the floor back: the bot goes on from the word where it stopped. How
long words are waited for depends on what the recogniser lets know: one that hears speech is waited for longer.
Times are seconds on any steady clock.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

from vantum.core.events import BargeIn

NOISE_SECONDS = 0.65
"""So long after a noise has ended without a word, the bot goes on."""
LATE_WORDS_SECONDS = 3.5
"""How long after its end speech is waited for that the recogniser hears and gives no words for yet."""
SAME_SOUND_SECONDS = 1.0
"""The recogniser may hear speech so much earlier than the detector, and mean the same."""
BACKCHANNEL_SECONDS = 0.55
"""The bot is held at most this long after the transcript of a backchannel."""
LONG_NOISE_SECONDS = 4.0
"""A sound that lasts so long without a word is no speech."""


class State(StrEnum):
    """Who has the floor."""

    CLEAR = "clear"  # the bot, undisturbed
    SOUND = "sound"  # held: the caller is heard, without words so far
    SILENCE = "silence"  # held: the caller was heard, words may come
    NODDING = "nodding"  # held: a backchannel, and the caller is still heard
    NODDED = "nodded"  # held: what may still be no more than a backchannel, and silence


class Signal(StrEnum):
    """What is heard of the caller."""

    VOICE = "voice"
    SILENCE = "silence"
    CONTENT = "content"  # words that are no backchannel
    MAYBE = "maybe"  # interim words that may become a backchannel, or part of an echo
    BACKCHANNEL = "backchannel"  # in an interim transcript
    NOD = "nod"  # a backchannel in a final transcript
    ECHO = "echo"  # the bot's own words
    NOTHING = "nothing"  # the recogniser is through, and found no word
    TIMEOUT = "timeout"


class Verdict(StrEnum):
    """What is to be done."""

    WAIT = "wait"
    HOLD = "hold"
    INTERRUPT = "interrupt"
    RESUME = "resume"
    DISMISS = "dismiss"  # the words count for nothing, and the bot was not held


MOVES: dict[tuple[State, Signal], tuple[State, Verdict]] = {
    (State.CLEAR, Signal.VOICE): (State.SOUND, Verdict.HOLD),
    (State.CLEAR, Signal.CONTENT): (State.CLEAR, Verdict.INTERRUPT),
    (State.CLEAR, Signal.MAYBE): (State.NODDED, Verdict.HOLD),
    (State.CLEAR, Signal.BACKCHANNEL): (State.CLEAR, Verdict.DISMISS),
    (State.CLEAR, Signal.NOD): (State.CLEAR, Verdict.DISMISS),
    (State.CLEAR, Signal.ECHO): (State.CLEAR, Verdict.DISMISS),
    (State.SOUND, Signal.SILENCE): (State.SILENCE, Verdict.WAIT),
    (State.SOUND, Signal.CONTENT): (State.CLEAR, Verdict.INTERRUPT),
    (State.SOUND, Signal.MAYBE): (State.SOUND, Verdict.WAIT),
    (State.SOUND, Signal.BACKCHANNEL): (State.NODDING, Verdict.WAIT),
    (State.SOUND, Signal.NOD): (State.NODDING, Verdict.WAIT),
    (State.SOUND, Signal.ECHO): (State.CLEAR, Verdict.RESUME),
    (State.SOUND, Signal.TIMEOUT): (State.CLEAR, Verdict.RESUME),
    (State.SILENCE, Signal.VOICE): (State.SOUND, Verdict.WAIT),
    (State.SILENCE, Signal.CONTENT): (State.CLEAR, Verdict.INTERRUPT),
    (State.SILENCE, Signal.MAYBE): (State.NODDED, Verdict.WAIT),
    (State.SILENCE, Signal.BACKCHANNEL): (State.NODDED, Verdict.WAIT),
    (State.SILENCE, Signal.NOD): (State.CLEAR, Verdict.RESUME),
    (State.SILENCE, Signal.ECHO): (State.CLEAR, Verdict.RESUME),
    (State.SILENCE, Signal.NOTHING): (State.CLEAR, Verdict.RESUME),
    (State.SILENCE, Signal.TIMEOUT): (State.CLEAR, Verdict.RESUME),
    (State.NODDING, Signal.SILENCE): (State.NODDED, Verdict.WAIT),
    (State.NODDING, Signal.CONTENT): (State.CLEAR, Verdict.INTERRUPT),
    (State.NODDING, Signal.ECHO): (State.CLEAR, Verdict.RESUME),
    (State.NODDING, Signal.TIMEOUT): (State.CLEAR, Verdict.RESUME),
    (State.NODDED, Signal.VOICE): (State.NODDING, Verdict.WAIT),
    (State.NODDED, Signal.CONTENT): (State.CLEAR, Verdict.INTERRUPT),
    (State.NODDED, Signal.NOD): (State.CLEAR, Verdict.RESUME),
    (State.NODDED, Signal.ECHO): (State.CLEAR, Verdict.RESUME),
    (State.NODDED, Signal.NOTHING): (State.CLEAR, Verdict.RESUME),
    (State.NODDED, Signal.TIMEOUT): (State.CLEAR, Verdict.RESUME),
}
"""A pair that is not here changes nothing."""

KINDS = {
    Signal.CONTENT: BargeIn.INTERRUPTION,
    Signal.ECHO: BargeIn.ECHO,
    Signal.NOD: BargeIn.BACKCHANNEL,
    Signal.BACKCHANNEL: BargeIn.BACKCHANNEL,
}


@dataclass(frozen=True, slots=True)
class Decision:
    """What to do, and what the sound was once that is known."""

    verdict: Verdict
    kind: BargeIn | None = None


class Doubt:
    """One call's doubt over who has the floor."""

    def __init__(self) -> None:
        self._speech_at = -math.inf
        self.forget()

    def forget(self) -> None:
        """Nothing is in doubt any more."""
        self._state = State.CLEAR
        self._words_at: float | None = None
        self._voice_at = 0.0
        self._silent_since = 0.0
        self._final = False

    @property
    def open(self) -> bool:
        """Whether the bot is held and nothing is decided."""
        return self._state is not State.CLEAR

    def take(self, signal: Signal, now: float) -> Decision:
        """What to do on ``signal`` at ``now``; SILENCE is given the time at which the caller's last sound ended."""
        before = self._state
        self._note(signal, now)
        self._state, verdict = MOVES.get((before, signal), (before, Verdict.WAIT))
        if self._state is State.NODDED and self._final:
            # All is said, and it was a backchannel.
            self._state, verdict, signal = State.CLEAR, Verdict.RESUME, Signal.NOD
        if verdict is Verdict.WAIT or verdict is Verdict.HOLD:
            return Decision(verdict)
        kind = KINDS.get(signal) or (BargeIn.BACKCHANNEL if before in NODS else BargeIn.NOISE)
        self.forget()
        return Decision(verdict, kind)

    def speech_is_heard(self, now: float) -> None:
        """The recogniser hears speech: its words may come late."""
        self._speech_at = now

    def due(self) -> float | None:
        """When TIMEOUT is to be signalled, if nothing comes before."""
        if self._state in NODS and self._words_at is not None:
            return self._words_at + BACKCHANNEL_SECONDS
        if self._state is State.SOUND:
            return self._voice_at + LONG_NOISE_SECONDS
        if self._state is State.SILENCE:
            late = self._speech_at >= self._voice_at - SAME_SOUND_SECONDS
            return self._silent_since + (LATE_WORDS_SECONDS if late else NOISE_SECONDS)
        return None

    def _note(self, signal: Signal, now: float) -> None:
        match signal:
            case Signal.VOICE:
                self._voice_at, self._final = now, False
            case Signal.SILENCE:
                self._silent_since = now
            case Signal.NOD | Signal.BACKCHANNEL | Signal.MAYBE:
                if self._words_at is None or signal is Signal.MAYBE:
                    self._words_at = now
                self._final = signal is Signal.NOD
            case _:
                pass


NODS = frozenset({State.NODDING, State.NODDED})
