"""The folders of calls on disk: those with a number, what is in them, and their removal.

A folder is moved out of sight before it is removed, so that a process that dies leaves no half of one; what it had
moved is removed by the next one, or by the next round of `vantum/retention.py`.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from vantum.call_folder import CALLS, folder_of, make_private
from vantum.retention import LONGEST_CALL, TRASH

CALL_FILE: Final = "call.json"
"""Numbers, state and outcome of a phone call; written by ``vantum/phone/phone_call.py``."""
ENDED: Final = "ended"
CHUNK: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Folder:
    """A call's folder by its name, and whether the call may be under way."""

    name: str
    is_live: bool


def folders_with(data: Path, number: str, now: datetime) -> list[Folder]:
    """The calls on disk from or to a number (E.164), whether a database knows them or not."""
    found = []
    for folder in _all(data):
        file = folder / CALL_FILE
        try:
            content = file.read_bytes()
            # Most have another number, and need not be understood.
            if number.encode() not in content:
                continue
            call = json.loads(content)
            numbers, state = (call["to_number"], call["from_number"]), call["progress"]["state"]
            silent = now.timestamp() - file.stat().st_mtime
        except (OSError, ValueError, KeyError, TypeError):
            continue
        if number in numbers:
            is_live = state != ENDED and silent < LONGEST_CALL.total_seconds()
            found.append(Folder(folder.name, is_live))
    return found


def existing(data: Path, names: Collection[str]) -> list[Path]:
    """The folders of calls that are there, in the order of their names."""
    folders = [folder_of(data, name) for name in sorted(names)]
    return [folder for folder in folders if folder is not None and folder.is_dir()]


def files_in(folder: Path) -> list[Path]:
    """The files of a call, sorted; links are none."""
    return sorted(path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())


def fingerprints(data: Path, folders: Collection[Path]) -> list[tuple[str, str]]:
    """The path below ``data`` of each file in ``folders``, and its SHA-256."""
    return prints_of(data, [path for folder in folders for path in files_in(folder)])


def prints_of(data: Path, files: Collection[Path]) -> list[tuple[str, str]]:
    """The same of some files below ``data``."""
    found = []
    for path in files:
        # What retention takes meanwhile is not ours to prove.
        with suppress(FileNotFoundError):
            found.append((path.relative_to(data).as_posix(), _sha256(path)))
    return found


def remove(data: Path, folders: Collection[Path]) -> None:
    """Remove folders, and what an earlier removal has left; raises OSError for what cannot be removed."""
    trash = data / TRASH
    for left in sorted(trash.iterdir()) if trash.is_dir() else ():
        _remove(left)
    for folder in folders:
        make_private(trash)
        try:
            out_of_sight = folder.rename(trash / folder.name)
        except FileNotFoundError:
            # Retention took it first.
            continue
        _remove(out_of_sight)
        with suppress(OSError):
            # There are other calls in it.
            folder.parent.rmdir()


def _all(data: Path) -> Iterator[Path]:
    calls = data / CALLS
    for day in sorted(calls.iterdir()) if calls.is_dir() else ():
        for folder in sorted(day.iterdir()) if day.is_dir() and not day.is_symlink() else ():
            if folder_of(data, folder.name) == folder:
                yield folder


def _remove(folder: Path) -> None:
    try:
        shutil.rmtree(folder)
    except FileNotFoundError:
        # Retention was there at the same time.
        return


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            digest.update(chunk)
    return digest.hexdigest()
