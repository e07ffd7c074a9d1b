"""Where the clips of a report go: into the page while there is room, then beside it, then nowhere."""

from __future__ import annotations

import base64
import hashlib
import re
from io import FileIO
from pathlib import Path
from typing import Final

from vantum.call_folder import make_private
from vantum.recording import private, write_whole
from vantum.report.clips import Sound
from vantum.report.values import Clip

FOLDER: Final = "clips"
MOST_EMBEDDED: Final = 40_000_000
"""Characters; the page with all its words stays below 50 MB."""
MOST_BESIDE: Final = 200_000_000
"""Bytes."""
_OURS: Final = re.compile(r"[0-9a-f]{32}\.(?:mp3|wav)")


class Album:
    """The clips of one page in ``folder``. Those of an earlier page there are removed."""

    def __init__(self, folder: Path, embedded: int = MOST_EMBEDDED, beside: int = MOST_BESIDE) -> None:
        self._clips = folder / FOLDER
        self._embedded = embedded
        self._beside = beside
        for old in self._clips.glob("*") if self._clips.is_dir() else ():
            if _OURS.fullmatch(old.name):
                old.unlink()

    def add(self, sound: Sound) -> Clip | None:
        """A clip for the page; None when there is no room any more. Raises OSError."""
        size = len(sound.content)
        written = base64.b64encode(sound.content).decode()
        if len(written) <= self._embedded:
            self._embedded -= len(written)
            return Clip(f"data:{sound.form.mime};base64,{written}", sound.seconds)
        if size > self._beside:
            return None
        self._beside -= size
        name = f"{hashlib.sha256(sound.content).hexdigest()[:32]}{sound.form.suffix}"
        make_private(self._clips)
        with FileIO(self._clips / name, "wb", opener=private) as file:
            write_whole(file, sound.content)
        return Clip(f"{FOLDER}/{name}", sound.seconds)
