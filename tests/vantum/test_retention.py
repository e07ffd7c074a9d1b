"""What is removed of old calls, and that nothing else is, whatever happens meanwhile."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest

from vantum import retention, retention_command
from vantum.call_folder import folder_of
from vantum.retention import Keep, Removed, Sweep, began

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


def call_of(age: timedelta, number: int = 0) -> str:
    """The id of a call that began so long ago."""
    milliseconds = round((NOW - age).timestamp() * 1000)
    return str(UUID(int=(milliseconds << 80) | (7 << 76) | (2 << 62) | number))


def write(data: Path, call_id: str, *, ended: bool = True, quiet: timedelta | None = None) -> Path:
    """A record as a call leaves it; ``quiet`` is how long ago it was written to last (as long as it is old)."""
    folder = folder_of(data, call_id)
    assert folder is not None
    folder.mkdir(parents=True)
    lines = [{"event": "call_started"}, *([{"event": "call_ended"}] if ended else [])]
    (folder / "events.jsonl").write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    (folder / "transcript.txt").write_text("Caller: hello\n")
    (folder / "recording.wav").write_bytes(bytes(1000))
    moment = (NOW - (quiet if quiet is not None else NOW - began(call_id))).timestamp()
    for file in folder.iterdir():
        os.utime(file, (moment, moment))
    return folder


def sweep(data: Path, days: int = 0, audio_days: int = 0, **options: object) -> Removed:
    return Sweep(data, Keep(days, audio_days), NOW, **options).run()  # type: ignore[arg-type]


def days(count: float) -> timedelta:
    return timedelta(days=count)


@pytest.mark.parametrize(
    ("age", "keep", "audio", "left"),
    [
        (31, 30, 0, None),
        (30, 30, 0, None),
        (29.99, 30, 0, {"events.jsonl", "transcript.txt", "recording.wav"}),
        (31, 0, 30, {"events.jsonl", "transcript.txt"}),
        (29, 0, 30, {"events.jsonl", "transcript.txt", "recording.wav"}),
        (31, 60, 30, {"events.jsonl", "transcript.txt"}),
        (61, 60, 30, None),
        (61, 30, 60, None),
        (1.01, 1, 0, None),
    ],
)
def test_what_is_old_enough_is_removed(
    tmp_path: Path, age: float, keep: int, audio: int, left: set[str] | None
) -> None:
    folder = write(tmp_path, call_of(days(age)))
    removed = sweep(tmp_path, keep, audio)
    assert ({file.name for file in folder.iterdir()} if folder.exists() else None) == left
    assert (removed.records, removed.recordings) == (
        int(left is None),
        int(left is not None and len(left) == 2),
    )
    assert removed.failed == 0


def test_a_day_without_calls_leaves_no_folder_and_others_stay(tmp_path: Path) -> None:
    old = write(tmp_path, call_of(days(40)))
    new = write(tmp_path, call_of(days(1)))
    assert sweep(tmp_path, 30).records == 1
    assert not old.parent.exists()
    assert new.exists()
    assert not any((tmp_path / "removed").iterdir())


def test_a_dry_run_counts_the_same_and_removes_nothing(tmp_path: Path) -> None:
    folders = [write(tmp_path, call_of(days(40 + n), n)) for n in range(3)]
    before = sorted(tmp_path.rglob("*"))
    dry = sweep(tmp_path, 30, dry=True)
    assert sorted(tmp_path.rglob("*")) == before
    assert dry == sweep(tmp_path, 30)
    assert dry.records == 3
    assert dry.bytes > 3000
    assert not any(folder.exists() for folder in folders)


@pytest.mark.parametrize(
    ("ended", "quiet", "kept"),
    [(True, 0, False), (True, 1.9, False), (False, 0, True), (False, 1.9, True), (False, 2.1, False)],
)
def test_a_call_that_may_be_under_way_is_left_alone(
    tmp_path: Path, ended: bool, quiet: float, kept: bool
) -> None:
    folder = write(tmp_path, call_of(days(40)), ended=ended, quiet=days(quiet))
    assert sweep(tmp_path, 1).records == int(not kept)
    assert folder.exists() is kept


def test_the_calls_of_this_process_are_left_alone(tmp_path: Path) -> None:
    live, over = call_of(days(40), 1), call_of(days(40), 2)
    folders = [write(tmp_path, call_id) for call_id in (live, over)]
    assert sweep(tmp_path, 1, is_live=lambda call_id: call_id == live).records == 1
    assert [folder.exists() for folder in folders] == [True, False]


def test_a_torn_record_of_a_process_that_died_is_removed_in_time(tmp_path: Path) -> None:
    folder = write(tmp_path, call_of(days(40)), ended=False)
    (folder / "events.jsonl").write_bytes(b'{"event": "call_st')
    os.utime(folder / "events.jsonl", (0, 0))
    assert sweep(tmp_path, 30).records == 1


def phone_call_without_events(data: Path) -> Path:
    folder = write(data, call_of(days(40)), quiet=days(0))
    for name in ("events.jsonl", "transcript.txt", "recording.wav"):
        (folder / name).unlink()
    (folder / "call.json").write_text("{}")
    return folder


def test_a_phone_call_that_was_just_written_to_is_left_alone(tmp_path: Path) -> None:
    folder = phone_call_without_events(tmp_path)
    os.utime(folder / "call.json", (NOW.timestamp(), NOW.timestamp()))
    assert sweep(tmp_path, 30) == Removed()
    os.utime(folder / "call.json", (0, 0))
    assert sweep(tmp_path, 30).records == 1


def test_only_folders_of_calls_are_touched(tmp_path: Path) -> None:
    old = call_of(days(40))
    elsewhere = tmp_path / "elsewhere"
    write(elsewhere, old)
    data = tmp_path / "data"
    day = data / "calls" / began(old).date().isoformat()
    day.mkdir(parents=True)
    (day / "notes").mkdir()
    (day / "00000000-0000-4000-8000-000000000000").mkdir()
    (data / "calls" / "other").mkdir()
    (data / "calls" / "other" / old).mkdir()
    (day / old).symlink_to(folder_of(elsewhere, old) or "")
    (data / "blocked_numbers.jsonl").write_text("{}\n")
    before = sorted(tmp_path.rglob("*"))
    assert sweep(data, 1) == Removed()
    assert sorted(tmp_path.rglob("*")) == before


def test_nothing_is_there_yet(tmp_path: Path) -> None:
    assert sweep(tmp_path / "missing", 1, 1) == Removed()


def test_a_process_that_died_while_it_removed_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write(tmp_path, call_of(days(40)))

    class KilledError(BaseException):
        """The process ends here."""

    def die(_: Path) -> None:
        raise KilledError

    with monkeypatch.context() as patch:
        patch.setattr("vantum.retention.shutil.rmtree", die)
        with pytest.raises(KilledError):
            sweep(tmp_path, 30)
    assert not folder.exists()
    assert len([*(tmp_path / "removed").iterdir()]) == 1
    assert sweep(tmp_path, 30).records == 0
    assert [*(tmp_path / "removed").iterdir()] == []


def test_what_cannot_be_removed_is_counted_and_holds_up_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stuck = write(tmp_path, call_of(days(50), 1))
    other = write(tmp_path, call_of(days(40), 2))
    rename = Path.rename

    def refuse(path: Path, target: Path) -> Path:
        if path == stuck:
            raise PermissionError(13, "Permission denied")
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", refuse)
    removed = sweep(tmp_path, 30)
    assert (removed.records, removed.failed) == (1, 1)
    assert [folder.exists() for folder in (stuck, other)] == [True, False]


def test_a_round_has_a_bound_and_can_be_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(5):
        write(tmp_path, call_of(days(40), number))
    assert sweep(tmp_path, 30, stopped=lambda: True) == Removed()
    monkeypatch.setattr(retention, "MOST_REMOVED", 2)
    assert [sweep(tmp_path, 30).records for _ in range(4)] == [2, 2, 1, 0]


def test_the_keys_of_removed_calls_are_forgotten_and_no_others(tmp_path: Path) -> None:
    gone, kept, young = call_of(days(40), 1), call_of(days(20), 2), call_of(days(1), 3)
    write(tmp_path, gone)
    write(tmp_path, kept)
    keys = tmp_path / "idempotency"
    keys.mkdir()
    for name, content in {"a": gone, "b": kept, "c": young, "d": "no id"}.items():
        (keys / name).write_text(content)
    assert sweep(tmp_path, 30, dry=True).keys == 0
    assert sweep(tmp_path, 30).keys == 1
    assert {path.name for path in keys.iterdir()} == {"b", "c", "d"}
    assert sweep(tmp_path, 0, 1).keys == 0


@pytest.fixture
def command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., int]:
    """The command in an environment of its own; a call of long ago is on the disk."""
    for name in [name for name in os.environ if name.startswith("VANTUM_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "data", call_of(days(400)))

    def run(*arguments: str, **settings: str) -> int:
        for name, value in settings.items():
            monkeypatch.setenv(name, value)
        return retention_command.main(["run", *arguments])

    return run


def test_the_command_says_what_it_removes(
    command: Callable[..., int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command("--dry-run", VANTUM_KEEP_DAYS="30") == 0
    assert command() == 0
    assert command() == 0
    assert capsys.readouterr().out.splitlines() == [
        "would be removed: 1 records, 0 recordings of others, 0.0 MB",
        "removed: 1 records, 0 recordings of others, 0.0 MB",
        "removed: 0 records, 0 recordings of others, 0.0 MB",
    ]
    assert not any((tmp_path / "data" / "calls").iterdir())


def test_without_a_time_nothing_is_removed(
    command: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    assert command() == 2
    assert capsys.readouterr().err == (
        "vantum: All records are kept for ever. Set VANTUM_KEEP_DAYS, VANTUM_KEEP_DAYS_AUDIO or an "
        "organisation's retention_days to remove old ones.\n"
    )


def test_what_could_not_be_removed_is_an_error(
    command: Callable[..., int], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(Sweep, "run", lambda _: Removed(1, 2, 3_000_000, 4))
    assert command(VANTUM_KEEP_DAYS_AUDIO="1") == 1
    assert capsys.readouterr().out == "removed: 1 records, 2 recordings of others, 3.0 MB; 4 could not be\n"
