"""The end of a call's record as it grows: what was written since the last look, line by line."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Final

MOST_LINES: Final = 500
"""Of one look; the next one finds the rest."""


@dataclass(frozen=True, slots=True)
class RecordLine:
    """One event of a record: its place from 1, its name, and its JSON."""

    number: int
    event: str
    text: str


class RecordTail:
    """Reads ``events.jsonl`` behind its line ``after``; a file that is not there yet has no lines. Not for two
    threads at once."""

    def __init__(self, events: Path, after: int = 0) -> None:
        self._events = events
        self._after = after
        self._number = 0
        self._offset = 0

    def more(self) -> list[RecordLine]:
        """The lines that are whole, and were not given yet; none when there is nothing new."""
        found: list[RecordLine] = []
        try:
            file = self._events.open("rb")
        except FileNotFoundError:
            return found
        with file:
            file.seek(self._offset)
            for line in file:
                # The writer may be in the middle of it.
                if not line.endswith(b"\n") or len(found) == MOST_LINES:
                    break
                self._offset += len(line)
                self._number += 1
                if self._number > self._after:
                    found.append(_read(self._number, line))
        return found


def _read(number: int, line: bytes) -> RecordLine:
    text = line.decode(errors="replace").rstrip("\n")
    return RecordLine(number, str(json.loads(text)["event"]), text)
