"""What a row's verdict is for the store: a row that waits to be published, its reason in words."""

from __future__ import annotations

from typing import Final

from vantum.core.outreach.verdict import Accepted, Duplicate, Invalid, Suppressed, Verdict
from vantum.outreach.listed_contact import Provenance, contact_of
from vantum.store.publishing import not_to_be_called
from vantum.store.staged import KNOWN, StagedRow
from vantum.store.words import RowVerdict

MOST_NOTES: Final = 50
"""Of one row; a list has up to 256 columns."""


def staged(found: Accepted | Invalid, verdict: Verdict, provenance: Provenance) -> StagedRow:
    """A row as it was read by itself, with its verdict beside all others.

    Somebody who is a contact already joins too: the list may tell what is new of them, and its campaign calls them.
    """
    if isinstance(found, Invalid):
        reason = quoted(found.words, found.value)
        return StagedRow(found.row, RowVerdict.INVALID, found.column, reason)
    prospect, notes = found.prospect, _notes(found)
    match verdict:
        case Suppressed():
            return StagedRow(
                found.row,
                RowVerdict.SUPPRESSED,
                reason=words_of(verdict),
                notes=notes,
                number=prospect.number,
            )
        case Duplicate(of_row=int() as first):
            reason = f"Row {first} has the same number."
            return StagedRow(
                found.row, RowVerdict.DUPLICATE, reason=reason, notes=notes, number=prospect.number
            )
    return StagedRow(
        found.row,
        kind_of(verdict),
        reason=words_of(verdict),
        notes=notes,
        number=prospect.number,
        contact=contact_of(prospect, found.row, provenance),
        company=prospect.person.company,
        domain=prospect.person.domain,
        consent=prospect.consent,
    )


def kind_of(verdict: Verdict) -> RowVerdict:
    """The word for a verdict."""
    match verdict:
        case Accepted():
            return RowVerdict.ACCEPTED
        case Duplicate():
            return RowVerdict.DUPLICATE
        case Invalid():
            return RowVerdict.INVALID
        case _:
            return RowVerdict.SUPPRESSED


def words_of(verdict: Verdict) -> str:
    """The reason of a verdict, the same for all rows that have it; "" for one that is accepted."""
    match verdict:
        case Invalid():
            return verdict.words
        case Suppressed():
            return not_to_be_called(verdict.scope, verdict.reason)
        case Duplicate():
            return KNOWN if verdict.of_row is None else "An earlier row has the same number."
        case _:
            return ""


def quoted(words: str, value: str) -> str:
    """A sentence, and what stands in the cell that it is about."""
    return f"{words} It says {value!r}." if value else words


def _notes(found: Accepted) -> tuple[str, ...]:
    told = found.notes[:MOST_NOTES]
    return tuple(": ".join(filter(None, (note.column, quoted(note.words, note.value)))) for note in told)
