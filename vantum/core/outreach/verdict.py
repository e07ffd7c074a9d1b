"""What becomes of a row of a list: exactly one of four verdicts, and the counts of them.

Law: a row that cannot be used never touches another one, and a field that cannot be used never touches the row.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from vantum.core.legal.case import Reason, Scope
from vantum.core.outreach.line import WORDS, Problem
from vantum.core.outreach.prospect import Prospect

MOST_NOTES_COUNTED: Final = 500
"""Different notes that a summary names; the rest are counted together."""


@dataclass(frozen=True, slots=True)
class SheetRow:
    """A row as the file has it; ``number`` is the one that a spreadsheet shows, from 1.

    A row that cannot be read has a ``problem`` and no cells.
    """

    number: int
    cells: tuple[str, ...]
    problem: Problem | None = None


@dataclass(frozen=True, slots=True)
class Note:
    """Why a cell of an accepted row was left out or changed; ``value`` is safe to show."""

    column: str
    words: str
    value: str = ""


@dataclass(frozen=True, slots=True)
class Accepted:
    """The row is a prospect."""

    row: int
    prospect: Prospect
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class Duplicate:
    """The number is known: from row ``of_row`` of the same file, or from contact ``of_contact``."""

    row: int
    number: str
    of_row: int | None = None
    of_contact: str = ""

    def __post_init__(self) -> None:
        if (self.of_row is None) is not bool(self.of_contact):
            raise ValueError("A duplicate is of a row or of a contact.")


@dataclass(frozen=True, slots=True)
class Invalid:
    """The row has no number to call; ``value`` is what stands in ``column``, safe to show."""

    row: int
    column: str
    problem: Problem
    value: str = ""

    @property
    def words(self) -> str:
        """The reason, as a sentence."""
        return WORDS[self.problem]


@dataclass(frozen=True, slots=True)
class Suppressed:
    """The number, or the company's domain, must not be called."""

    row: int
    number: str
    scope: Scope
    reason: Reason


Verdict = Accepted | Duplicate | Invalid | Suppressed


@dataclass(frozen=True, slots=True)
class Summary:
    """How many rows got which verdict; the mappings have the reasons' values and the notes (column and words)."""

    accepted: int
    duplicate: int
    invalid: int
    suppressed: int
    duplicate_of: Mapping[str, int]
    invalid_by: Mapping[str, int]
    suppressed_by: Mapping[str, int]
    notes: Mapping[str, int]

    @property
    def rows(self) -> int:
        """All rows that were looked at."""
        return self.accepted + self.duplicate + self.invalid + self.suppressed


@dataclass(slots=True)
class Tally:
    """Counts verdicts as they come; ``summary`` may be asked for at any time."""

    _kinds: Counter[str] = field(default_factory=Counter)
    _duplicate_of: Counter[str] = field(default_factory=Counter)
    _invalid_by: Counter[str] = field(default_factory=Counter)
    _suppressed_by: Counter[str] = field(default_factory=Counter)
    _notes: Counter[str] = field(default_factory=Counter)

    def add(self, verdict: Verdict) -> None:
        """Count one row."""
        match verdict:
            case Accepted():
                self._kinds["accepted"] += 1
                self._note(verdict.notes)
            case Duplicate():
                self._kinds["duplicate"] += 1
                self._duplicate_of["contact" if verdict.of_row is None else "row"] += 1
            case Invalid():
                self._kinds["invalid"] += 1
                self._invalid_by[verdict.problem.value] += 1
            case _:
                self._kinds["suppressed"] += 1
                self._suppressed_by[verdict.reason.value] += 1

    @property
    def summary(self) -> Summary:
        """The counts so far."""
        return Summary(
            accepted=self._kinds["accepted"],
            duplicate=self._kinds["duplicate"],
            invalid=self._kinds["invalid"],
            suppressed=self._kinds["suppressed"],
            duplicate_of=dict(self._duplicate_of),
            invalid_by=dict(self._invalid_by),
            suppressed_by=dict(self._suppressed_by),
            notes=dict(self._notes),
        )

    def _note(self, notes: tuple[Note, ...]) -> None:
        for note in notes:
            words = f"{note.column}: {note.words}"
            full = len(self._notes) >= MOST_NOTES_COUNTED and words not in self._notes
            self._notes["and others" if full else words] += 1
