"""The rows of a CSV text, one after the other, also where it is damaged.

A quotation mark that is never closed makes one record of all that follows. Such a record is given up after a bounded
number of lines: its first line is a row that cannot be read, and all others are read again by themselves.
"""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Iterator
from itertools import islice
from typing import Final, TextIO

from vantum.core.outreach.line import Problem
from vantum.core.outreach.verdict import SheetRow
from vantum.sheets.delimiter import find_delimiter, said_delimiter
from vantum.sheets.limits import Limits, too_much

SAMPLE_LINES: Final = 200
LINE_CHARS: Final = 120_000
"""A longer line is cut, and its row cannot be read: below the bound of the csv module's cells."""


def csv_rows(text: TextIO, limits: Limits) -> Iterator[SheetRow]:
    """The rows of ``text`` (opened with ``newline=""``) that are not empty; raises ``UsageError`` beyond a bound."""
    lines = _lines(text)
    sample = list(islice(lines, SAMPLE_LINES))
    delimiter = said_delimiter(sample[0]) if sample else ""
    first = 1 if delimiter else 0
    feed = _Feed(sample[first:], lines, limits.row_lines)
    number = first
    for cells in _records(feed, delimiter or find_delimiter(sample)):
        number += 1
        if number > limits.rows:
            raise too_much("rows", limits.rows)
        if cells is None or any(len(cell) > limits.cell_chars for cell in cells):
            yield SheetRow(number, (), Problem.UNREADABLE)
        elif any(cells):
            yield SheetRow(number, tuple(cells[: limits.columns + 1]))


def _records(feed: _Feed, delimiter: str) -> Iterator[list[str] | None]:
    """Every record's cells; None for one that cannot be read."""
    reader = csv.reader(feed, delimiter=delimiter, skipinitialspace=True)
    while True:
        feed.taken.clear()
        try:
            cells = next(reader)
        except StopIteration:
            return
        except (csv.Error, _TooLongError):
            feed.give_back()
            yield None
            continue
        if feed.broken:
            feed.give_back()
            yield None
        else:
            yield cells


def _lines(text: TextIO) -> Iterator[str]:
    """The lines with their ends and without NUL; what a too long one has beyond its bound is dropped."""
    while line := text.readline(LINE_CHARS):
        rest = line
        while len(rest) == LINE_CHARS and rest[-1] not in "\r\n":
            rest = text.readline(LINE_CHARS)
        yield line.replace("\0", "") if "\0" in line else line


class _TooLongError(Exception):
    """A record goes on and on."""


class _Feed:
    """Hands lines to the csv reader, and can take back those of the record under way, all but its first."""

    def __init__(self, sample: list[str], lines: Iterator[str], most: int) -> None:
        self._again = deque(sample)
        self._lines = lines
        self._most = most
        self.taken: list[str] = []
        self._ended = False

    def __iter__(self) -> _Feed:
        return self

    def __next__(self) -> str:
        if len(self.taken) >= self._most:
            raise _TooLongError
        if self._again:
            line = self._again.popleft()
        else:
            try:
                line = next(self._lines)
            except StopIteration:
                self._ended = True
                raise
        self.taken.append(line)
        return line

    @property
    def broken(self) -> bool:
        """Whether the record is a cut line, or goes to the end of the text with its quotation mark open."""
        if len(self.taken) == 1:
            return len(self.taken[0]) == LINE_CHARS
        return self._ended and "".join(self.taken).count('"') % 2 == 1

    def give_back(self) -> None:
        """Read all lines of this record again but the first."""
        self._again.extendleft(reversed(self.taken[1:]))
        self._ended = False
