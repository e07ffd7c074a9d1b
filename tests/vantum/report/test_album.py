"""Clips are in the page while there is room, then beside it, then nowhere."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest

from vantum.report.album import FOLDER, Album
from vantum.report.clips import MP3, WAV, Sound
from vantum.report.values import Clip

SOUND = Sound(b"abc" * 100, 1.5, MP3)
WRITTEN = len(base64.b64encode(SOUND.content))


def test_clips_go_where_there_is_room(tmp_path: Path) -> None:
    album = Album(tmp_path, embedded=WRITTEN, beside=300)
    inside = album.add(SOUND)
    assert inside == Clip("data:audio/mpeg;base64," + base64.b64encode(SOUND.content).decode(), 1.5)
    assert not (tmp_path / FOLDER).exists()
    beside = album.add(Sound(b"xyz" * 100, 2.0, WAV))
    assert beside is not None
    path = tmp_path / beside.source
    assert (path.parent, path.suffix, beside.seconds) == (tmp_path / FOLDER, ".wav", 2.0)
    assert path.read_bytes() == b"xyz" * 100
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert album.add(SOUND) is None


@pytest.mark.parametrize("again", [1, 2])
def test_what_an_earlier_page_left_is_removed_and_nothing_else(tmp_path: Path, again: int) -> None:
    for _ in range(again):
        old = Album(tmp_path, embedded=0).add(SOUND)
    assert old is not None
    (tmp_path / FOLDER / "mine.mp3").write_bytes(b"x")
    Album(tmp_path, embedded=0)
    assert [each.name for each in (tmp_path / FOLDER).iterdir()] == ["mine.mp3"]
