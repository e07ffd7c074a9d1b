"""What reading came to: counts, reasons and their first rows."""

from __future__ import annotations

from tests.vantum.outreach.prospects import NUMBER, anna
from vantum.core.legal.case import Reason as Why
from vantum.core.legal.case import Scope
from vantum.core.outreach.line import Problem
from vantum.core.outreach.verdict import Accepted, Duplicate, Invalid, Note, Suppressed, Verdict
from vantum.outreach.findings import MOST_REASONS, OTHERS, Finding, Reason
from vantum.store.words import RowVerdict


def test_counts_reasons_and_examples() -> None:
    finding = Finding()
    note = Note("Email", "It is no e-mail address.", "x")
    verdicts: tuple[Verdict, ...] = (
        Accepted(2, anna(), (note,)),
        Accepted(3, anna(), (Note("", "There are cells behind.", ""),)),
        Duplicate(4, NUMBER, of_row=2),
        Duplicate(5, NUMBER, of_contact="c1"),
        Suppressed(6, NUMBER, Scope.NUMBER, Why.ASKED),
        *(Invalid(row, "Tel", Problem.NOT_A_NUMBER, f"v{row}") for row in range(7, 12)),
        Invalid(12, "Tel", Problem.MISSING),
    )
    for verdict in verdicts:
        finding.add(verdict)
    found = finding.findings
    assert found.rows == 11
    assert found.counts == {
        RowVerdict.ACCEPTED: 2,
        RowVerdict.DUPLICATE: 2,
        RowVerdict.INVALID: 6,
        RowVerdict.SUPPRESSED: 1,
    }
    assert found.reasons[RowVerdict.ACCEPTED] == ()
    assert found.reasons[RowVerdict.DUPLICATE] == (
        Reason("An earlier row has the same number.", 1, ("row 4 (row 2)",)),
        Reason("The number is a contact already.", 1, ("row 5",)),
    )
    assert found.reasons[RowVerdict.INVALID] == (
        Reason("It is not a phone number.", 5, ("row 7: 'v7'", "row 8: 'v8'", "row 9: 'v9'")),
        Reason("There is no phone number.", 1, ("row 12",)),
    )
    assert found.reasons[RowVerdict.SUPPRESSED] == (
        Reason("The number is not to be called: asked.", 1, ("row 6",)),
    )
    assert found.notes == (
        Reason("Email: It is no e-mail address.", 1, ("row 2: 'x'",)),
        Reason("There are cells behind.", 1, ("row 3",)),
    )


def test_so_many_reasons_are_told_apart() -> None:
    finding = Finding()
    notes = tuple(Note("", f"Note {n}.", "") for n in range(MOST_REASONS + 7))
    finding.add(Accepted(2, anna(), notes))
    finding.add(Accepted(3, anna(), notes[:1]))
    found = finding.findings.notes
    assert len(found) == MOST_REASONS + 1
    assert found[0] == Reason(OTHERS, 7, ("row 2", "row 2", "row 2"))
    assert found[1] == Reason("Note 0.", 2, ("row 2", "row 3"))
