"""Rows of workbooks' sheets."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.vantum.sheets import books
from vantum.core.errors import UsageError
from vantum.core.outreach.line import Problem
from vantum.core.outreach.verdict import SheetRow
from vantum.sheets.limits import LIMITS, Limits
from vantum.sheets.sheet import open_sheet
from vantum.sheets.xlsx_rows import column_index


def read(path: Path, *rows: str, limits: Limits = LIMITS, **others: str) -> list[SheetRow]:
    file = books.write(path / "list.xlsx", books.parts(books.sheet(*rows), **others))
    with open_sheet(file, limits=limits) as found:
        return list(found.rows)


def cells(path: Path, *rows: str, **others: str) -> list[tuple[str, ...]]:
    return [row.cells for row in read(path, *rows, limits=LIMITS, **others)]


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (books.row("Anna", None, 15551234567.0), ("Anna", "", "15551234567")),
        (books.row("Anna", None, None), ("Anna",)),
        (books.row(" a\nb ", "=1+1", "<&>"), (" a\nb ", "=1+1", "<&>")),
        ('<row><c r="C1"><v>3</v></c><c r="A1"><v>1</v></c></row>', ("1", "", "3")),
        ('<row><c r="B1"><v>2</v></c><c><v>3</v></c></row>', ("", "2", "3")),
        (
            '<row><c t="s"><v>1</v></c><c t="b"><v>1</v></c><c t="b"><v>0</v></c></row>',
            ("shared", "TRUE", "FALSE"),
        ),
        ('<row><c t="e"><v>#N/A</v></c><c t="str"><f>A1&amp;B1</f><v>x</v></c></row>', ("", "x")),
        ("<row><c><f>1+1</f></c><c><f>2+2</f><v>4</v></c></row>", ("", "4")),
        ('<row><c t="d"><v>2026-03-01</v></c></row>', ("2026-03-01",)),
        (
            '<row><c s="1"><v>2134</v></c><c s="2"><v>46082</v></c><c s="9"><v>5</v></c></row>',
            ("02134", "2026-03-01", "5"),
        ),
        ('<row><c t="str"><v>a_x000D_b_x005F_c</v></c></row>', ("a\rb_c",)),
        ("<row><c><v> </v></c><c><v>1</v></c></row>", ("", "1")),
        (
            '<row><c t="inlineStr"><is><r><t>a</t></r><rPh><t>x</t></rPh><r><t>b</t></r></is></c></row>',
            ("ab",),
        ),
        ("<row><c><is><t>no inline text</t></is></c><c><v>1</v></c></row>", ("", "1")),
    ],
)
def test_cells(tmp_path: Path, row: str, expected: tuple[str, ...]) -> None:
    found = cells(
        tmp_path,
        row,
        sharedStrings=books.texts("no", "shared"),
        styles=books.styles("General", "00000", "d.m.yy"),
    )
    assert found == [expected]


def test_numbers_and_empty_rows(tmp_path: Path) -> None:
    rows = (
        "<row/>",
        books.row("a"),
        "<row r='9'><c/></row>",
        "<row r='5'><c><v>1</v></c></row>",
        books.row("b"),
    )
    assert [(row.number, row.cells) for row in read(tmp_path, *rows)] == [
        (2, ("a",)),
        (10, ("1",)),
        (11, ("b",)),
    ]


def test_two_cells_in_opposite_corners(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        "<row r='1'><c r='A1'><v>1</v></c></row>",
        "<row r='1048576'><c r='XFD1048576'><v>2</v></c></row>",
    )
    assert found[0] == SheetRow(1, ("1",))
    assert (found[1].number, len(found[1].cells)) == (1_048_576, LIMITS.columns + 1)


def test_cells_behind_the_last_column_are_one(tmp_path: Path) -> None:
    rows = []
    for n in (1, 2):
        cells = (f'<c r="{letter}{n}"><v>{n}</v></c>' for letter in "ABCDEF")
        rows.append(f"<row>{''.join(cells)}</row>")
    found = read(tmp_path, *rows, limits=Limits(columns=2))
    assert [row.cells for row in found] == [("1", "1", "1"), ("2", "2", "2")]


def test_a_prefix(tmp_path: Path) -> None:
    text = (
        f'<x:worksheet xmlns:x="{books.MAIN}"><x:sheetData><x:row><x:c><x:v>1</x:v></x:c></x:row></x:sheetData>'
        "</x:worksheet>"
    )
    file = books.write(tmp_path / "list.xlsx", books.parts(text))
    with open_sheet(file) as found:
        assert list(found.rows) == [SheetRow(1, ("1",))]


def test_a_long_cell_spoils_its_own_row(tmp_path: Path) -> None:
    rows = [books.row("x" * 101, "a"), books.row("x" * 100), books.row("y")]
    found = read(tmp_path, *rows, limits=Limits(cell_chars=100))
    assert [(row.number, row.problem) for row in found] == [(1, Problem.UNREADABLE), (2, None), (3, None)]


@pytest.mark.parametrize(
    ("limits", "words"),
    [
        (Limits(rows=9), "more than 9 rows"),
        (Limits(elements=30), "more than 30 cells and values, empty ones included"),
    ],
)
def test_bounds(tmp_path: Path, limits: Limits, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        read(tmp_path, *[books.row("a")] * 10, limits=limits)


def test_millions_of_empty_cells_are_work_and_no_memory(tmp_path: Path) -> None:
    empty = f"<row>{'<c/>' * 40_000}</row>"
    assert read(tmp_path, empty, books.row("a")) == [SheetRow(2, ("a",))]
    with pytest.raises(UsageError, match="more than 30,000 cells"):
        read(tmp_path, empty, limits=Limits(elements=30_000))


@pytest.mark.parametrize(
    "row",
    [
        '<row><c t="s"><v>7</v></c></row>',
        '<row><c t="s"><v>x</v></c></row>',
        "<row><c><v>x</v></c></row>",
        '<row r="x"/>',
        '<row r="16777217"/>',
        '<row><c s="x"><v>1</v></c></row>',
        '<row><c r="?1"><v>1</v></c></row>',
        "<row>",
    ],
)
def test_damaged(tmp_path: Path, row: str) -> None:
    with pytest.raises(UsageError, match="is damaged"):
        read(tmp_path, row)


@pytest.mark.parametrize(
    ("letters", "index"),
    [("A", 0), ("Z", 25), ("AA", 26), ("IV", 255), ("XFD", 256), ("", 256), ("ZZZZZZZZ", 256)],
)
def test_column_index(letters: str, index: int) -> None:
    assert column_index(letters, 256) == index
