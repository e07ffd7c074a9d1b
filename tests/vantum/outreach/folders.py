"""Folders of calls as servers leave them on disk."""

from __future__ import annotations

import json
import os
import wave
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from vantum.call_files import EVENTS, RECORDING
from vantum.call_folder import folder_of
from vantum.outreach.call_folders import CALL_FILE
from vantum.retention import began
from vantum.store.columns import new_id

Said = tuple[str, str]
"""Who (``caller``, ``bot``) and what; each takes two seconds, one after the other."""
HELLO: Final[Said] = ("bot", "Hello, do you have two minutes?")
SECONDS: Final = 2.0


def entries_of(said: Sequence[Said], *more: Mapping[str, object], begun: datetime) -> list[dict[str, object]]:
    """The entries of a record in which all this was said; ``more`` come before the end."""
    entries: list[dict[str, object]] = [
        {"t": 0.0, "event": "call_started", "transport": "browser", "pipeline": "p"}
    ]
    for place, (who, text) in enumerate(said):
        at = place * SECONDS
        if who == "caller":
            entries += [
                {"t": at + 0.2, "event": "transcript", "text": text, "final": True},
                {
                    "t": at + 1.5,
                    "event": "turn_committed",
                    "turn": place,
                    "text": text,
                    "ended_by": "silence",
                    "silent_seconds": 0.5,
                },
            ]
        else:
            name = f"u{place}"
            entries += [
                {"t": at, "event": "utterance_started", "utterance_id": name},
                {"t": at, "event": "words_spoken", "utterance_id": name, "text": text},
                {
                    "t": at + 1.5,
                    "event": "utterance_ended",
                    "utterance_id": name,
                    "text": text,
                    "interrupted": False,
                },
            ]
    end = len(said) * SECONDS
    entries += [{"t": end, **each} for each in more]
    entries.append({"t": end + 0.5, "event": "call_ended", "reason": "client left"})
    for entry in entries:
        moment = begun + timedelta(seconds=float(str(entry["t"])))
        entry["at"] = moment.isoformat(timespec="milliseconds")
    return entries


def leave_call(
    data: Path,
    *said: Said,
    told: Sequence[tuple[str, str]] = (),
    phone: Mapping[str, object] | None = None,
    sound: bool = False,
    over: bool = True,
    name: str = "",
) -> str:
    """Leave a call's folder; ``told`` are what the tool wrote down, with its notes. Gives the call's id."""
    name = name or new_id()
    folder = folder_of(data, name)
    assert folder is not None
    folder.mkdir(parents=True)
    recorded = [
        {"event": "disposition_recorded", "disposition": what, "notes": notes} for what, notes in told
    ]
    entries = entries_of(said, *recorded, begun=began(name))
    lines = [json.dumps(entry) for entry in entries[: None if over else -1]]
    (folder / EVENTS).write_text("".join(f"{line}\n" for line in lines))
    if phone is not None:
        (folder / CALL_FILE).write_text(json.dumps(phone))
    if sound:
        with wave.open(str(folder / RECORDING), "wb") as file:
            file.setnchannels(2)
            file.setsampwidth(2)
            file.setframerate(16000)
            file.writeframes(b"\0" * 4 * 16000)
    return name


def phone_call(name: str = "", **facts: object) -> dict[str, object]:
    """What the telephone knows of a call that it placed, and that is over."""
    return {
        "id": name,
        "direction": "outbound",
        "to_number": "+12125550100",
        "from_number": "+12125550199",
        "pipeline": "outreach",
        "created_at": datetime.now(UTC).isoformat(),
        "sid": "",
        "carrier": "local",
        "progress": {
            "state": "ended",
            "outcome": "completed",
            "reason": "The call was completed.",
            "sip_code": 200,
        },
        **facts,
    }


def age(data: Path, name: str, by: timedelta) -> None:
    """Nobody has written to a folder for so long."""
    folder = folder_of(data, name)
    assert folder is not None
    then = (datetime.now(UTC) - by).timestamp()
    for file in folder.iterdir():
        os.utime(file, (then, then))
