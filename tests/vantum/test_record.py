"""The record of a call on disk: as it happens, whole after a kill, private, and read back."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import wave
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
import soundfile
from loguru import logger

from vantum import record as record_module
from vantum.call_files import Keep
from vantum.call_folder import is_held
from vantum.core.events import (
    CallEnded,
    CallStarted,
    ConversationState,
    Event,
    Stage,
    StateChanged,
    Transcript,
    TurnCommitted,
    TurnEnd,
    TurnLatency,
    UtteranceEnded,
    UtteranceStarted,
)
from vantum.record import CALL_QUEUE_BYTES, CallRecord, RecordQueue, RecordWriter, read_record

ID = "019cabd8-3030-7c31-9d2f-0a6f3f6f4e11"
OTHER = "019cabd8-3030-7c31-9d2f-0a6f3f6f4e12"
BEGAN = datetime(2026, 3, 1, 23, 59, 58, tzinfo=UTC)
SECOND = bytes(32000)


class Clock:
    """A clock that is set by hand, and does not begin at zero."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now

    def set(self, seconds: float) -> float:
        self.now = 1000.0 + seconds
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def queue() -> Iterator[RecordQueue]:
    queue = RecordQueue()
    yield queue
    queue.close()


@pytest.fixture
def log() -> Iterator[list[str]]:
    lines: list[str] = []
    sink = logger.add(lines.append, format="{level} {message} {extra}")
    yield lines
    logger.remove(sink)


@pytest.fixture
def call(queue: RecordQueue, tmp_path: Path, clock: Clock) -> CallRecord:
    return CallRecord(queue, tmp_path, ID, started_at=BEGAN, clock=clock)


def folder(data: Path, call_id: str = ID) -> Path:
    return data / "calls" / "2026-03-01" / call_id


def events(data: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in (folder(data) / "events.jsonl").read_text().splitlines()]


def transcript(data: Path) -> str:
    return (folder(data) / "transcript.txt").read_text()


def wav_seconds(path: Path) -> float:
    with wave.open(str(path)) as file:
        return float(file.getnframes() / file.getframerate())


STARTED = CallStarted(ID, "outreach", "browser", {"stt": "local", "llm": "local", "tts": "local"})


def converse(call: CallRecord, clock: Clock) -> None:
    script: list[tuple[float, Event]] = [
        (0.0, STARTED),
        (0.5, StateChanged(ConversationState.INITIALIZING, ConversationState.LISTENING)),
        (1.0, UtteranceStarted("u1")),
        (2.0, Transcript("who", final=False, confidence=0.5)),
        (2.2, UtteranceEnded("u1", "Hello, this is", interrupted=True)),
        (2.5, Transcript("Who is this?", final=True)),
        (2.7, TurnCommitted(1, "Who is this?", TurnEnd.SILENCE, 0.2)),
        (2.9, TurnLatency(1, {Stage.COMMITTED: 0.2, Stage.FIRST_BYTE: 0.5})),
    ]
    for at, event in script:
        clock.set(at)
        call.event(event)


# --- as it happens ----------------------------------------------------------------------------------


def test_events_are_lines_of_json(queue: RecordQueue, call: CallRecord, clock: Clock, tmp_path: Path) -> None:
    converse(call, clock)
    queue.flush()
    told = events(tmp_path)
    assert told[0] == {
        "t": 0.0,
        "at": "2026-03-01T23:59:58.000+00:00",
        "event": "call_started",
        "call_id": ID,
        "pipeline": "outreach",
        "transport": "browser",
        "providers": {"stt": "local", "llm": "local", "tts": "local"},
    }
    assert told[1]["previous"] == "initializing"
    assert told[6] == {
        "t": 2.7,
        "at": "2026-03-02T00:00:00.700+00:00",
        "event": "turn_committed",
        "turn": 1,
        "text": "Who is this?",
        "ended_by": "silence",
        "silent_seconds": 0.2,
        "spoken_seconds": None,
    }
    assert told[7]["seconds"] == {"committed": 0.2, "first_byte": 0.5}
    assert len(told) == 8


def test_the_transcript_is_for_people(
    queue: RecordQueue, call: CallRecord, clock: Clock, tmp_path: Path
) -> None:
    converse(call, clock)
    clock.set(3.0)
    call.event(Transcript("No, \ud800 wait", final=True))
    call.close()
    queue.flush()
    assert transcript(tmp_path).splitlines() == [
        "[00:01.0] Bot: Hello, this is (interrupted)",
        "[00:02.5] Caller: Who is this?",
        "[00:03.0] Caller: No, ? wait",
    ]


def test_everything_is_on_disk_while_the_call_goes_on(
    queue: RecordQueue, call: CallRecord, clock: Clock, tmp_path: Path
) -> None:
    for second in range(1, 4):
        clock.set(second)
        call.event(Transcript("yes", final=True))
        call.event(TurnCommitted(second, "yes", TurnEnd.STT, 0.1))
        call.caller_audio(SECOND, 16000, clock.now - 1)
        queue.flush()
        assert len(events(tmp_path)) == 2 * second
        assert len(transcript(tmp_path).splitlines()) == second
        assert wav_seconds(folder(tmp_path) / "recording.wav") == second - 1


def test_the_recording_has_the_length_of_the_call(
    queue: RecordQueue, call: CallRecord, clock: Clock, tmp_path: Path
) -> None:
    clock.set(7.25)
    call.close()
    queue.flush()
    assert wav_seconds(folder(tmp_path) / "recording.wav") == 7.25


def test_both_sides_and_the_cut_are_recorded(
    queue: RecordQueue, call: CallRecord, clock: Clock, tmp_path: Path
) -> None:
    loud = b"\x00\x10" * 16000
    call.caller_audio(loud, 16000, clock.set(1.0))
    call.bot_audio(loud, 16000, clock.set(2.0))
    call.bot_cut(clock.set(2.5))
    clock.set(4.0)
    call.close()
    queue.flush()
    with wave.open(str(folder(tmp_path) / "recording.wav")) as file:
        frames = file.readframes(file.getnframes())
    caller, bot = (frames[0::4], frames[1::4]), (frames[2::4], frames[3::4])
    assert [high.count(b"\x10") for _, high in (caller, bot)] == [16000, 8000]


def test_what_comes_after_the_end_is_ignored(
    queue: RecordQueue, call: CallRecord, clock: Clock, tmp_path: Path
) -> None:
    call.event(STARTED)
    call.close()
    call.event(CallEnded("again"))
    call.caller_audio(SECOND, 16000, clock.now)
    call.close()
    queue.flush()
    call.event(CallEnded("and again"))
    queue.flush()
    assert len(events(tmp_path)) == 1
    assert not queue.is_open(ID)


def test_words_alone_can_be_kept(queue: RecordQueue, tmp_path: Path, clock: Clock) -> None:
    call = CallRecord(queue, tmp_path, ID, started_at=BEGAN, clock=clock, keep=Keep.WORDS)
    converse(call, clock)
    call.caller_audio(SECOND, 16000, clock.now)
    call.bot_cut(clock.now)
    call.close()
    queue.flush()
    assert sorted(file.name for file in folder(tmp_path).iterdir()) == ["events.jsonl", "transcript.txt"]


def test_sound_that_may_not_be_kept_is_silence(queue: RecordQueue, tmp_path: Path, clock: Clock) -> None:
    loud, allowed = b"\x00\x40" * 16_000, [False]
    call = CallRecord(queue, tmp_path, ID, started_at=BEGAN, clock=clock, may_keep_sound=lambda: allowed[0])
    call.caller_audio(loud, 16_000, clock.set(0.0))
    allowed[0] = True
    call.caller_audio(loud, 16_000, clock.set(1.0))
    clock.set(2.0)
    call.close()
    queue.flush()
    sound, rate = soundfile.read(folder(tmp_path) / "recording.wav", dtype="int16")
    first, second = sound[: rate // 2, 0], sound[rate + rate // 2 : 2 * rate, 0]
    assert (abs(first).max(), abs(second).max() > 10_000) == (0, True)


def test_the_day_is_that_of_utc(queue: RecordQueue, tmp_path: Path, clock: Clock) -> None:
    tokyo = datetime(2026, 3, 2, 8, 30, tzinfo=timezone(timedelta(hours=9)))
    CallRecord(queue, tmp_path, ID, started_at=tokyo, clock=clock).event(STARTED)
    queue.flush()
    assert events(tmp_path)[0]["at"] == "2026-03-01T23:30:00.000+00:00"


def test_only_the_owner_can_read_a_record(queue: RecordQueue, tmp_path: Path, clock: Clock) -> None:
    data = tmp_path / "deep" / "data"
    call = CallRecord(queue, data, ID, started_at=BEGAN, clock=clock)
    converse(call, clock)
    queue.flush()
    for path in (data, *data.rglob("*")):
        assert path.stat().st_mode & 0o777 == (0o700 if path.is_dir() else 0o600)


# --- when the disk is slow, or fails ----------------------------------------------------------------


def test_sound_is_dropped_and_never_an_event(
    queue: RecordQueue, call: CallRecord, clock: Clock, tmp_path: Path, log: list[str]
) -> None:
    piece = bytes(2**20)
    for _ in range(CALL_QUEUE_BYTES // len(piece) + 3):
        call.caller_audio(piece, 48000, clock.now)
        call.event(Transcript("secret words", final=False))
    queue.flush()
    assert len(events(tmp_path)) == CALL_QUEUE_BYTES // len(piece) + 3
    assert log == [f"WARNING The disk is too slow: sound is missing in a record. {{'call': '{ID}'}}\n"]
    call.caller_audio(piece, 48000, clock.now)
    assert len(log) == 1


def test_a_process_has_a_limit_too(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, clock: Clock, log: list[str]
) -> None:
    monkeypatch.setattr(record_module, "QUEUE_BYTES", 1000)
    queue = RecordQueue()
    for call_id in (ID, OTHER):
        call = CallRecord(queue, tmp_path, call_id, started_at=BEGAN, clock=clock)
        call.caller_audio(bytes(600), 16000, clock.now)
    assert len(log) == 1
    assert OTHER in log[0]


def test_behind_a_disk_that_does_nothing_events_are_dropped_and_told_once(
    tmp_path: Path, clock: Clock, log: list[str]
) -> None:
    queue = RecordQueue(most_items=10)
    call = CallRecord(queue, tmp_path, ID, started_at=BEGAN, clock=clock)
    for count in range(50):
        call.event(Transcript(str(count), final=True))
        call.bot_audio(bytes(2), 16000, clock())
    call.close()
    queue.flush()
    assert [event["text"] for event in events(tmp_path) if event["event"] == "transcript"] == [
        "0",
        "1",
        "2",
        "3",
        "4",
    ]
    assert not queue.is_open(ID)
    assert sum("The disk does nothing" in line for line in log) == 1
    # What was dropped does not count as waiting.
    assert call.backlog.has_room(CALL_QUEUE_BYTES)
    queue.close()


def test_a_record_that_cannot_be_written_harms_no_other(
    queue: RecordQueue, call: CallRecord, clock: Clock, tmp_path: Path, log: list[str]
) -> None:
    (tmp_path / "calls" / "2026-03-01").mkdir(parents=True)
    folder(tmp_path).write_text("in the way")
    other = CallRecord(queue, tmp_path, OTHER, started_at=BEGAN, clock=clock)
    for record in (call, other):
        record.event(Transcript("secret words", final=True))
    queue.flush()
    assert is_held(folder(tmp_path, OTHER))
    other.close()
    queue.flush()
    assert not is_held(folder(tmp_path, OTHER))
    assert (folder(tmp_path, OTHER) / "transcript.txt").exists()
    assert log == [
        "ERROR The record of a call cannot be written any further. "
        f"{{'call': '{ID}', 'reason': 'Not a directory'}}\n"
    ]


def test_a_record_that_fails_on_its_way_can_still_be_read(
    queue: RecordQueue, call: CallRecord, clock: Clock, tmp_path: Path, log: list[str]
) -> None:
    call.event(STARTED)
    call.caller_audio(SECOND, 16000, clock.set(1.0))
    clock.set(3.0)
    call.event(CallEnded("done"))
    queue.flush()
    (folder(tmp_path) / "transcript.txt").mkdir()
    call.event(Transcript("hello", final=True))
    call.close()
    queue.flush()
    assert not queue.is_open(ID)
    assert not is_held(folder(tmp_path))
    assert "Is a directory" in log[0]
    assert wav_seconds(folder(tmp_path) / "recording.wav") == 2.0


def test_a_fault_of_our_own_is_reported_without_the_words(
    queue: RecordQueue, call: CallRecord, clock: Clock, log: list[str]
) -> None:
    call.event(STARTED)
    call.caller_audio(SECOND, 0, clock.now)
    queue.flush()
    assert log[0].endswith(f"{{'call': '{ID}', 'reason': 'ValueError'}}\n")


# --- the thread -------------------------------------------------------------------------------------


@pytest.mark.real_time
def test_the_writer_writes_by_itself(tmp_path: Path) -> None:
    flushed = threading.Event()

    class Watched(RecordWriter):
        def flush(self) -> None:
            super().flush()
            if (folder(tmp_path) / "events.jsonl").exists():
                flushed.set()

    writer = Watched()
    CallRecord(writer, tmp_path, ID, started_at=BEGAN).event(STARTED)
    assert flushed.wait(10)
    assert writer.is_open(ID)
    writer.close()


def test_closing_the_writer_writes_the_rest_and_leaves_no_thread(tmp_path: Path, clock: Clock) -> None:
    before = threading.active_count()
    writer = RecordWriter()
    call = CallRecord(writer, tmp_path, ID, started_at=BEGAN, clock=clock)
    clock.set(2.0)
    call.event(Transcript("hello", final=True))
    writer.close()
    assert wav_seconds(folder(tmp_path) / "recording.wav") == 2.0
    assert transcript(tmp_path) == "[00:02.0] Caller: hello\n"
    assert not writer.is_open(ID)
    assert threading.active_count() == before
    writer.close()


def test_closing_waits_for_a_stuck_disk_only_so_long(monkeypatch: pytest.MonkeyPatch, log: list[str]) -> None:
    monkeypatch.setattr(record_module, "CLOSE_SECONDS", 0.01)
    monkeypatch.setattr(record_module, "BATCH_SECONDS", 0.0)
    reached, freed = threading.Event(), threading.Event()

    class Stuck(RecordWriter):
        def flush(self) -> None:
            reached.set()
            freed.wait(10)

    writer = Stuck()
    assert reached.wait(10)
    writer.close()
    assert "records of the last calls may be incomplete" in log[0]
    freed.set()
    monkeypatch.setattr(record_module, "CLOSE_SECONDS", 10.0)
    writer.close()
    assert len(log) == 1


VICTIM = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from vantum.core.events import CallStarted, Transcript, TurnCommitted, TurnEnd
from vantum.record import CallRecord, RecordWriter

now = 0.0
writer = RecordWriter()
began = datetime.fromisoformat(sys.argv[2])
call = CallRecord(writer, Path(sys.argv[1]), sys.argv[3], started_at=began, clock=lambda: now)
call.event(CallStarted(sys.argv[3], "outreach", "browser", {}))
tone = bytes(range(256)) * 15
for turn in range(10**6):
    for _ in range(50):
        now += 0.02
        call.caller_audio(tone[:1920], 48000, now)
        call.bot_audio(tone, 48000, now + 0.1)
        call.event(Transcript("some words of the caller", final=False))
    call.event(TurnCommitted(turn, "some words of the caller " * 40, TurnEnd.SILENCE, 0.2))
    writer.flush()
    print(turn, flush=True)
"""


@pytest.mark.real_time
@pytest.mark.parametrize("turns", [1, 2, 5, 11, 40])
def test_a_record_can_be_read_after_a_kill_at_any_moment(tmp_path: Path, turns: int) -> None:
    command = [sys.executable, "-c", VICTIM, str(tmp_path), BEGAN.isoformat(), ID]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=Path.cwd()) as victim:
        assert victim.stdout is not None
        for _ in range(turns):
            victim.stdout.readline()
        victim.kill()
    # The system may stop a write that spans pages half way: only what follows the last newline can be torn.
    whole = (folder(tmp_path) / "events.jsonl").read_bytes().split(b"\n")[:-1]
    assert len([json.loads(line) for line in whole]) >= 51 * turns + 1
    assert len(transcript(tmp_path).splitlines()) >= turns
    wav = folder(tmp_path) / "recording.wav"
    seconds = wav_seconds(wav)
    assert seconds >= turns - 1
    assert 44 + seconds * 64000 <= wav.stat().st_size
    record = read_record(tmp_path, ID, lambda _: False)
    assert record is not None
    assert record["state"] == "aborted"


# --- read back --------------------------------------------------------------------------------------


def test_a_record_is_read_back(queue: RecordQueue, call: CallRecord, clock: Clock, tmp_path: Path) -> None:
    converse(call, clock)
    queue.flush()
    live = read_record(tmp_path, ID, queue.is_open)
    assert live is not None
    assert (live["state"], live["endedAt"], live["durationSeconds"]) == ("live", None, 2.9)
    clock.set(3.5)
    call.event(CallEnded("client left"))
    call.close()
    queue.flush()
    record = read_record(tmp_path, ID, queue.is_open)
    assert record is not None
    told = record.pop("events")
    assert told == events(tmp_path)
    assert record == {
        "id": ID,
        "startedAt": "2026-03-01T23:59:58.000+00:00",
        "endedAt": "2026-03-02T00:00:01.500+00:00",
        "state": "ended",
        "pipeline": "outreach",
        "transport": "browser",
        "providers": {"stt": "local", "llm": "local", "tts": "local"},
        "durationSeconds": 3.5,
        "recording": f"calls/2026-03-01/{ID}/recording.wav",
        "transcript": [
            {"t": 1.0, "speaker": "bot", "text": "Hello, this is", "interrupted": True},
            {"t": 2.5, "speaker": "caller", "text": "Who is this?"},
        ],
    }


def test_a_torn_last_line_is_left_out(
    queue: RecordQueue, call: CallRecord, clock: Clock, tmp_path: Path
) -> None:
    converse(call, clock)
    queue.flush()
    whole = (folder(tmp_path) / "events.jsonl").read_bytes()
    for torn in (b'{"t": 3.0, "event": "call_e', b'{"t": 3.0}', "{'é".encode()[:-1]):
        (folder(tmp_path) / "events.jsonl").write_bytes(whole + torn)
        record = read_record(tmp_path, ID, queue.is_open)
        assert record is not None
        assert record["events"] == events_of(whole)


def events_of(content: bytes) -> list[object]:
    return [json.loads(line) for line in content.splitlines()]


def test_words_that_are_in_no_turn_yet_are_read(queue: RecordQueue, call: CallRecord, tmp_path: Path) -> None:
    call.event(Transcript("hello", final=True))
    queue.flush()
    record = read_record(tmp_path, ID, queue.is_open)
    assert record is not None
    assert record["transcript"] == [{"t": 0.0, "speaker": "caller", "text": "hello"}]


def test_a_record_with_nothing_in_it_yet_is_read(queue: RecordQueue, tmp_path: Path, clock: Clock) -> None:
    CallRecord(queue, tmp_path, ID, started_at=BEGAN, clock=clock, keep=Keep.WORDS)
    queue.flush()
    record = read_record(tmp_path, ID, queue.is_open)
    assert record is not None
    assert (record["durationSeconds"], record["recording"], record["events"]) == (0.0, None, [])


@pytest.mark.parametrize(
    "call_id",
    [
        "",
        "..",
        "../../etc/passwd",
        "*",
        ID.upper(),
        ID.replace("-", ""),
        f"{{{ID}}}",
        f"urn:uuid:{ID}",
        OTHER,
    ],
)
def test_there_is_no_record_of_anything_else(
    queue: RecordQueue, call: CallRecord, tmp_path: Path, call_id: str
) -> None:
    call.event(STARTED)
    queue.flush()
    assert read_record(tmp_path, call_id, queue.is_open) is None
