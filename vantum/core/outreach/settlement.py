"""What a call came to, from all who have a say: the caller's own words, the bot's tools, the line, the analysis.

Law: a wish not to be called outweighs all. What a person did in the call (a meeting, a callback) is what the tool
wrote down when they did it; what they think is for the analysis to say, whose values are proved by quotes. One
without a language model is asked last.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from vantum.core.outreach.outcome import ANSWERED, REACHED, AttemptOutcome, Disposition


class Voice(StrEnum):
    """Whose word it is."""

    CALLER = "caller"  # hard patterns heard it in the caller's words
    TOOL = "tool"  # the bot wrote it down
    LINE = "line"  # a machine took the call
    ANALYSIS = "analysis"


class Weight(StrEnum):
    """What an analysis is worth."""

    MODEL = "model"
    EMBEDDED = "embedded"  # no language model has read the call


DEEDS: Final = frozenset({Disposition.MEETING_BOOKED, Disposition.CALLBACK})
"""What a person did, and the bot wrote down when they did it."""
QUALIFIED: Final = frozenset({Disposition.INTERESTED, Disposition.MEETING_BOOKED})
"""Who is worth a colleague's time."""
MACHINES: Final = ANSWERED - REACHED - {AttemptOutcome.ABANDONED}


@dataclass(frozen=True, slots=True)
class Analysed:
    """What an analysis says; ``disposition`` is None where it proved none."""

    disposition: Disposition | None
    weight: Weight = Weight.MODEL

    def outweighs(self, told: Disposition | None) -> bool:
        """Whether it counts more than what the bot said of the same call."""
        return told is None or self.weight is Weight.MODEL


@dataclass(frozen=True, slots=True)
class Judged:
    """How a call came out, and by whose word."""

    disposition: Disposition
    voice: Voice


@dataclass(frozen=True, slots=True)
class Words:
    """What is known from the call itself: ``wishes`` are heard by hard patterns, ``told`` is the tool's last word.

    A wish that a tool wrote down stays one, whatever it wrote down later.
    """

    wishes: bool = False
    told: tuple[Disposition, ...] = ()

    @property
    def last(self) -> Disposition | None:
        """How the bot said that it came out."""
        if Disposition.DO_NOT_CALL in self.told:
            return Disposition.DO_NOT_CALL
        return self.told[-1] if self.told else None


def judged(words: Words, outcome: AttemptOutcome | None, analysed: Analysed | None = None) -> Judged | None:
    """How a call came out; None while nobody can tell. Without ``analysed`` it is what is known before."""
    last = words.last
    if words.wishes:
        return Judged(Disposition.DO_NOT_CALL, Voice.CALLER)
    if last is Disposition.DO_NOT_CALL:
        return Judged(last, Voice.TOOL)
    if outcome in MACHINES:
        return Judged(Disposition.VOICEMAIL, Voice.LINE)
    if last in DEEDS:
        return Judged(last, Voice.TOOL)
    if analysed is not None and analysed.disposition is not None and analysed.outweighs(last):
        return Judged(analysed.disposition, Voice.ANALYSIS)
    return None if last is None else Judged(last, Voice.TOOL)
