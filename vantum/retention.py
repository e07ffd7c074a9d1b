"""Removes what has been kept for as long as it may be: the sound of old calls, or all that is known of them.

How old a call is stands in its id. A call that may be under way is left alone, whoever has it. A record is moved out
of sight before it is removed, so that one is there whole or not at all, also when the process dies meanwhile.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Final
from uuid import UUID

from vantum.call_files import EVENTS, RECORDING
from vantum.call_folder import CALLS, folder_of, make_private

KEYS: Final = "idempotency"
"""The folder in which ``vantum/phone/book.py`` writes down which key was given for which call."""
TRASH: Final = "removed"
MOST_REMOVED: Final = 5_000
"""Calls that one round takes; the others wait for the next."""
LONGEST_CALL: Final = timedelta(hours=48)
"""A record without an end that was written to in this time may be of a call under way: none lasts longer."""
TAIL_BYTES: Final = 4_096


@dataclass(frozen=True, slots=True)
class Keep:
    """For how many days records and sound are kept; 0 is for ever."""

    days: int
    audio_days: int

    @property
    def anything_removed(self) -> bool:
        """Whether there is anything to do."""
        return self.days > 0 or self.audio_days > 0


@dataclass(slots=True)
class Removed:
    """What was removed, or would be; ``failed`` could not be."""

    records: int = 0
    recordings: int = 0
    bytes: int = 0
    failed: int = 0
    keys: int = 0
    _taken: int = field(default=0, repr=False)

    @property
    def full(self) -> bool:
        """Whether this round has done enough."""
        return self._taken >= MOST_REMOVED

    def take(self, size: int) -> None:
        """One call's share."""
        self._taken += 1
        self.bytes += size


class Sweep:
    """One round over the records under ``data``, as of ``now``.

    ``is_live`` knows the calls under way of this process. With ``dry`` nothing is removed, and all is counted.
    ``stopped`` is asked before each call.
    """

    def __init__(
        self,
        data: Path,
        keep: Keep,
        now: datetime,
        *,
        is_live: Callable[[str], bool] = lambda _: False,
        stopped: Callable[[], bool] = lambda: False,
        dry: bool = False,
    ) -> None:
        self._data = data
        self._keep = keep
        self._now = now
        self._is_live = is_live
        self._stopped = stopped
        self._dry = dry
        self.removed = Removed()

    def run(self) -> Removed:
        """Remove what is old enough; what cannot be removed is counted, and tried again in the next round."""
        if not self._dry:
            self._empty_trash()
        for folder in self._old(max_age(self._keep)):
            if self.removed.full or self._stopped():
                break
            try:
                self._look_at(folder)
            except OSError:
                self.removed.failed += 1
        if self._keep.days:
            self._forget_keys()
        return self.removed

    def _old(self, age: timedelta) -> Iterator[Path]:
        """The folders of calls that began longer ago, the oldest first."""
        until = self._now - age
        for day in _folders_in(self._data / CALLS):
            if _day_of(day.name) is None or day.name > until.date().isoformat():
                continue
            for folder in _folders_in(day):
                if folder_of(self._data, folder.name) == folder and began(folder.name) <= until:
                    yield folder

    def _look_at(self, folder: Path) -> None:
        if self._is_live(folder.name) or self._may_be_live(folder):
            return
        age = self._now - began(folder.name)
        if self._keep.days and age >= timedelta(days=self._keep.days):
            self._remove(folder)
        elif self._keep.audio_days and age >= timedelta(days=self._keep.audio_days):
            self._silence(folder / RECORDING)

    def _may_be_live(self, folder: Path) -> bool:
        newest = max((entry.stat().st_mtime for entry in folder.iterdir()), default=0.0)
        if newest < (self._now - LONGEST_CALL).timestamp():
            return False
        return not _has_ended(folder / EVENTS)

    def _remove(self, folder: Path) -> None:
        size = sum(entry.lstat().st_size for entry in folder.iterdir())
        if not self._dry:
            trash = self._data / TRASH
            make_private(trash)
            out_of_sight = folder.rename(trash / folder.name)
            shutil.rmtree(out_of_sight)
            _remove_if_empty(folder.parent)
        self.removed.records += 1
        self.removed.take(size)

    def _silence(self, recording: Path) -> None:
        if not recording.exists():
            return
        size = recording.stat().st_size
        if not self._dry:
            recording.unlink()
        self.removed.recordings += 1
        self.removed.take(size)

    def _empty_trash(self) -> None:
        """What a process that died had moved out of sight."""
        for folder in _folders_in(self._data / TRASH):
            shutil.rmtree(folder, ignore_errors=True)

    def _forget_keys(self) -> None:
        """The keys that were given for calls of which nothing is known any more."""
        until = self._now - timedelta(days=self._keep.days)
        keys = self._data / KEYS
        for path in sorted(keys.iterdir()) if keys.is_dir() else ():
            if self._stopped():
                return
            try:
                call_id = path.read_text(encoding="utf-8")
                folder = folder_of(self._data, call_id)
                if folder is None or folder.exists() or began(call_id) > until:
                    continue
                if not self._dry:
                    path.unlink()
                self.removed.keys += 1
            except (OSError, ValueError):
                self.removed.failed += 1


def max_age(keep: Keep) -> timedelta:
    """The age from which on there is something to remove."""
    return timedelta(days=min(days for days in (keep.days, keep.audio_days) if days))


def began(call_id: str) -> datetime:
    """When a call began, by its id (a UUIDv7: milliseconds since 1970 in the first 48 bits)."""
    return datetime.fromtimestamp((UUID(call_id).int >> 80) / 1000, UTC)


def _day_of(name: str) -> date | None:
    try:
        return date.fromisoformat(name)
    except ValueError:
        return None


def _folders_in(folder: Path) -> list[Path]:
    """The folders in a folder, sorted; links are none, wherever they lead."""
    if not folder.is_dir():
        return []
    return sorted(entry for entry in folder.iterdir() if entry.is_dir() and not entry.is_symlink())


def _has_ended(events: Path) -> bool:
    """Whether the record tells the end of its call."""
    if not events.exists():
        return False
    with events.open("rb") as file:
        file.seek(max(0, events.stat().st_size - TAIL_BYTES))
        lines = file.read().splitlines()
    try:
        return bool(lines) and json.loads(lines[-1])["event"] == "call_ended"
    except (ValueError, KeyError, TypeError):
        return False


def _remove_if_empty(day: Path) -> None:
    try:
        day.rmdir()
    except OSError:
        # There are other calls in it.
        return
