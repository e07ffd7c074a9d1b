"""The chain of decisions shows every change."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.vantum.core.legal.legal_cases import NOON, case, patient
from vantum.core.legal.chain import GENESIS, Break, Row, link, verify
from vantum.core.legal.decision import Decision
from vantum.core.legal.gate import decide

DECISIONS = tuple(decide(case(now=NOON + timedelta(hours=hours))) for hours in (0, 12, 24))


def chain(decisions: tuple[Decision, ...]) -> list[Row]:
    """Rows of decisions, from the first."""
    rows: list[Row] = []
    for place, decision in enumerate(decisions):
        rows.append(link(f"attempt-{place}", decision, rows[-1].hash if rows else GENESIS))
    return rows


def test_a_whole_chain_holds() -> None:
    rows = chain(DECISIONS)
    assert verify([]) is None
    assert verify(rows) is None
    assert verify(rows, head=rows[-1].hash) is None
    assert verify([], head=GENESIS) is None


def test_hashes_are_those_that_anybody_can_calculate() -> None:
    row = link("attempt-0", DECISIONS[0])
    assert row.previous == "0" * 64
    assert len(row.hash) == 64
    assert link("attempt-0", DECISIONS[0]) == row
    assert link("attempt-1", DECISIONS[0]).hash != row.hash


@pytest.mark.parametrize("place", [0, 1, 2])
@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("attempt_id", "attempt-9", "Its content is not what was decided."),
        ("document", "{}", "Its content is not what was decided."),
        ("hash", "f" * 64, "Its content is not what was decided."),
        ("previous", "f" * 64, "It does not follow the row before it."),
    ],
)
def test_the_first_broken_row_is_named(place: int, field: str, value: str, words: str) -> None:
    rows = chain(DECISIONS)
    rows[place] = replace(rows[place], **{field: value})
    assert verify(rows) == Break(place, rows[place].attempt_id, words)


def test_a_row_that_is_written_anew_with_its_hash_breaks_the_next() -> None:
    rows = chain(DECISIONS)
    rows[1] = link("attempt-1", DECISIONS[0], rows[0].hash)
    assert verify(rows) == Break(2, "attempt-2", "It does not follow the row before it.")


def test_a_row_that_is_written_anew_and_joined_to_the_next_breaks_the_next() -> None:
    rows = chain(DECISIONS)
    rows[1] = link("attempt-1", DECISIONS[0], rows[0].hash)
    rows[2] = replace(rows[2], previous=rows[1].hash)
    assert verify(rows) == Break(2, "attempt-2", "Its content is not what was decided.")


def test_a_missing_end_is_found_by_the_head() -> None:
    rows = chain(DECISIONS)
    assert verify(rows[:-1]) is None
    expected = Break(2, "", "The last row is not the last one that was written.")
    assert verify(rows[:-1], head=rows[-1].hash) == expected


@patient
@given(st.data())
def test_every_change_is_found(data: st.DataObject) -> None:
    count = data.draw(st.integers(1, 6))
    rows = chain(tuple(data.draw(st.sampled_from(DECISIONS)) for _ in range(count)))
    changed = _changed(rows, data)
    broken = verify(changed, head=rows[-1].hash)
    if changed == rows:
        assert broken is None
        return
    assert broken is not None
    # No row before the first one that differs is blamed.
    same = next(
        (i for i, (a, b) in enumerate(zip(rows, changed, strict=False)) if a != b), min(count, len(changed))
    )
    assert same <= broken.row <= same + 1


def _changed(rows: list[Row], data: st.DataObject) -> list[Row]:
    place = data.draw(st.integers(0, len(rows) - 1))
    other = data.draw(st.integers(0, len(rows) - 1))
    match data.draw(st.sampled_from(("character", "drop", "swap", "repeat", "insert"))):
        case "drop":
            return rows[:place] + rows[place + 1 :]
        case "swap":
            mixed = rows.copy()
            mixed[place], mixed[other] = mixed[other], mixed[place]
            return mixed
        case "repeat":
            return [*rows[:place], rows[other], *rows[place:]]
        case "insert":
            forged = link("attempt-x", DECISIONS[0], rows[place].previous)
            return [*rows[:place], forged, *rows[place:]]
        case _:
            return [*rows[:place], _with_other_character(rows[place], data), *rows[place + 1 :]]


def _with_other_character(row: Row, data: st.DataObject) -> Row:
    field = data.draw(st.sampled_from(("attempt_id", "document", "previous", "hash")))
    text: str = getattr(row, field)
    at = data.draw(st.integers(0, len(text) - 1))
    return replace(row, **{field: text[:at] + data.draw(st.characters(codec="ascii")) + text[at + 1 :]})
