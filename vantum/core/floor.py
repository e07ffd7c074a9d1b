"""What the bot is doing: the lines on their way to the caller's ear, in order, and what may stop them.

A line is one utterance: an answer of the language model, or a sentence of the bot's own. Each line that is on its
way ends in one report of what was heard of it; a cut ends all of them in one.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from enum import StrEnum


class Floor(StrEnum):
    """What the bot is doing."""

    SILENT = "silent"
    DRAFTING = "drafting"  # an answer is made in advance, and may come to nothing
    THINKING = "thinking"  # a line is on its way and not yet heard
    SPEAKING = "speaking"
    CUTTING = "cutting"  # cut, and what was heard is not yet reported


class Kind(StrEnum):
    """What a line is."""

    ANSWER = "answer"
    OWN = "own"  # a sentence of the bot's own: a greeting, a question whether the caller is there
    FAILURE = "failure"  # said instead of an answer
    DISCLOSURE = "disclosure"  # must be heard: no sound of the caller stops it


class FollowUp(StrEnum):
    """Whether the language model is asked again when a tool has returned."""

    ALWAYS = "always"
    UNLESS_SPOKEN = "unless spoken"  # not when it said something in the answer that called the tool
    NEVER = "never"


@dataclass(slots=True)
class Line:
    """One line; ``call_id`` is the first tool that an answer called, "" for none."""

    kind: Kind
    call_id: str = ""


class Lines:
    """The lines of one call on their way."""

    def __init__(self) -> None:
        self._state = Floor.SILENT
        self._lines: deque[Line] = deque()
        self._cut = 0

    @property
    def state(self) -> Floor:
        """What the bot is doing."""
        return self._state

    @property
    def answer(self) -> Line | None:
        """The answer that was begun last, of those on their way."""
        return next((line for line in reversed(self._lines) if line.kind is Kind.ANSWER), None)

    @property
    def under_way(self) -> bool:
        """Whether a line is to be heard, now or soon."""
        return self._state in (Floor.THINKING, Floor.SPEAKING)

    @property
    def interruptible(self) -> bool:
        """Whether a sound of the caller may stop what is said."""
        return self.under_way and self._lines[0].kind is not Kind.DISCLOSURE

    def draft(self) -> None:
        """An answer is made in advance."""
        self._state = Floor.DRAFTING
        self._lines.append(Line(Kind.ANSWER))

    def commit(self) -> None:
        """The draft is the answer."""
        self._state = Floor.THINKING if self._lines else Floor.SILENT

    def begin(self, kind: Kind) -> None:
        """A line is on its way."""
        self._lines.append(Line(kind))
        if self._state is Floor.SILENT:
            self._state = Floor.THINKING

    def started(self) -> None:
        """The first line is heard."""
        if self._state is Floor.THINKING:
            self._state = Floor.SPEAKING

    def cut(self) -> None:
        """All lines are cut; what was heard of the first will be reported."""
        self._state = Floor.CUTTING
        self._cut = len(self._lines)

    def ended(self) -> Line | None:
        """The report came that the first line was heard to its end; None for a stray."""
        if not self._lines:
            return None
        line = self._lines.popleft()
        self._cut = max(0, self._cut - 1)
        if self.under_way:
            self._state = Floor.THINKING if self._lines else Floor.SILENT
        return line

    def was_cut(self) -> Line | None:
        """The report of a cut came; the line that was cut, or None for a stray or when nothing was on its way."""
        if self._state is not Floor.CUTTING:
            return None
        cut = [self._lines.popleft() for _ in range(self._cut)]
        self._state = Floor.THINKING if self._lines else Floor.SILENT
        return cut[0] if cut else None
