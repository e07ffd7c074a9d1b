"""What separates the cells of a text: the sign that cuts most of its first records into equally many cells."""

from __future__ import annotations

import csv
import re
from collections import Counter
from typing import Final

DELIMITERS: Final = ",;\t|"
SAMPLE_RECORDS: Final = 30

_SAID: Final = re.compile(r'"?sep=([,;\t|])"?\s*', re.IGNORECASE)


def said_delimiter(line: str) -> str:
    """The delimiter that a first line ``sep=;`` names, as Excel writes it; "" for any other line."""
    found = _SAID.fullmatch(line)
    return found[1] if found else ""


def find_delimiter(lines: list[str]) -> str:
    """The delimiter of a text by its first lines; a comma for a text of one column."""
    return max(DELIMITERS, key=lambda delimiter: _fit(lines, delimiter))


def _fit(lines: list[str], delimiter: str) -> tuple[float, int]:
    """The share of records with the usual number of cells, and that number; (0, 0) where it cuts nothing."""
    reader = csv.reader(lines, delimiter=delimiter, skipinitialspace=True)
    widths = Counter[int]()
    try:
        for _, cells in zip(range(SAMPLE_RECORDS), reader, strict=False):
            if any(cells):
                widths[len(cells)] += 1
    except csv.Error:
        pass
    cut = Counter({width: count for width, count in widths.items() if width > 1})
    if not cut:
        return (0.0, 0)
    width, count = max(cut.items(), key=lambda item: (item[1], item[0]))
    return (count / widths.total(), width)
