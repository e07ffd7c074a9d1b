"""Numbers that are never dialed again, and countries that are not dialed now, with the reason."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from vantum.core.errors import DialError
from vantum.phone.numbers import region_of

BLOCKED: Final = "blocked_numbers.jsonl"


class Blocked:
    """The list on disk under ``data``, which people may read and edit while the server is down.

    A country is stopped until the process ends: its permission is given in the carrier's console.
    """

    def __init__(self, data: Path) -> None:
        self._path = data / BLOCKED
        self._reasons = dict(_entries(self._path))
        self._regions: dict[str, str] = {}

    def check(self, number: str) -> None:
        """Raises ``DialError`` when ``number`` (E.164) must not be dialed."""
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
        self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._path.touch(mode=0o600)
        with self._path.open("a", encoding="utf-8") as file:
            file.write(f"{json.dumps(entry)}\n")

    def stop_region(self, number: str, reason: str) -> None:
        """Dial no number of the country of ``number``."""
        self._regions[region_of(number)] = reason

    @property
    def regions(self) -> tuple[str, ...]:
        """The countries that are stopped."""
        return tuple(sorted(self._regions))


def _entries(path: Path) -> list[tuple[str, str]]:
    """The whole lines; a process that was killed may have left a part of one at the end."""
    if not path.exists():
        return []
    found = []
    for line in path.read_text(encoding="utf-8").splitlines():
        try:
            entry = json.loads(line)
            found.append((str(entry["number"]), str(entry["reason"])))
        except (ValueError, KeyError, TypeError):
            continue
    return found
