"""Verdicts and their counts."""

from __future__ import annotations

import pytest

from vantum.core.legal.case import Jurisdiction, LineType, Reason, Scope
from vantum.core.outreach import verdict
from vantum.core.outreach.line import Line, Problem
from vantum.core.outreach.prospect import Person, Prospect, Whereabouts
from vantum.core.outreach.verdict import Accepted, Duplicate, Invalid, Note, Suppressed, Tally

NUMBER = "+12125550100"
PROSPECT = Prospect(
    Line(NUMBER, "US", LineType.UNKNOWN), LineType.UNKNOWN, NUMBER, Person(), Whereabouts(Jurisdiction(), ())
)


def test_a_duplicate_is_of_a_row_or_of_a_contact() -> None:
    with pytest.raises(ValueError, match="of a row or of a contact"):
        Duplicate(2, NUMBER)
    with pytest.raises(ValueError, match="of a row or of a contact"):
        Duplicate(2, NUMBER, 1, "c1")


def test_the_words_of_an_invalid_row() -> None:
    assert Invalid(2, "Tel", Problem.MISSING).words == "There is no phone number."


def test_counts() -> None:
    tally = Tally()
    note = Note("E-Mail", "It is no e-mail address, and left out.", "x")
    for each in (
        Accepted(2, PROSPECT, (note,)),
        Accepted(3, PROSPECT, (note, Note("Land", "It is no country."))),
        Duplicate(4, NUMBER, of_row=2),
        Duplicate(5, NUMBER, of_contact="c1"),
        Invalid(6, "Tel", Problem.TOO_SHORT),
        Invalid(7, "Tel", Problem.TOO_SHORT),
        Suppressed(8, NUMBER, Scope.DOMAIN, Reason.ASKED),
    ):
        tally.add(each)
    found = tally.summary
    assert (found.accepted, found.duplicate, found.invalid, found.suppressed, found.rows) == (2, 2, 2, 1, 7)
    assert found.duplicate_of == {"row": 1, "contact": 1}
    assert found.invalid_by == {"too_short": 2}
    assert found.suppressed_by == {"asked": 1}
    assert found.notes == {"E-Mail: It is no e-mail address, and left out.": 2, "Land: It is no country.": 1}


def test_the_notes_that_are_counted_apart_have_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verdict, "MOST_NOTES_COUNTED", 1)
    tally = Tally()
    tally.add(Accepted(2, PROSPECT, (Note("a", "x"), Note("b", "x"), Note("a", "x"), Note("c", "x"))))
    assert tally.summary.notes == {"a: x": 2, "and others": 2}
