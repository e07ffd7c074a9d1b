"""Who is rung: how a scripted prospect takes a call, and what they do in it, one step after the other."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from vantum.core.dtmf import KEYS
from vantum.core.machine import AnsweredBy

MOST_STEPS: Final = 30
MOST_NUMBERS: Final = 20
MOST_SHARE: Final = 1_000
LONGEST_LINE: Final = 200
"""Characters of one line, which are some fifteen seconds of speech."""
LONGEST_KEYS: Final = 32
LONGEST_WAIT: Final = 300.0
"""Seconds that anything may be waited for."""
PATTERN: Final = re.compile(r"\+[0-9?]{1,15}\*?")
VOICES: Final = ("female", "male")


class Pickup(StrEnum):
    """What becomes of the ringing."""

    ANSWERS = "answers"
    BUSY = "busy"
    DECLINES = "declines"
    NO_ANSWER = "no_answer"
    UNREACHABLE = "unreachable"  # the network knows no such line
    INVALID = "invalid"  # the carrier does not even try


class Cue(StrEnum):
    """From when the seconds before a step count."""

    AT = "at"  # the answer
    AFTER_BOT = "after_bot"  # the bot's silence, once it has spoken since the step before
    OVER_BOT = "over_bot"  # what the bot says since the step before: it is interrupted


@dataclass(frozen=True, slots=True)
class When:
    """The moment of a step: ``seconds`` after its cue."""

    cue: Cue
    seconds: float

    def __post_init__(self) -> None:
        if not 0.0 <= self.seconds <= LONGEST_WAIT:
            raise ValueError(f"{self.seconds:g} s is out of range; allowed: 0 to {LONGEST_WAIT:g}.")


@dataclass(frozen=True, slots=True)
class Says:
    """A line is said, to its end."""

    text: str

    def __post_init__(self) -> None:
        if not self.text.strip() or len(self.text) > LONGEST_LINE:
            raise ValueError(f"A line has 1 to {LONGEST_LINE} characters, not {len(self.text)}.")


@dataclass(frozen=True, slots=True)
class Beeps:
    """The tone of an answering machine."""


@dataclass(frozen=True, slots=True)
class Presses:
    """Keys of the telephone."""

    keys: str

    def __post_init__(self) -> None:
        if not self.keys or len(self.keys) > LONGEST_KEYS or not set(self.keys) <= set(KEYS):
            raise ValueError(f"Keys are 1 to {LONGEST_KEYS} of {KEYS}.")


@dataclass(frozen=True, slots=True)
class HangsUp:
    """They put the receiver down."""


Deed = Says | Beeps | Presses | HangsUp


@dataclass(frozen=True, slots=True)
class Step:
    """Something that a prospect does at a moment."""

    when: When
    deed: Deed


@dataclass(frozen=True, slots=True)
class Prospect:
    """Somebody who is rung.

    ``numbers`` are patterns of E.164 numbers that are theirs: ``?`` is any digit, ``*`` at the end any digits. They
    have ``share`` parts of all other numbers. What they do with the ringing shows after ``answers_after`` seconds.
    The carrier is told ``answered_by`` at ``verdict_after`` seconds, or soon after the last step if that is None.
    """

    name: str
    numbers: tuple[str, ...] = ()
    share: int = 1
    pickup: Pickup = Pickup.ANSWERS
    answers_after: float = 2.0
    voice: str = VOICES[0]
    answered_by: AnsweredBy = AnsweredBy.HUMAN
    verdict_after: float | None = 2.0
    steps: tuple[Step, ...] = ()

    def __post_init__(self) -> None:
        for flaw in (self._flaw_of_numbers(), self._flaw_of_steps()):
            if flaw:
                raise ValueError(f"{self.name}: {flaw}")

    def has(self, number: str) -> bool:
        """Whether ``number`` is one of theirs."""
        return any(re.fullmatch(_expression(pattern), number) for pattern in self.numbers)

    def _flaw_of_numbers(self) -> str:
        if len(self.numbers) > MOST_NUMBERS:
            return f"{len(self.numbers)} numbers are too many; allowed: {MOST_NUMBERS}."
        if not all(PATTERN.fullmatch(pattern) for pattern in self.numbers):
            return "A number is + and digits; ? is any digit, * at the end any digits."
        if not 0 <= self.share <= MOST_SHARE:
            return f"A share is 0 to {MOST_SHARE}, not {self.share}."
        return (
            "" if self.numbers or self.share else "Without numbers and without a share they are never rung."
        )

    def _flaw_of_steps(self) -> str:
        if (
            not 0.0 <= self.answers_after <= LONGEST_WAIT
            or not 0.0 <= (self.verdict_after or 0) <= LONGEST_WAIT
        ):
            return f"Nothing is waited for longer than {LONGEST_WAIT:g} s."
        if self.voice not in VOICES:
            return f"There is no voice {self.voice!r}; allowed: {', '.join(VOICES)}."
        if len(self.steps) > MOST_STEPS:
            return f"{len(self.steps)} steps are too many; allowed: {MOST_STEPS}."
        if bool(self.steps) is not (self.pickup is Pickup.ANSWERS):
            return "Who answers does something, and nobody else can."
        return ""


def _expression(pattern: str) -> str:
    return re.escape(pattern).replace(r"\?", "[0-9]").replace(r"\*", "[0-9]*")
