"""Where the record of a call lies: its id, a UUIDv7, tells the day on which it was made.

Who writes a record holds its folder, and the system lets go of it for a process that dies: so others can tell.
"""

from __future__ import annotations

import fcntl
import os
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from uuid import UUID

CALLS: Final = "calls"
VERSION: Final = 7
TRIES: Final = 20
TRY_SECONDS: Final = 0.001


def folder_of(data: Path, call_id: str) -> Path | None:
    """``data/calls/<day>/<id>``, the day in UTC; None for what is no call's id."""
    try:
        uuid = UUID(call_id)
        moment = datetime.fromtimestamp((uuid.int >> 80) / 1000, UTC)
    except (ValueError, OverflowError):
        return None
    if str(uuid) != call_id or uuid.version != VERSION:
        return None
    return data / CALLS / moment.date().isoformat() / call_id


def make_private(folder: Path) -> None:
    """Make a folder that only its owner can read, and those above it that are missing."""
    for missing in reversed([path for path in (folder, *folder.parents) if not path.exists()]):
        missing.mkdir(mode=0o700, exist_ok=True)


class FolderHold:
    """A folder of which others can tell that somebody writes there, until ``release`` or the end of the process.

    Where the file system knows no such locks, others think so anyway.
    """

    def __init__(self, folder: Path) -> None:
        self._file: int | None = os.open(folder, os.O_RDONLY)
        for _ in range(TRIES):
            if _locked(self._file, fcntl.LOCK_SH):
                break
            # Somebody looks just now.
            time.sleep(TRY_SECONDS)

    def release(self) -> None:
        """Nobody writes there any more."""
        if self._file is not None:
            os.close(self._file)
            self._file = None


def is_held(folder: Path) -> bool:
    """Whether somebody may be writing in a folder; False only if that is certain. Raises OSError."""
    file = os.open(folder, os.O_RDONLY)
    try:
        return not _locked(file, fcntl.LOCK_EX)
    finally:
        os.close(file)


def _locked(file: int, how: int) -> bool:
    """Whether the lock could be had."""
    try:
        fcntl.flock(file, how | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
