"""Lists as CSV, for spreadsheets: what stands in their cells, and the answer that brings them."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import AsyncIterable, Callable, Iterable, Mapping
from datetime import datetime
from typing import Generic, TypeVar

from fastapi.responses import StreamingResponse

from vantum.core.outreach.cells import for_csv

Row = TypeVar("Row")


class Csv(StreamingResponse):
    """A file that is sent as it is written."""

    media_type = "text/csv"


class Table(Generic[Row]):
    """``columns`` are what stands in each, by its heading."""

    def __init__(self, columns: Mapping[str, Callable[[Row], object]]) -> None:
        self._columns = columns

    def heading(self) -> str:
        """The first line."""
        return _text([self._columns])

    def lines(self, rows: Iterable[Row]) -> str:
        """A line for each row."""
        return _text([_cell(read(row)) for read in self._columns.values()] for row in rows)


def csv_file(name: str, lines: AsyncIterable[str]) -> Csv:
    """The answer that a browser keeps under ``name``."""
    return Csv(lines, headers={"Content-Disposition": f'attachment; filename="{name}.csv"'})


def _text(lines: Iterable[Iterable[str]]) -> str:
    written = io.StringIO()
    csv.writer(written).writerows(lines)
    return written.getvalue()


def _cell(value: object) -> str:
    match value:
        case None:
            return ""
        case datetime():
            return value.isoformat()
        case dict():
            return for_csv(json.dumps(value, ensure_ascii=False)) if value else ""
        case _:
            return for_csv(str(value))
