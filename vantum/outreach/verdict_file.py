"""What became of every row of a list, as a CSV file that spreadsheets open: nothing in it is a formula there."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final, TextIO

from vantum.core.errors import UsageError
from vantum.core.outreach.cells import for_csv
from vantum.store import imports
from vantum.store.engine import Store
from vantum.store.staged import StagedRow
from vantum.store.words import RowVerdict

HEADER: Final = ("row", "verdict", "column", "reason", "notes")


class VerdictFile:
    """An open file that takes rows."""

    def __init__(self, file: TextIO) -> None:
        self._lines = csv.writer(file)
        self._lines.writerow(HEADER)

    def add(self, rows: Sequence[StagedRow]) -> None:
        """Write rows that were read."""
        for row in rows:
            self.line(row.row, row.verdict, row.column, row.reason, row.notes)

    def line(self, row: int, verdict: RowVerdict, column: str, reason: str, notes: Sequence[str]) -> None:
        """Write one verdict."""
        texts = (column, reason, " / ".join(notes))
        self._lines.writerow((row, verdict.value, *(for_csv(text) for text in texts)))


@contextmanager
def verdict_file(path: Path) -> Iterator[VerdictFile]:
    """A new file, which only its owner can read; raises UsageError where it cannot be made or is there already."""
    try:
        # With its mark, by which Excel knows UTF-8.
        file = open(path, "x", encoding="utf-8-sig", newline="", opener=_private)  # noqa: SIM115
    except OSError as error:
        raise UsageError(f"{path} cannot be made ({error.strerror}).", "Name another file.") from error
    with file:
        yield VerdictFile(file)


async def write_verdicts(store: Store, org_id: str, import_id: str, path: Path) -> int:
    """Write the verdicts of a finished import to a new file; tells how many there were."""
    after = count = 0
    with verdict_file(path) as file:
        while True:
            async with store.reading() as session:
                rows = await imports.rows(session, org_id, import_id, after)
            if not rows:
                return count
            for row in rows:
                file.line(row.row, row.verdict, row.column, row.reason, row.notes)
            after, count = rows[-1].row, count + len(rows)


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
