"""The rows of one sheet of a workbook, as texts. A formula is never evaluated: its last value counts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from vantum.core.outreach.line import Problem
from vantum.core.outreach.verdict import SheetRow
from vantum.sheets.archive import DAMAGED, Archive
from vantum.sheets.gathered_text import GatheredText
from vantum.sheets.limits import Limits, refuse, too_much
from vantum.sheets.number_format import PLAIN, Format, figure
from vantum.sheets.workbook import SheetPart, Workbook

LAST_ROW: Final = 16_777_216
"""No spreadsheet has a row of a higher number."""

_ESCAPED: Final = re.compile(r"_x([0-9A-Fa-f]{4})_")
_LETTERS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_BOOLEANS: Final = {"1": "TRUE", "0": "FALSE"}


def xlsx_rows(archive: Archive, workbook: Workbook, sheet: SheetPart, limits: Limits) -> Iterator[SheetRow]:
    """The rows that are not empty; raises ``UsageError`` for a damaged sheet, or one beyond a bound."""
    reader = _Rows(workbook, limits)
    rows = 0
    for _ in archive.read(sheet.part, reader):
        if reader.elements > limits.elements:
            raise too_much("cells and values, empty ones included", limits.elements)
        found, reader.found = reader.found, []
        rows += len(found)
        if rows > limits.rows:
            raise too_much("rows", limits.rows)
        yield from found


def column_index(letters: str, most: int) -> int:
    """The place of a cell's column from 0, by its letters; ``most`` for all beyond it."""
    index = 0
    for letter in letters[:4]:
        index = index * 26 + _LETTERS.index(letter) + 1
    return min(index - 1, most) if index else most


class _Rows:
    """Puts rows together from what the parser finds; ``found`` are the finished ones, ``elements`` is the work."""

    def __init__(self, workbook: Workbook, limits: Limits) -> None:
        self.found: list[SheetRow] = []
        self.elements = 0
        self.depth = 0
        self._workbook = workbook
        self._limits = limits
        self._columns: dict[str, int] = {}
        self._gathered = GatheredText(limits.cell_chars)
        self.text = self._gathered.take
        self._start_row(0)
        self._kind = ""
        self._style = ""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self.depth += 1
        self.elements += 1
        if name == "v":
            self._gathered.open()
        elif name == "c":
            self._start_cell(attributes)
        elif name == "t":
            if self._kind == "inlineStr":
                self._gathered.open()
        elif name == "rPh":
            self._gathered.speak(1)
        elif name == "row":
            number = max(self._number + 1, int(attributes.get("r", "0")))
            if number > LAST_ROW:
                raise refuse(DAMAGED)
            self._start_row(number)

    def end(self, name: str) -> None:
        self.depth -= 1
        if name in ("v", "t"):
            self._gathered.close()
        elif name == "c":
            if self._gathered.pieces:
                self._end_cell(str(self._gathered))
        elif name == "rPh":
            self._gathered.speak(-1)
        elif name == "row" and (self._row or self._problem):
            cells = () if self._problem else tuple(self._row)
            self.found.append(SheetRow(self._number, cells, self._problem))

    def _start_row(self, number: int) -> None:
        self._number = number
        self._row: list[str] = []
        self._problem: Problem | None = None
        self._column = -1

    def _start_cell(self, attributes: dict[str, str]) -> None:
        reference = attributes.get("r")
        self._column = self._column + 1 if reference is None else self._column_of(reference)
        self._kind = attributes.get("t", "n")
        self._style = attributes.get("s", "")
        self._gathered.clear()

    def _column_of(self, reference: str) -> int:
        letters = reference.rstrip("0123456789")
        column = self._columns.get(letters)
        if column is None:
            column = column_index(letters, self._limits.columns)
            if len(self._columns) <= self._limits.columns:
                self._columns[letters] = column
        return column

    def _end_cell(self, raw: str) -> None:
        text = self._value(raw)
        if len(text) > self._limits.cell_chars:
            self._problem = Problem.UNREADABLE
        if not text:
            return
        # One cell behind the last column stands for all that are there.
        column = min(self._column, self._limits.columns)
        row = self._row
        if column >= len(row):
            row.extend([""] * (column - len(row)))
            row.append(text)
        else:
            row[column] = text

    def _value(self, text: str) -> str:
        match self._kind:
            case "s":
                return _unescaped(self._workbook.texts[int(text)])
            case "n":
                return figure(text, self._form()) if text.strip() else ""
            case "str" | "inlineStr":
                return _unescaped(text)
            case "b":
                return _BOOLEANS.get(text, text)
            case "e":
                return ""
            case _:
                return text

    def _form(self) -> Format:
        formats = self._workbook.formats
        style = int(self._style) if self._style else 0
        return formats[style] if style < len(formats) else PLAIN


def _unescaped(text: str) -> str:
    """Excel writes control characters as ``_x000D_``."""
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text) if "_x" in text else text
