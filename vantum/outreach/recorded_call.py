"""One call as its folder on disk tells it: what was said and done, who was on the line, and whether it is over.

The folder is the source of truth. It is written by others (`vantum/call_files.py`, `vantum/phone/phone_call.py`) and
read here as the JSON that it is; what cannot be read is as if it were not there.
"""

from __future__ import annotations

import hashlib
import json
import re
import wave
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from vantum.call_files import EVENTS, RECORDING
from vantum.call_folder import folder_of, is_held
from vantum.core.analysis.turn import Turn
from vantum.core.analysis.turns import turns_of
from vantum.core.outreach.outcome import AttemptOutcome, Message, Pickup, attempt_outcome
from vantum.core.phone_call import Outcome
from vantum.core.transcript import Entry
from vantum.outreach.call_folders import CALL_FILE, ENDED
from vantum.retention import LONGEST_CALL, began
from vantum.store.recorded_calls import Recorded, Sound
from vantum.store.words import AnsweredBy, Direction, Transport

SILENT: Final = timedelta(minutes=5)
"""A record without an end that nobody wrote to for so long is one of a process that died."""
LET_GO: Final = timedelta(seconds=2)
"""The same where it is certain that nobody has the folder in hand: who makes one takes it a moment later."""
_E164: Final = re.compile(r"\+[1-9][0-9]{6,14}")
MESSAGE_LEFT: Final = "the bot left a message at a machine"
LEGAL_BASIS: Final = "recorded by the rule for this call (docs/store.md)"
CHUNK: Final = 1 << 20
MOST_EVENTS_BYTES: Final = 64 * 2**20
"""Of one record; what a call of many hours has beyond it is not read."""


@dataclass(frozen=True, slots=True)
class RecordedCall:
    """A call: its id, the entries of its record, and what the telephone knows of it, which a browser's has not."""

    id: str
    entries: tuple[Entry, ...]
    phone: Mapping[str, object]
    written_at: datetime
    """When anything was last written to the folder."""
    is_held: bool = True
    """Whether somebody may be writing."""

    @property
    def turns(self) -> tuple[Turn, ...]:
        """What was said."""
        return turns_of({"events": [*self.entries]})

    @property
    def has_end(self) -> bool:
        """Whether the record tells the end of what was said."""
        return any(entry.get("event") == "call_ended" for entry in self.entries)

    def is_over(self, now: datetime) -> bool:
        """Whether nothing more is written: it says so, or nobody wrote for too long."""
        silent = now - self.written_at
        if self.phone and _inner(self.phone, "progress").get("state") != ENDED:
            return silent > LONGEST_CALL
        if self.has_end or (self.phone and not self.entries):
            return True
        return silent > (SILENT if self.is_held else LET_GO)

    def moment(self, event: str) -> datetime | None:
        """When something happened first."""
        found = (each for each in self.entries if each.get("event") == event)
        return next((at for each in found if (at := _moment(each.get("at"))) is not None), None)

    def row(self) -> Recorded:
        """What a row of calls says of it."""
        ended_at = self.moment("call_ended") or self.written_at
        answered_at = self.moment("call_started")
        progress = _inner(self.phone, "progress")
        inbound = _text(self.phone, "direction") != Direction.OUTBOUND
        outcome = self._outcome()
        machine = outcome in (AttemptOutcome.ANSWERED_MACHINE, AttemptOutcome.VOICEMAIL_LEFT)
        return Recorded(
            record_id=self.id,
            direction=Direction.INBOUND if inbound else Direction.OUTBOUND,
            transport=self._transport(),
            ended_at=max(ended_at, answered_at or ended_at),
            outcome=outcome,
            from_number=_number(_text(self.phone, "from_number")),
            to_number=_number(_text(self.phone, "to_number")),
            pipeline=(_text(self.phone, "pipeline") or self._started("pipeline"))[:200],
            end_reason=_text(progress, "reason") or self._reason(),
            begun_at=_moment(self.phone.get("created_at")) or answered_at or began(self.id),
            answered_at=answered_at,
            first_audio_at=self.moment("words_spoken") or self.moment("utterance_started"),
            answered_by=None if answered_at is None else AnsweredBy.MACHINE if machine else AnsweredBy.HUMAN,
            provider_sid=_text(self.phone, "sid") or None,
            sip_code=_whole(progress.get("sip_code")),
        )

    def _outcome(self) -> AttemptOutcome:
        answered = self.moment("call_started") is not None
        try:
            end = Outcome(_text(_inner(self.phone, "progress"), "outcome"))
        except ValueError:
            end = Outcome.COMPLETED if answered else Outcome.FAILED
        message = Message.LEFT if self._reason() == MESSAGE_LEFT else Message.NOT_LEFT
        human = answered and end is not Outcome.VOICEMAIL
        sip_code = _whole(_inner(self.phone, "progress").get("sip_code"))
        return attempt_outcome(end, Pickup.IN_TIME if human else Pickup.NOBODY, message, sip_code)

    def _transport(self) -> Transport:
        try:
            return Transport(_text(self.phone, "carrier") or self._started("transport"))
        except ValueError:
            return Transport.BROWSER

    def _started(self, field: str) -> str:
        found = (each for each in self.entries if each.get("event") == "call_started")
        return next((_text(each, field) for each in found), "")

    def _reason(self) -> str:
        found = (each for each in self.entries if each.get("event") == "call_ended")
        return next((_text(each, "reason") for each in found), "")


def read_recorded(data: Path, call_id: str) -> RecordedCall | None:
    """The call with an id; None where nothing of it is on this disk."""
    folder = folder_of(data, call_id)
    if folder is None:
        return None
    try:
        # Before it is read: who lets go of it has written all.
        held = is_held(folder)
        written = max((entry.stat().st_mtime for entry in folder.iterdir()), default=folder.stat().st_mtime)
    except OSError:
        return None
    return RecordedCall(
        call_id,
        _entries(folder / EVENTS),
        _phone(folder / CALL_FILE),
        datetime.fromtimestamp(written, UTC),
        held,
    )


def sound_of(data: Path, call_id: str) -> Sound | None:
    """The recording of a call with its fingerprint; None where there is none, or one that cannot be read."""
    folder = folder_of(data, call_id)
    if folder is None:
        return None
    path = folder / RECORDING
    digest = hashlib.sha256()
    try:
        with wave.open(str(path), "rb") as audio:
            ms = round(1000 * audio.getnframes() / audio.getframerate())
        with path.open("rb") as file:
            while piece := file.read(CHUNK):
                digest.update(piece)
    except (OSError, wave.Error, EOFError, ZeroDivisionError):
        return None
    return Sound(path.relative_to(data).as_posix(), digest.hexdigest(), ms, LEGAL_BASIS)


def _entries(path: Path) -> tuple[Entry, ...]:
    """The whole lines; a process that was killed may have left a part of one at the end."""
    try:
        with path.open("rb") as file:
            lines = file.read(MOST_EVENTS_BYTES).split(b"\n")[:-1]
    except OSError:
        return ()
    return tuple(entry for line in lines if (entry := _object(line)) is not None)


def _phone(path: Path) -> Mapping[str, object]:
    try:
        return _object(path.read_bytes()) or {}
    except OSError:
        return {}


def _object(text: bytes) -> dict[str, object] | None:
    try:
        found: object = json.loads(text)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def _inner(found: Mapping[str, object], key: str) -> Mapping[str, object]:
    inner = found.get(key)
    return inner if isinstance(inner, dict) else {}


def _text(found: Mapping[str, object], key: str) -> str:
    value = found.get(key)
    return value if isinstance(value, str) else ""


def _whole(value: object) -> int | None:
    return value if type(value) is int else None


def is_e164(number: str) -> bool:
    """Whether a number has the form in which numbers are kept."""
    return _E164.fullmatch(number) is not None


def _number(number: str) -> str:
    return number if is_e164(number) else ""


def _moment(value: object) -> datetime | None:
    try:
        at = datetime.fromisoformat(str(value))
    except ValueError:
        return None
    return at if at.utcoffset() is not None else None
