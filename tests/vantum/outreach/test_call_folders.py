"""Folders of calls: found by their numbers, and removed whole."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from pathlib import Path

import pytest

from tests.vantum.outreach.people import FILES, HER, OURS, SOMEBODY_ELSE, record, record_id
from tests.vantum.store.rows import NOON
from vantum.outreach.call_folders import Folder, existing, files_in, fingerprints, folders_with, remove
from vantum.retention import LONGEST_CALL, TRASH

LATER = NOON + timedelta(days=3)


def test_calls_from_and_to_a_number(tmp_path: Path) -> None:
    assert folders_with(tmp_path, HER, NOON) == []
    record(tmp_path, record_id(1), HER)
    record(tmp_path, record_id(2), OURS, sender=HER)
    record(tmp_path, record_id(3), SOMEBODY_ELSE)
    record(tmp_path, record_id(4), HER + "1")
    assert folders_with(tmp_path, HER, LATER) == [
        Folder(record_id(1), is_live=False),
        Folder(record_id(2), is_live=False),
    ]


@pytest.mark.parametrize(
    ("state", "now", "live"),
    [
        ("ended", NOON, False),
        ("in-progress", NOON, True),
        ("in-progress", NOON + LONGEST_CALL - timedelta(seconds=1), True),
        ("in-progress", NOON + LONGEST_CALL, False),
    ],
)
def test_a_call_may_be_under_way(tmp_path: Path, state: str, now: object, live: bool) -> None:
    record(tmp_path, record_id(1), HER, state=state)
    assert folders_with(tmp_path, HER, now) == [Folder(record_id(1), live)]  # type: ignore[arg-type]


def test_what_is_no_call_is_left_alone(tmp_path: Path) -> None:
    day = record(tmp_path, record_id(1), SOMEBODY_ELSE).parent
    (day / "notes.txt").write_text(HER)
    (day / "other").mkdir()
    (day / "other" / "call.json").write_text(f'{{"to_number": "{HER}"}}')
    (tmp_path / "calls" / "file").write_text(HER)
    (tmp_path / "calls" / "link").symlink_to(day)
    for index, text in enumerate(("", f'"{HER}"', f'{{"{HER}": 1}}', f"{HER} {{"), 2):
        folder = record(tmp_path, record_id(index), SOMEBODY_ELSE)
        (folder / "call.json").write_text(text)
    (record(tmp_path, record_id(9), SOMEBODY_ELSE) / "call.json").unlink()
    assert folders_with(tmp_path, HER, NOON) == []


def test_those_that_are_there(tmp_path: Path) -> None:
    folder = record(tmp_path, record_id(1), HER)
    assert existing(tmp_path, [record_id(2), record_id(1), "../x", ""]) == [folder]


def test_files_and_fingerprints(tmp_path: Path) -> None:
    folder = record(tmp_path, record_id(1), HER)
    (folder / "clips").mkdir()
    (folder / "clips" / "one.wav").write_bytes(b"x" * 3_000_000)
    (folder / "link").symlink_to(folder / "call.json")
    names = ["call.json", "clips/one.wav", "events.jsonl", "recording.wav", "transcript.txt"]
    assert [path.relative_to(folder).as_posix() for path in files_in(folder)] == names
    found = dict(fingerprints(tmp_path, [folder]))
    assert [*found] == [f"{folder.relative_to(tmp_path).as_posix()}/{name}" for name in names]
    sound = found[f"calls/2026-11-18/{record_id(1)}/clips/one.wav"]
    assert sound == hashlib.sha256(b"x" * 3_000_000).hexdigest()


def test_a_day_goes_with_its_last_call(tmp_path: Path) -> None:
    first, second = record(tmp_path, record_id(1), HER), record(tmp_path, record_id(2), HER)
    remove(tmp_path, [first])
    assert not first.exists()
    assert sorted(path.name for path in second.iterdir()) == [*FILES]
    remove(tmp_path, [second])
    assert not first.parent.exists()
    assert [*(tmp_path / TRASH).iterdir()] == []


def test_what_an_earlier_removal_left_goes_too(tmp_path: Path) -> None:
    left = tmp_path / TRASH / record_id(1)
    left.mkdir(parents=True)
    (left / "transcript.txt").write_text("x")
    remove(tmp_path, [])
    assert [*(tmp_path / TRASH).iterdir()] == []


def test_somebody_else_may_remove_at_the_same_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = record(tmp_path, record_id(1), HER)

    def gone(path: Path) -> None:
        raise FileNotFoundError(path)

    monkeypatch.setattr("vantum.outreach.call_folders.shutil.rmtree", gone)
    remove(tmp_path, [folder])
    assert not folder.exists()
