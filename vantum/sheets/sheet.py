"""A file of rows, whatever it is written as: opened, known, and read from its first row to its last.

Law: memory stays bounded however long the file is, and what is refused is refused with a sentence.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import TextIOWrapper
from pathlib import Path
from typing import IO

from vantum.core.outreach.cells import shown
from vantum.core.outreach.mapping import MOST_NAMED
from vantum.core.outreach.verdict import SheetRow
from vantum.sheets.archive import Archive
from vantum.sheets.csv_rows import csv_rows
from vantum.sheets.inspection import Inspection, Kind, inspect
from vantum.sheets.limits import LIMITS, Limits, refuse
from vantum.sheets.workbook import SheetPart, Workbook, read_workbook
from vantum.sheets.xlsx_rows import xlsx_rows


@dataclass(slots=True)
class Sheet:
    """An open file. ``name`` is the sheet that is read, ``names`` are all of them; a CSV file has none.

    ``rows`` can be read once; it raises ``UsageError`` for what is damaged or beyond a bound.
    """

    about: Inspection
    rows: Iterator[SheetRow]
    name: str
    names: tuple[str, ...]
    _file: IO[bytes]

    @property
    def bytes_read(self) -> int:
        """How far the file has been read, up to its size."""
        return min(self._file.tell(), self.about.size)


@contextmanager
def open_sheet(path: Path, *, sheet: str = "", limits: Limits = LIMITS) -> Iterator[Sheet]:
    """Open a CSV or XLSX file; ``sheet`` names one of a workbook's sheets, else it is the first that can be seen.

    Raises ``UsageError`` for a file that is no such list, and OSError for one that cannot be opened.
    """
    about = inspect(path, limits)
    with path.open("rb") as file:
        if about.kind is Kind.CSV:
            text = TextIOWrapper(file, encoding=about.encoding, errors="replace", newline="")
            yield Sheet(about, csv_rows(text, limits), "", (), file)
            return
        archive = Archive(file, limits)
        workbook = read_workbook(archive, limits)
        part = _chosen(workbook, sheet)
        names = tuple(each.name for each in workbook.sheets)
        yield Sheet(about, xlsx_rows(archive, workbook, part, limits), part.name, names, file)


def _chosen(workbook: Workbook, name: str) -> SheetPart:
    if not name:
        return workbook.sheets[0]
    for sheet in workbook.sheets:
        if sheet.name == name:
            return sheet
    names = ", ".join(shown(sheet.name) for sheet in workbook.sheets[:MOST_NAMED])
    raise refuse(f"The workbook has no sheet {shown(name)!r}.", f"Its sheets are: {names}.")
