"""A dialogue as values: what the agent says, what it expects to hear, and where each answer leads.

The law: a script that exists can be followed to its end. Every name leads to a step or an exit, and every
meaning that the caller may have at any moment is answered; ``script_reader`` builds no other.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

_FIRST_SENTENCE = re.compile(r"[^.!?]*[.!?]*")


class Disposition(StrEnum):
    """How a call came out."""

    INTERESTED = "interested"
    MEETING_BOOKED = "meeting_booked"
    CALLBACK = "callback"
    NOT_INTERESTED = "not_interested"
    DO_NOT_CALL = "do_not_call"
    WRONG_PERSON = "wrong_person"
    NO_CONVERSATION = "no_conversation"


@dataclass(frozen=True, slots=True)
class Expected:
    """An answer that a step waits for: ``say`` first (may be empty), then ``goto`` a step or an exit."""

    goto: str
    say: str = ""
    phrases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SlotQuestions:
    """How a step takes a day and a time. ``then`` is reached only by a clear yes to ``confirm``."""

    ask_day: str
    ask_time: str
    confirm: str
    then: str


@dataclass(frozen=True, slots=True)
class Step:
    """A question and the answers it expects, by intent."""

    id: str
    say: str
    expects: Mapping[str, Expected] = field(default_factory=dict)
    slot: SlotQuestions | None = None
    reprompts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Objection:
    """What may come at any step: ``say`` one text after the other, then ``goto``, or the last text again."""

    say: tuple[str, ...] = ()
    goto: str | None = None
    phrases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Exit:
    """A last sentence and how the call came out."""

    id: str
    say: str
    disposition: Disposition


@dataclass(frozen=True, slots=True)
class Script:
    """A whole dialogue. The greeting asks the question of the step ``start``."""

    company: str
    agent: str
    greeting: str
    start: str
    give_up: str
    steps: Mapping[str, Step]
    objections: Mapping[str, Objection]
    exits: Mapping[str, Exit]

    @property
    def disclosure(self) -> str:
        """The first sentence of the greeting, which says that this is an AI: the caller must hear it."""
        return self.greeting.removesuffix(self.invitation).strip()

    @property
    def invitation(self) -> str:
        """The rest of the greeting."""
        return _FIRST_SENTENCE.sub("", self.greeting, count=1).strip()

    @property
    def phrases(self) -> tuple[str, ...]:
        """Every example phrase once, in lower case words: what a language model for this call should know."""
        answers = (expected.phrases for step in self.steps.values() for expected in step.expects.values())
        objections = (objection.phrases for objection in self.objections.values())
        return tuple(dict.fromkeys(phrase for group in (*answers, *objections) for phrase in group))
