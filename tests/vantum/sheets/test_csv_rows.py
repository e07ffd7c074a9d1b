"""Rows of CSV texts, good and damaged."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vantum.core.errors import UsageError
from vantum.core.outreach.line import Problem
from vantum.core.outreach.verdict import SheetRow
from vantum.sheets.csv_rows import LINE_CHARS, SAMPLE_LINES, csv_rows
from vantum.sheets.limits import LIMITS, Limits

SMALL = Limits(row_lines=5, cell_chars=100, columns=4)


def read(text: str, limits: Limits = LIMITS) -> list[SheetRow]:
    return list(csv_rows(io.StringIO(text, newline=""), limits))


def cells(text: str, limits: Limits = LIMITS) -> list[tuple[str, ...]]:
    return [row.cells for row in read(text, limits)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a,b\r\n1,2\r\n", [("a", "b"), ("1", "2")]),
        ("a,b\r1,2", [("a", "b"), ("1", "2")]),
        ("a;b\n1;", [("a", "b"), ("1", "")]),
        ('a,b\n"x ""y"", z","1\r\n2"', [("a", "b"), ('x "y", z', "1\r\n2")]),
        ('a, "b, c"', [("a", "b, c")]),
        ("a,b\n1,2,3\n4", [("a", "b"), ("1", "2", "3"), ("4",)]),
        ("a\0,b\n\0", [("a", "b")]),
        ("a,b,c,d,e,f,g", [("a", "b", "c", "d", "e")]),
        ("", []),
        ("\n,,\n", []),
        ('5" pipe,b', [('5" pipe', "b")]),
    ],
)
def test_cells(text: str, expected: list[tuple[str, ...]]) -> None:
    assert cells(text, SMALL) == expected


def test_numbers_are_those_a_spreadsheet_shows() -> None:
    assert [row.number for row in read('a,b\n\n"x\ny",2\n3,4')] == [1, 3, 4]
    assert [(row.number, row.cells) for row in read("sep=;\na;b,c")] == [(2, ("a", "b,c"))]


@pytest.mark.parametrize("count", [1, 4, 5, 50, SAMPLE_LINES, 2 * SAMPLE_LINES])
def test_an_open_quotation_mark_spoils_its_own_row(count: int) -> None:
    after = [f"n{n},{n}" for n in range(count)]
    found = read("\n".join(["a,b", 'x,"1', *after]), SMALL)
    assert found[1] == SheetRow(2, (), Problem.UNREADABLE)
    assert [row.cells for row in found[2:]] == [(f"n{n}", str(n)) for n in range(count)]
    assert [row.number for row in found] == list(range(1, count + 3))


def test_two_open_quotation_marks_make_one_cell() -> None:
    assert cells('a,b\nx,"1\ny,"2\nz,3', SMALL) == [("a", "b"), ("x", "1\ny,2"), ("z", "3")]


def test_a_line_without_an_end_spoils_its_own_row() -> None:
    long = "x" * (3 * LINE_CHARS)
    found = read(f"a,b\n{long}\n1,2")
    assert [(row.number, row.problem) for row in found] == [(1, None), (2, Problem.UNREADABLE), (3, None)]
    assert found[2].cells == ("1", "2")


def test_a_long_cell_spoils_its_own_row() -> None:
    found = read(f"a,b\n{'x' * 101},1\n{'x' * 100},2", SMALL)
    assert [row.problem for row in found] == [None, Problem.UNREADABLE, None]


def test_too_many_rows() -> None:
    with pytest.raises(UsageError, match=r"more than 3 rows\. Split"):
        read("a\nb\nc\nd", Limits(rows=3))
    assert len(read("a\nb\nc", Limits(rows=3))) == 3


@given(st.text(st.sampled_from('a,;"\n\r\t \0|é')))
def test_whatever_it_is_it_has_an_end(text: str) -> None:
    found = read(text, SMALL)
    assert len(found) <= text.count("\n") + text.count("\r") + 1
    assert [row.number for row in found] == sorted({row.number for row in found})
