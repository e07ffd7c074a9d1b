"""Rows that wait on the disk until their whole list is read, in a file without a name.

Nobody else can open it, and it is gone with the process, however that ends: nothing has to be cleaned up.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryFile
from types import TracebackType
from typing import Final

from pydantic import TypeAdapter

from vantum.call_folder import make_private
from vantum.core.errors import UsageError
from vantum.store.staged import StagedRow

_JSON: Final = TypeAdapter(list[StagedRow])


class Spool:
    """Pieces of a list in their order, under ``folder``; raises UsageError where the disk takes no more."""

    def __init__(self, folder: Path) -> None:
        try:
            make_private(folder)
            self._file = TemporaryFile(dir=folder)  # noqa: SIM115 - this object closes it
        except OSError as error:
            raise _full(folder, error) from error
        self._folder = folder

    def __enter__(self) -> Spool:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def add(self, rows: Sequence[StagedRow]) -> None:
        """Put a piece behind the others."""
        try:
            self._file.write(_JSON.dump_json([*rows]) + b"\n")
            self._file.flush()
        except OSError as error:
            raise _full(self._folder, error) from error

    def pieces(self) -> Iterator[list[StagedRow]]:
        """All pieces from the first, as often as they are asked for."""
        self._file.seek(0)
        for line in self._file:
            yield _JSON.validate_json(line)


def _full(folder: Path, error: OSError) -> UsageError:
    return UsageError(
        f"Rows cannot be kept under {folder} ({error.strerror}).", "Make room there, or set VANTUM_DATA."
    )
