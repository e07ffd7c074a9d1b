"""The files of one call: ``events.jsonl``, ``transcript.txt`` and, if sound is kept, ``recording.wav``.

Used by one thread, the record's writer. Text is held until the next ``write`` and then goes out in one system
call, whole lines only, so that a process that is killed leaves at worst its last line torn. Times are seconds
since the call began.
"""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum
from functools import cache
from io import FileIO
from pathlib import Path

from vantum.call_folder import FolderHold, make_private
from vantum.core.events import Event
from vantum.core.transcript import Line, Transcriber
from vantum.recording import Recording, Side, private, write_whole

EVENTS = "events.jsonl"
TRANSCRIPT = "transcript.txt"
RECORDING = "recording.wav"


class Keep(Enum):
    """What is kept of a call."""

    WORDS_AND_SOUND = "words and sound"
    WORDS = "words"


@dataclass(frozen=True, slots=True)
class Begun:
    """The call began: its folder and files are made."""


@dataclass(frozen=True, slots=True)
class Happened:
    """An event of the call."""

    event: Event


@dataclass(frozen=True, slots=True)
class Heard:
    """PCM16 mono of one side, heard from ``at`` on."""

    side: Side
    pcm: bytes
    rate: int
    at: float


@dataclass(frozen=True, slots=True)
class Cut:
    """What the bot was to say from ``at`` on was never heard."""

    at: float


@dataclass(frozen=True, slots=True)
class Over:
    """The record ends here."""


Item = Begun | Happened | Heard | Cut | Over


class CallFiles:
    """Takes what happens in a call and writes it; raises ``OSError`` when the disk does."""

    def __init__(self, folder: Path, started_at: datetime, keep: Keep) -> None:
        self._folder = folder
        self._started_at = started_at.astimezone(UTC)
        self._keep = keep
        self.is_closed = False
        self._now = 0.0
        self._hold: FolderHold | None = None
        self._recording: Recording | None = None
        self._transcriber = Transcriber()
        self._entries: list[str] = []
        self._lines: list[Line] = []

    def take(self, batch: Iterable[tuple[float, Item]]) -> None:
        """Take what came, each with its time; nothing comes after the end."""
        for now, item in batch:
            if self.is_closed:
                return
            self._now = now
            self._take(item)

    def write(self) -> None:
        """Write what was taken: text at once, sound when it is certain."""
        self._append(EVENTS, self._entries)
        self._append(TRANSCRIPT, [str(line) for line in self._lines])
        self._entries.clear()
        self._lines.clear()
        if self._recording:
            self._recording.advance(self._now)

    def close(self) -> None:
        """Write the rest, up to the time of what was taken last."""
        self._lines += self._transcriber.rest()
        self.write()
        if self._recording:
            self._recording.close(self._now)
        self._let_go()

    def abandon(self) -> None:
        """Give up what is not written yet; what is on disk can be read."""
        self._let_go()
        if self._recording:
            with contextlib.suppress(OSError):
                self._recording.abandon()

    def _take(self, item: Item) -> None:
        match item:
            case Heard(side, pcm, rate, at):
                if self._recording:
                    self._recording.add(side, pcm, rate, at, self._now)
            case Happened(event):
                self._tell(self._now, event)
            case Cut(at):
                if self._recording:
                    self._recording.cut(at)
            case Begun():
                self._begin()
            case Over():
                self.close()

    def _begin(self) -> None:
        make_private(self._folder)
        self._hold = FolderHold(self._folder)
        if self._keep is Keep.WORDS_AND_SOUND:
            self._recording = Recording(self._folder / RECORDING)

    def _let_go(self) -> None:
        self.is_closed = True
        if self._hold:
            self._hold.release()

    def _tell(self, now: float, event: Event) -> None:
        at = (self._started_at + timedelta(seconds=now)).isoformat(timespec="milliseconds")
        entry = {"t": round(now, 3), "at": at, "event": _snake_case(type(event).__name__), **asdict(event)}
        self._entries.append(json.dumps(entry, ensure_ascii=False))
        self._lines += self._transcriber.add(entry)

    def _append(self, name: str, lines: list[str]) -> None:
        if lines:
            with FileIO(self._folder / name, "ab", opener=private) as file:
                write_whole(file, "".join(f"{line}\n" for line in lines).encode(errors="replace"))


@cache
def _snake_case(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()
