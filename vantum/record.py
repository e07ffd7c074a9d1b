"""The record of each call on disk, written as it happens, and read back.

A call only appends to a queue (``CallRecord``); one thread of the process empties it four times a second
(``RecordWriter``). When the disk falls behind, sound is dropped and no event; only when it does nothing at all for
minutes are events dropped too. What was said stands in the files, which only their owner can read, and in no log.
"""

from __future__ import annotations

import json
import threading
import time
from collections import deque
from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path

from loguru import logger

from vantum.call_files import (
    EVENTS,
    RECORDING,
    Begun,
    CallFiles,
    Cut,
    Happened,
    Heard,
    Item,
    Keep,
    Over,
)
from vantum.call_folder import folder_of
from vantum.core.events import Event
from vantum.core.transcript import Entry, Line, Transcriber
from vantum.recording import Side

BATCH_SECONDS = 0.25
CLOSE_SECONDS = 5.0
QUEUE_BYTES = 64 * 2**20
MOST_ITEMS = 200_000
"""Events of all calls that may wait for a disk that does nothing at all: some 100 MB, after minutes."""
CALL_QUEUE_BYTES = 4 * 2**20
"""Sound of one call that may wait for the disk: about 20 s of both sides at 48 kHz."""


class Backlog:
    """Counts the sound that waits. One thread adds and one other removes, so neither needs a lock."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._added = 0
        self._removed = 0

    def has_room(self, count: int) -> bool:
        return self._added - self._removed + count <= self._limit

    def add(self, count: int) -> None:
        self._added += count

    def remove(self, count: int) -> None:
        self._removed += count


class RecordQueue:
    """What the calls of a process hand in, until ``flush`` writes it. All calls live in one thread."""

    def __init__(self, most_items: int = MOST_ITEMS) -> None:
        self._most_items = most_items
        self._full = False
        self._queue: deque[tuple[CallRecord, float, Item]] = deque()
        self._open: dict[str, CallFiles] = {}
        self._backlog = Backlog(QUEUE_BYTES)
        self._writing = threading.Lock()
        self.elsewhere: Callable[[str], bool] = lambda _: False
        """Whether another process has the call with an id."""

    def is_open(self, call_id: str) -> bool:
        """Whether the call's record is still being written, by this process or another."""
        return call_id in self._open or self.elsewhere(call_id)

    def begin(self, record: CallRecord, files: CallFiles) -> None:
        """A call begins; its files are made with the next ``flush``."""
        self._open[record.call_id] = files
        self.put(record, 0.0, Begun())

    def put(self, record: CallRecord, now: float, item: Item) -> None:
        """Hand in what came ``now`` seconds after the call began; never waits."""
        # Beginnings and ends are always taken: they are few, and without them a record is none.
        if self._has_room() or isinstance(item, Begun | Over):
            self._queue.append((record, now, item))
        elif not self._full:
            self._full = True
            logger.error("The disk does nothing: events are missing in the records.")

    def put_sound(self, record: CallRecord, now: float, heard: Heard) -> bool:
        """Hand in sound, unless too much of the call or of the process waits already."""
        count = len(heard.pcm)
        if not (self._has_room() and self._backlog.has_room(count) and record.backlog.has_room(count)):
            return False
        self._backlog.add(count)
        record.backlog.add(count)
        self.put(record, now, heard)
        return True

    def flush(self) -> None:
        """Write what was handed in."""
        with self._writing:
            for record, batch in self._batches().items():
                self._guarded(record.call_id, partial(CallFiles.take, batch=batch))
            for call_id in list(self._open):
                self._guarded(call_id, CallFiles.write)

    def close(self) -> None:
        """Write what was handed in and close all files; calls that still run have no record from here on."""
        self.flush()
        with self._writing:
            for call_id in list(self._open):
                self._guarded(call_id, CallFiles.close)

    def _has_room(self) -> bool:
        return len(self._queue) < self._most_items

    def _batches(self) -> dict[CallRecord, list[tuple[float, Item]]]:
        """What waits, by call: a call's files are touched once for all of it."""
        batches: dict[CallRecord, list[tuple[float, Item]]] = {}
        for _ in range(len(self._queue)):
            record, now, item = self._queue.popleft()
            batches.setdefault(record, []).append((now, item))
            if isinstance(item, Heard):
                self._backlog.remove(len(item.pcm))
                record.backlog.remove(len(item.pcm))
        return batches

    def _guarded(self, call_id: str, action: Callable[[CallFiles], None]) -> None:
        """Whatever goes wrong with the files of one call ends its record, and nobody else's."""
        files = self._open.get(call_id)
        if files is None:
            return
        try:
            action(files)
        except Exception as error:
            # Not the error's own text: it may quote what was said.
            reason = error.strerror if isinstance(error, OSError) else type(error).__name__
            logger.error("The record of a call cannot be written any further.", call=call_id, reason=reason)
            files.abandon()
        if files.is_closed:
            del self._open[call_id]


class RecordWriter(RecordQueue):
    """The queue with its thread, which runs until ``close``."""

    def __init__(self) -> None:
        super().__init__()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="record-writer", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Write the rest and end the thread, within 5 s whatever the disk does."""
        self._stopping.set()
        self._thread.join(CLOSE_SECONDS)
        if self._thread.is_alive():
            logger.error("The disk is too slow: records of the last calls may be incomplete.")

    def _run(self) -> None:
        while not self._stopping.wait(BATCH_SECONDS):
            self.flush()
        super().close()


class CallRecord:
    """One call's record, for the call's own thread: each method appends to a queue and returns.

    ``may_keep_sound`` is asked about all sound: what comes while it may not be kept is silence in the recording.
    ``clock`` is read for every event, and every ``at`` is a reading of it; the call begins when this is made,
    at ``started_at`` of the calendar.
    """

    def __init__(
        self,
        queue: RecordQueue,
        data: Path,
        call_id: str,
        *,
        started_at: datetime,
        keep: Keep = Keep.WORDS_AND_SOUND,
        may_keep_sound: Callable[[], bool] = lambda: True,
        clock: Callable[[], float] = lambda: time.monotonic(),  # noqa: PLW0108 - looked up when it is read
    ) -> None:
        self.call_id = call_id
        self.backlog = Backlog(CALL_QUEUE_BYTES)
        self._queue = queue
        self._keep = keep
        self._may_keep_sound = may_keep_sound
        self._clock = clock
        self._began = clock()
        self._dropped = 0
        folder = folder_of(data, call_id)
        if folder is None:
            raise ValueError(f"{call_id!r} is no id of a call.")
        queue.begin(self, CallFiles(folder, started_at, keep))

    def event(self, event: Event) -> None:
        """Something happened, now."""
        self._queue.put(self, self._now(), Happened(event))

    def caller_audio(self, pcm: bytes, rate: int, at: float) -> None:
        """PCM16 mono of the caller, received at ``at``."""
        self._hear(Side.CALLER, pcm, rate, at)

    def bot_audio(self, pcm: bytes, rate: int, at: float) -> None:
        """PCM16 mono of the bot, which begins to play at ``at``."""
        self._hear(Side.BOT, pcm, rate, at)

    def bot_cut(self, at: float) -> None:
        """What the bot was to say from ``at`` on was never heard."""
        self._queue.put(self, self._now(), Cut(at - self._began))

    def close(self) -> None:
        """The record ends here; what comes later is ignored."""
        self._queue.put(self, self._now(), Over())

    def _now(self) -> float:
        return self._clock() - self._began

    def _hear(self, side: Side, pcm: bytes, rate: int, at: float) -> None:
        if self._keep is Keep.WORDS or not self._may_keep_sound():
            return
        if self._queue.put_sound(self, self._now(), Heard(side, pcm, rate, at - self._began)):
            return
        if not self._dropped:
            logger.warning("The disk is too slow: sound is missing in a record.", call=self.call_id)
        self._dropped += len(pcm)


def read_record(data: Path, call_id: str, is_open: Callable[[str], bool]) -> dict[str, object] | None:
    """The record of a call as JSON, or None when there is none; ``is_open`` knows the calls under way."""
    folder = folder_of(data, call_id)
    if folder is None or not folder.is_dir():
        return None
    entries = _entries(folder / EVENTS)
    started = _first(entries, "call_started")
    ended = _first(entries, "call_ended")
    recording = folder / RECORDING
    return {
        "id": call_id,
        "startedAt": started.get("at"),
        "endedAt": ended.get("at"),
        "state": "ended" if ended else "live" if is_open(call_id) else "aborted",
        "pipeline": started.get("pipeline"),
        "transport": started.get("transport"),
        "providers": started.get("providers", {}),
        "durationSeconds": entries[-1].get("t") if entries else 0.0,
        "recording": recording.relative_to(data).as_posix() if recording.exists() else None,
        "transcript": [_as_json(line) for line in _transcribed(entries)],
        "events": entries,
    }


def _entries(path: Path) -> list[Entry]:
    """The whole lines; a process that was killed may have left a part of one at the end."""
    lines = path.read_bytes().split(b"\n") if path.exists() else []
    return [json.loads(line) for line in lines[:-1]]


def _first(entries: list[Entry], event: str) -> Entry:
    return next((entry for entry in entries if entry["event"] == event), {})


def _transcribed(entries: list[Entry]) -> list[Line]:
    transcriber = Transcriber()
    lines = [line for entry in entries for line in transcriber.add(entry)]
    return lines + transcriber.rest()


def _as_json(line: Line) -> dict[str, object]:
    told: dict[str, object] = {"t": line.t, "speaker": line.speaker, "text": line.text}
    return {**told, "interrupted": True} if line.interrupted else told
