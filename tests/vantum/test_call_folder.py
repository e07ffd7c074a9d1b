"""Where a call's record lies, and who holds it."""

from __future__ import annotations

import errno
import fcntl
import subprocess
import sys
import time
from pathlib import Path

import pytest

from vantum import call_folder
from vantum.call_folder import FolderHold, is_held

HOLDER = """
import sys
from pathlib import Path
from vantum.call_folder import FolderHold

hold = FolderHold(Path(sys.argv[1]))
print("held", flush=True)
sys.stdin.read()
"""


def test_a_folder_is_held_until_it_is_let_go(tmp_path: Path) -> None:
    assert not is_held(tmp_path)
    hold = FolderHold(tmp_path)
    assert is_held(tmp_path)
    hold.release()
    hold.release()
    assert not is_held(tmp_path)


@pytest.mark.real_time
def test_a_process_that_is_killed_lets_go(tmp_path: Path) -> None:
    command = [sys.executable, "-c", HOLDER, str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=Path.cwd()) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        assert is_held(tmp_path)
        holder.kill()
    assert not is_held(tmp_path)


def test_who_looks_is_in_nobodys_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    looks = iter((False, False, True))
    waited: list[float] = []
    monkeypatch.setattr(call_folder, "_locked", lambda *_: next(looks))
    monkeypatch.setattr(time, "sleep", waited.append)
    FolderHold(tmp_path).release()
    assert len(waited) == 2
    assert next(looks, None) is None


def test_where_there_are_no_locks_everything_may_be_held(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unsupported(*_: int) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(fcntl, "flock", unsupported)
    monkeypatch.setattr(time, "sleep", lambda _: None)
    FolderHold(tmp_path).release()
    assert is_held(tmp_path)
