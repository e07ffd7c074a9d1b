"""The chain of decisions: each row's hash covers the row before, so that none can be changed, moved or taken out.

Law: the chain shows every change that leaves the last hash as it is known elsewhere. Whoever writes all rows from one
on anew, or takes away the last, is found out by that known ``head`` and by nothing else.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from vantum.core.legal.decision import Decision
from vantum.core.legal.document import canonical, written

GENESIS = "0" * 64
"""What stands before the first row."""


@dataclass(frozen=True, slots=True)
class Row:
    """One decision as it is kept: for which attempt, its canonical JSON, the hash before it and its own."""

    attempt_id: str
    document: str
    previous: str
    hash: str


@dataclass(frozen=True, slots=True)
class Break:
    """The first row (from 0) that does not hold, its attempt, and why; behind the last if the end is missing."""

    row: int
    attempt_id: str
    words: str


def link(attempt_id: str, decision: Decision, previous: str = GENESIS) -> Row:
    """The row of a decision behind the one whose hash is ``previous``."""
    document = written(decision)
    return Row(attempt_id, document, previous, _hash(attempt_id, document, previous))


def verify(rows: Sequence[Row], head: str | None = None) -> Break | None:
    """The first broken row, or None. ``head`` is the last row's hash, if it is known from elsewhere."""
    previous = GENESIS
    for place, row in enumerate(rows):
        if row.previous != previous:
            return Break(place, row.attempt_id, "It does not follow the row before it.")
        if row.hash != _hash(row.attempt_id, row.document, row.previous):
            return Break(place, row.attempt_id, "Its content is not what was decided.")
        previous = row.hash
    if head is not None and head != previous:
        return Break(len(rows), "", "The last row is not the last one that was written.")
    return None


def _hash(attempt_id: str, document: str, previous: str) -> str:
    return hashlib.sha256(canonical([attempt_id, document, previous]).encode()).hexdigest()
