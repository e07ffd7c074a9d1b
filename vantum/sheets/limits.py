"""How much of a file is read: every bound with its name, and the error that names it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from vantum.core.errors import UsageError

MEGABYTE: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Limits:
    """The bounds of one file; a file beyond one of them is refused.

    ``unpacked_bytes`` and ``ratio`` bound what a packed part may become, ``strings`` and ``string_chars`` the texts
    that have to stay in memory, ``elements`` the work (cells and their values, empty ones too). A cell beyond
    ``cell_chars`` characters, or a row beyond ``row_lines`` lines, spoils its own row only.
    """

    file_bytes: int = 100 * MEGABYTE
    rows: int = 250_000
    columns: int = 256
    elements: int = 20_000_000
    cell_chars: int = 32_767
    row_lines: int = 200
    unpacked_bytes: int = 500 * MEGABYTE
    ratio: int = 200
    parts: int = 2_000
    strings: int = 2_000_000
    string_chars: int = 100_000_000


LIMITS: Final = Limits()
EXPORT: Final = "Save it as CSV (UTF-8) or as an Excel workbook (.xlsx)."
SPLIT: Final = "Split it into several files."


def refuse(problem: str, remedy: str = EXPORT) -> UsageError:
    """The error for a file that is not read."""
    return UsageError(problem, remedy)


def too_much(what: str, limit: int) -> UsageError:
    """The error for a file beyond a bound: ``what`` is such as "rows"."""
    return UsageError(f"The file has more than {limit:,} {what}.", SPLIT)
