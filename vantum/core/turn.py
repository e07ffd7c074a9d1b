"""When is the caller's turn over? A table: (state, event) -> (state, rule).

A turn is opened by speech (or by words, when the voice activity detector is deaf) and committed once, with all
its words: when speech has stopped and the recogniser has said all it heard, or when the caller ends it by hand.
No turn commits while the caller speaks, except by hand; a turn without words is closed and never answered.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from vantum.core.events import TurnEnd


class State(StrEnum):
    """Where the caller's turn stands."""

    QUIET = "quiet"  # no turn is open
    SPEAKING = "speaking"  # the caller is heard
    SETTLING = "settling"  # silence; the last words may still come


class Signal(StrEnum):
    """What the detectors say."""

    SPEECH_STARTED = "speech_started"
    SPEECH_STOPPED = "speech_stopped"
    INTERIM = "interim"
    FINAL = "final"
    WORDS_COMPLETE = "words_complete"  # the recogniser has nothing more to say
    HAND = "hand"
    TIMEOUT = "timeout"  # the recogniser said nothing for too long


class Rule(StrEnum):
    """What a move does, given the words so far."""

    NOTHING = "nothing"
    OPEN = "open"
    COMMIT_NEW = "commit_new"  # commit unless these words were just answered
    COMMIT_SETTLED = "commit_settled"  # commit when no word is outstanding, else settle
    COMMIT_ALL = "commit_all"  # commit what there is, interim words too; close when there is none
    SETTLE = "settle"  # wait for the last words


MOVES: dict[tuple[State, Signal], tuple[State, Rule]] = {
    (State.QUIET, Signal.SPEECH_STARTED): (State.SPEAKING, Rule.OPEN),
    (State.QUIET, Signal.FINAL): (State.QUIET, Rule.COMMIT_NEW),
    (State.QUIET, Signal.HAND): (State.SETTLING, Rule.SETTLE),
    (State.SPEAKING, Signal.SPEECH_STOPPED): (State.QUIET, Rule.COMMIT_SETTLED),
    (State.SPEAKING, Signal.HAND): (State.SETTLING, Rule.SETTLE),
    (State.SETTLING, Signal.SPEECH_STARTED): (State.SPEAKING, Rule.NOTHING),
    (State.SETTLING, Signal.INTERIM): (State.SETTLING, Rule.SETTLE),
    (State.SETTLING, Signal.FINAL): (State.QUIET, Rule.COMMIT_ALL),
    (State.SETTLING, Signal.WORDS_COMPLETE): (State.QUIET, Rule.COMMIT_ALL),
    (State.SETTLING, Signal.TIMEOUT): (State.QUIET, Rule.COMMIT_ALL),
}
"""A pair that is not here changes nothing but the words."""


@dataclass(frozen=True, slots=True)
class Opened:
    """The caller began to speak."""


@dataclass(frozen=True, slots=True)
class AwaitWords:
    """Wait for the recogniser; if it stays silent for the agreed time, signal TIMEOUT."""


@dataclass(frozen=True, slots=True)
class Committed:
    """The turn is over: answer ``text``."""

    text: str
    ended_by: TurnEnd


@dataclass(frozen=True, slots=True)
class ClosedEmpty:
    """The turn is over and had no words."""


Action = Opened | AwaitWords | Committed | ClosedEmpty


class Turn:
    """The caller's turn under way: its state and its words."""

    def __init__(self) -> None:
        self._state = State.QUIET
        self._finals: list[str] = []
        self._interim = ""
        self._by_hand = False
        self._answered = ""

    @property
    def state(self) -> State:
        return self._state

    @property
    def words(self) -> str:
        """All words so far; a trailing interim counts."""
        return " ".join(part for part in (*self._finals, self._interim) if part)

    def take(self, signal: Signal, text: str = "") -> Action | None:
        """Move on one signal; ``text`` goes with INTERIM and FINAL. Returns what is to be done, if anything."""
        text = " ".join(text.split())
        if signal is Signal.FINAL and not text:
            signal = Signal.WORDS_COMPLETE
        if signal is Signal.FINAL and self._repeats(text):
            return None
        self._note(signal, text)
        state, rule = MOVES.get((self._state, signal), (self._state, Rule.NOTHING))
        return self._apply(state, rule)

    def _repeats(self, text: str) -> bool:
        """A final that comes between turns with the words just answered is an echo of the recogniser."""
        return self._state is State.QUIET and folded(text) == self._answered

    def _note(self, signal: Signal, text: str) -> None:
        match signal:
            case Signal.INTERIM:
                self._interim = text
            case Signal.FINAL:
                self._finals.append(text)
                self._interim = ""
            case Signal.HAND:
                self._by_hand = True
            case Signal.SPEECH_STARTED:
                self._answered = ""

    def _apply(self, state: State, rule: Rule) -> Action | None:
        match rule:
            case Rule.NOTHING:
                self._state = state
                return None
            case Rule.OPEN:
                self._state = state
                return Opened()
            case Rule.SETTLE:
                self._state = state
                return AwaitWords()
            case Rule.COMMIT_NEW:
                return self._close(TurnEnd.STT)
            case Rule.COMMIT_SETTLED if self._interim or not self._finals:
                self._state = State.SETTLING
                return AwaitWords()
            case _:  # COMMIT_SETTLED with no word outstanding, and COMMIT_ALL
                return self._close(TurnEnd.SILENCE)

    def _close(self, ended_by: TurnEnd) -> Action:
        text, by_hand = self.words, self._by_hand
        self._state, self._finals, self._interim, self._by_hand = State.QUIET, [], "", False
        if not text:
            return ClosedEmpty()
        self._answered = folded(text)
        return Committed(text, TurnEnd.HAND if by_hand else ended_by)


def folded(text: str) -> str:
    """``text`` without case and punctuation, for comparing what a recogniser said twice."""
    return " ".join("".join(c for c in text.casefold() if c.isalnum() or c.isspace()).split())
