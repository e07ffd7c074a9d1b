"""A list of prospects as it comes: a file, the meaning of its columns, and its rows in batches, each with a verdict.

There is no database here. Whoever has one asks it about a batch (which numbers are contacts, which are suppressed),
and settles the batch with the answer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain, islice
from pathlib import Path
from typing import Final

from vantum.core.errors import UsageError
from vantum.core.outreach.cells import shown
from vantum.core.outreach.countries import country_code
from vantum.core.outreach.line import Line
from vantum.core.outreach.mapping import MOST_NAMED, ColumnMapping, map_columns
from vantum.core.outreach.phone_cell import MOST_CHARS
from vantum.core.outreach.rows import Job, Known, Settling, read_row
from vantum.core.outreach.verdict import Accepted, Invalid, SheetRow, Summary, Tally
from vantum.numbering import is_zone, read_number
from vantum.sheets.limits import LIMITS, Limits, too_much
from vantum.sheets.sheet import Sheet, open_sheet

BATCH_ROWS: Final = 1_000
SAMPLE_ROWS: Final = 50
"""First rows by which the columns are known."""


@dataclass(frozen=True, slots=True)
class Wish:
    """How a list is to be read.

    ``country`` (a code or a name, or "") is that of numbers without a country code, ``choices`` are the user's
    columns as ``read_choices`` gives them, ``sheet`` is one of a workbook's sheets ("" for the first), ``now`` is
    aware.
    """

    now: datetime
    country: str = ""
    choices: Mapping[str, str] = field(default_factory=dict)
    sheet: str = ""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a list is read: rows with a verdict, bytes of the file, and the file's size."""

    rows: int
    bytes_read: int
    size: int


Report = Callable[[Progress], None]


@dataclass(frozen=True, slots=True)
class ProspectList:
    """An open list whose columns are known. Its batches can be read once."""

    sheet: Sheet
    job: Job
    _rows: Iterator[SheetRow]

    @property
    def mapping(self) -> ColumnMapping:
        """What the columns are."""
        return self.job.mapping

    def batches(
        self, report: Report = lambda _: None, size: int = BATCH_ROWS
    ) -> Iterator[list[Accepted | Invalid]]:
        """The rows in their order, each read by itself; ``report`` is called after every batch.

        Raises ``UsageError`` where the file turns out to be damaged or beyond a bound: nothing of it is to be kept.
        """
        rows = 0
        while batch := [read_row(row, self.job) for row in islice(self._rows, size)]:
            rows += len(batch)
            yield batch
            report(Progress(rows, self.sheet.bytes_read, self.sheet.about.size))


@contextmanager
def open_list(path: Path, wish: Wish, limits: Limits = LIMITS) -> Iterator[ProspectList]:
    """Open a file of prospects; raises ``UsageError`` for what is no such list, OSError where it cannot be opened."""
    country = _country(wish)
    with open_sheet(path, sheet=wish.sheet, limits=limits) as sheet:
        first = list(islice(sheet.rows, SAMPLE_ROWS))
        readable = [row.cells for row in first if row.problem is None]
        if any(len(cells) > limits.columns for cells in readable[:1]):
            raise too_much("columns", limits.columns)
        mapping = _mapping(sheet, readable, wish.choices, country)
        skipped = _header_end(first, mapping.header_rows)
        job = Job(mapping, country, wish.now, read_number, is_zone)
        yield ProspectList(sheet, job, chain(first[skipped:], sheet.rows))


def dry_run(path: Path, wish: Wish, known: Known | None = None, report: Report = lambda _: None) -> Summary:
    """What an import of the file would come to; raises as ``open_list`` and ``batches`` do."""
    settling, tally = Settling(), Tally()
    with open_list(path, wish) as found:
        for batch in found.batches(report):
            for row in batch:
                tally.add(settling.settle(row, known or Known()))
    return tally.summary


def _country(wish: Wish) -> str:
    country = country_code(wish.country) if wish.country else ""
    if country is None:
        raise UsageError(f"{shown(wish.country)!r} is no country.", "Write it like US or DE.")
    return country


def _mapping(
    sheet: Sheet, rows: list[tuple[str, ...]], choices: Mapping[str, str], country: str
) -> ColumnMapping:
    def is_number(cell: str) -> bool:
        return len(cell) <= MOST_CHARS and isinstance(read_number(cell, country), Line)

    try:
        return map_columns(rows, choices, is_number)
    except UsageError as error:
        others = [shown(name) for name in sheet.names if name != sheet.name][:MOST_NAMED]
        if not others:
            raise
        remedy = f"{error.remedy} This is sheet {shown(sheet.name)!r}; others are: {', '.join(others)}."
        raise UsageError(error.problem, remedy) from None


def _header_end(first: list[SheetRow], header_rows: int) -> int:
    """Where the prospects begin in ``first``: behind as many readable rows as the header has."""
    seen = 0
    for index, row in enumerate(first):
        if seen == header_rows:
            return index
        seen += row.problem is None
    return len(first)
