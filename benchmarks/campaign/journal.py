"""What the carrier saw, in a file that outlives every process: a line for each thing that happened, at its moment."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path


class Seen(StrEnum):
    """What happened."""

    ASKED = "asked"  # a request for a call came in
    DIALED = "dialed"
    ANSWERED = "answered"
    HEARD = "heard"  # the callee heard the first sound
    SAID = "said"  # the callee came to the end of a line
    CUT = "cut"  # the stream broke, or could not be opened
    OVER = "over"
    UNTOLD = "untold"  # nobody took the report of how it ended


@dataclass(frozen=True, slots=True)
class Entry:
    """``at`` is in seconds since the epoch; ``call`` is the server's name of the call, ``word`` how it ended, or what
    was said."""

    at: float
    seen: Seen
    to: str
    call: str
    sid: str = ""
    word: str = ""


class Journal:
    """Writes entries, each whole and in the file at once."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("a", buffering=1, encoding="utf-8")

    def add(self, seen: Seen, to: str, call: str, sid: str = "", word: str = "", after: float = 0.0) -> None:
        """Something happens now, or some seconds ``after``."""
        entry = Entry(time.time() + after, seen, to, call, sid, word)
        self._file.write(json.dumps(asdict(entry)) + "\n")

    def close(self) -> None:
        """Nothing more happens."""
        self._file.close()


def read(path: Path) -> Iterator[Entry]:
    """The entries of a file so far."""
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    for line in text.splitlines():
        told = json.loads(line)
        yield Entry(**{**told, "seen": Seen(told["seen"])})
