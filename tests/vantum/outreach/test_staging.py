"""Rows that wait: their verdicts in words, and who joins."""

from __future__ import annotations

import pytest

from tests.vantum.outreach.prospects import NUMBER, anna
from tests.vantum.store.rows import NOON
from vantum.core.legal.case import ConsentKind, Method, Reason, Scope
from vantum.core.outreach.line import Problem
from vantum.core.outreach.prospect import GivenConsent, Person
from vantum.core.outreach.verdict import Accepted, Duplicate, Invalid, Note, Suppressed, Verdict
from vantum.outreach.listed_contact import Provenance, contact_of
from vantum.outreach.staging import MOST_NOTES, kind_of, quoted, staged, words_of
from vantum.store.staged import KNOWN, StagedRow
from vantum.store.words import RowVerdict

FAIR = Provenance("Trade fair", "fair.csv", NOON)
CONSENT = GivenConsent(ConsentKind.CALL, Method.WRITTEN, NOON)
ANNA = anna(person=Person(name="Anna", company="Example", domain="example.com"), consent=CONSENT)
NOTES = (Note("Email", "It is no e-mail address.", "x"), Note("", "There are cells behind.", ""))
TOLD = ("Email: It is no e-mail address. It says 'x'.", "There are cells behind.")
FOUND = Accepted(7, ANNA, NOTES)


def joining(verdict: RowVerdict, reason: str = "") -> StagedRow:
    """Anna's row."""
    return StagedRow(
        7,
        verdict,
        reason=reason,
        notes=TOLD,
        number=NUMBER,
        contact=contact_of(ANNA, 7, FAIR),
        company="Example",
        domain="example.com",
        consent=CONSENT,
    )


@pytest.mark.parametrize(
    ("verdict", "expected"),
    [
        (FOUND, joining(RowVerdict.ACCEPTED)),
        (
            Duplicate(7, NUMBER, of_contact="c1"),
            joining(RowVerdict.DUPLICATE, KNOWN),
        ),
        (
            Duplicate(7, NUMBER, of_row=3),
            StagedRow(
                7, RowVerdict.DUPLICATE, reason="Row 3 has the same number.", notes=TOLD, number=NUMBER
            ),
        ),
        (
            Suppressed(7, NUMBER, Scope.DOMAIN, Reason.ASKED),
            StagedRow(
                7,
                RowVerdict.SUPPRESSED,
                reason="The domain is not to be called: asked.",
                notes=TOLD,
                number=NUMBER,
            ),
        ),
    ],
)
def test_a_row_with_a_number(verdict: Verdict, expected: StagedRow) -> None:
    assert staged(FOUND, verdict, FAIR) == expected
    assert kind_of(verdict) is expected.verdict


def test_a_row_without_one() -> None:
    found = Invalid(7, "Telefon", Problem.NOT_A_NUMBER, "abc")
    reason = "It is not a phone number. It says 'abc'."
    assert staged(found, found, FAIR) == StagedRow(7, RowVerdict.INVALID, "Telefon", reason)
    assert kind_of(found) is RowVerdict.INVALID
    assert words_of(found) == "It is not a phone number."


def test_words_are_the_same_for_all_rows() -> None:
    assert words_of(FOUND) == ""
    assert words_of(Duplicate(7, NUMBER, of_row=3)) == words_of(Duplicate(8, NUMBER, of_row=4))
    assert quoted("Words.", "") == "Words."


def test_a_row_has_so_many_notes() -> None:
    row = staged(found := Accepted(7, ANNA, NOTES * MOST_NOTES), found, FAIR)
    assert len(row.notes) == MOST_NOTES


def test_who_is_barred_adds_nothing() -> None:
    row = staged(FOUND, FOUND, FAIR)
    barred = row.barred("Why.")
    assert barred == StagedRow(7, RowVerdict.SUPPRESSED, reason="Why.", notes=TOLD, number=NUMBER)
    assert row.known() == joining(RowVerdict.DUPLICATE, KNOWN)
