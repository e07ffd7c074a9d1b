"""Numbers that are never dialed again, and countries that are not dialed now, with the reason."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from vantum.call_folder import make_private
from vantum.core.errors import DialError
from vantum.phone.numbers import region_of

BLOCKED: Final = "blocked_numbers.jsonl"


class Blocked:
    """The list on disk under ``data``, which people may read and edit while the server is down.

    Several processes may use it at once. A country is stopped until the process ends: its permission is given in the
    carrier's console.
    """

    def __init__(self, data: Path) -> None:
        self._path = data / BLOCKED
        self._reasons: dict[str, str] = {}
        self._read_bytes = 0
        self._read()
        self._regions: dict[str, str] = {}

    def check(self, number: str) -> None:
        """Raises ``DialError`` when ``number`` (E.164) must not be dialed."""
        self._read()
        if number in self._reasons:
            raise DialError(f"This number is not dialed any more: {self._reasons[number]}")
        region = region_of(number)
        if region in self._regions:
            raise DialError(f"Numbers of {region} are not dialed now: {self._regions[region]}")

    def block(self, number: str, reason: str) -> None:
        """Never dial ``number`` again."""
        if number in self._reasons:
            return
        self._reasons[number] = reason
        entry = {"number": number, "reason": reason, "at": datetime.now(UTC).isoformat(timespec="seconds")}
        make_private(self._path.parent)
        self._path.touch(mode=0o600)
        # Appended in one piece: other processes write to it too.
        with self._path.open("a+b", buffering=0) as file:
            file.seek(0)
            file.write(_line_end(file.read()) + json.dumps(entry).encode() + b"\n")

    def stop_region(self, number: str, reason: str) -> None:
        """Dial no number of the country of ``number``."""
        self._regions[region_of(number)] = reason

    @property
    def regions(self) -> tuple[str, ...]:
        """The countries that are stopped."""
        return tuple(sorted(self._regions))

    def _read(self) -> None:
        """Learn what another process has written; nothing is read while the file is as long as it was."""
        size = self._path.stat().st_size if self._path.exists() else 0
        if size != self._read_bytes:
            self._read_bytes = size
            self._reasons.update(_entries(self._path))


def _line_end(text: bytes) -> bytes:
    """What a last line lacks when an editor, or a process that was killed, has left it open."""
    return b"" if not text or text.endswith(b"\n") else b"\n"


def _entries(path: Path) -> list[tuple[str, str]]:
    """The whole lines; a process that was killed may have left a part of one at the end."""
    if not path.exists():
        return []
    found = []
    for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
        try:
            entry = json.loads(line)
            found.append((str(entry["number"]), str(entry["reason"])))
        except (ValueError, KeyError, TypeError):
            continue
    return found
