"""Where the record of a call lies: its id, a UUIDv7, tells the day on which it was made."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from uuid import UUID

CALLS: Final = "calls"
VERSION: Final = 7


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
