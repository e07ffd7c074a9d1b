"""A row of a list between its verdict and the store: all that it becomes when the whole list is published."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from vantum.core.outreach.prospect import GivenConsent
from vantum.store.contacts import NewContact
from vantum.store.words import RowVerdict

KNOWN: Final = "The number is a contact already."
"""Why somebody who was there before the list is a duplicate."""


@dataclass(frozen=True, slots=True)
class StagedRow:
    """One row (``row`` as a spreadsheet shows it) and its verdict, with the reason as a sentence.

    ``number`` is E.164, "" for a row without one. ``contact`` is who joins: a new contact, or what is new of one
    that is known; None for a row that adds nothing. ``company`` and ``domain`` are where they work.
    """

    row: int
    verdict: RowVerdict
    column: str = ""
    reason: str = ""
    notes: tuple[str, ...] = ()
    number: str = ""
    contact: NewContact | None = None
    company: str = ""
    domain: str = ""
    consent: GivenConsent | None = None

    def barred(self, reason: str) -> StagedRow:
        """The same row of somebody who is not to be called: it adds nothing."""
        return StagedRow(self.row, RowVerdict.SUPPRESSED, reason=reason, notes=self.notes, number=self.number)

    def known(self) -> StagedRow:
        """The same row of somebody who became a contact since it was read."""
        return replace(self, verdict=RowVerdict.DUPLICATE, reason=KNOWN)
