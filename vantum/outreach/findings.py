"""What reading a list has come to: how many rows have which verdict and why, with the first of them as examples."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from vantum.core.outreach.verdict import Accepted, Duplicate, Invalid, Verdict
from vantum.outreach.staging import kind_of, words_of
from vantum.store.words import RowVerdict

EXAMPLES: Final = 3
MOST_REASONS: Final = 200
"""Different reasons and notes that are told apart; the rest are counted together."""
OTHERS: Final = "and other reasons"


@dataclass(frozen=True, slots=True)
class Reason:
    """Why rows have a verdict: how many, and the first of them ("row 7: 'n/a'")."""

    words: str
    count: int
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Findings:
    """Rows by their verdict; the reasons of each, and the fields of accepted rows that were left out or changed,
    the most frequent first."""

    counts: Mapping[RowVerdict, int]
    reasons: Mapping[RowVerdict, tuple[Reason, ...]]
    notes: tuple[Reason, ...]

    @property
    def rows(self) -> int:
        """All rows that were read."""
        return sum(self.counts.values())


class Finding:
    """Counts verdicts as they come."""

    def __init__(self) -> None:
        self._kinds = Counter[RowVerdict]()
        self._why = {kind: _Reasons() for kind in RowVerdict}
        self._notes = _Reasons()

    @property
    def counts(self) -> Mapping[RowVerdict, int]:
        """How many rows have which verdict so far, those without any included."""
        return {kind: self._kinds[kind] for kind in RowVerdict}

    @property
    def findings(self) -> Findings:
        """What was found so far."""
        reasons = {kind: self._why[kind].ordered() for kind in RowVerdict}
        return Findings(self.counts, reasons, self._notes.ordered())

    def add(self, verdict: Verdict) -> None:
        """Count one row."""
        kind = kind_of(verdict)
        self._kinds[kind] += 1
        if not isinstance(verdict, Accepted):
            self._why[kind].add(words_of(verdict), _example(verdict))
            return
        for note in verdict.notes:
            words = ": ".join(filter(None, (note.column, note.words)))
            self._notes.add(words, _row(verdict.row, note.value))


class _Reasons:
    def __init__(self) -> None:
        self._counts = Counter[str]()
        self._examples: dict[str, list[str]] = {}

    def add(self, words: str, example: str) -> None:
        if words not in self._counts and len(self._counts) >= MOST_REASONS:
            words = OTHERS
        self._counts[words] += 1
        examples = self._examples.setdefault(words, [])
        if len(examples) < EXAMPLES:
            examples.append(example)

    def ordered(self) -> tuple[Reason, ...]:
        return tuple(
            Reason(words, count, tuple(self._examples[words])) for words, count in self._counts.most_common()
        )


def _example(verdict: Verdict) -> str:
    match verdict:
        case Invalid():
            return _row(verdict.row, verdict.value)
        case Duplicate(of_row=int() as first):
            return f"row {verdict.row} (row {first})"
        case _:
            return _row(verdict.row, "")


def _row(row: int, value: str) -> str:
    return f"row {row}: {value!r}" if value else f"row {row}"
