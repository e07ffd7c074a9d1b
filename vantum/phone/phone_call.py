"""One phone call as we know it, from before it is dialed: the file ``call.json`` in the folder of its record.

The file exists before the carrier is asked for the call, and says so before the request is sent
(``requested_at``): whoever finds it after a crash looks the call up before dialing again.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Final

from pydantic import TypeAdapter, ValidationError

from vantum.call_folder import folder_of, make_private
from vantum.core.call_facts import CallFacts, Direction, PhoneCarrier
from vantum.core.phone_call import PhoneState, Progress

CALL_FILE: Final = "call.json"


@dataclass(frozen=True, slots=True)
class PhoneCall:
    """A phone call. ``id`` is a UUIDv7 and the name of its record; numbers are E.164 where the carrier gives them.

    ``carrier`` is who places it: no call is ever taken to another one.
    After ``not_after`` it is not placed any more, whatever held it up.
    ``sid`` is the carrier's name for it, "" until known; ``requested_at`` is when the carrier was asked for it,
    ``answered_at`` when its stream came up.
    ``transferred_to`` is where it goes after the bot's last word.
    """

    id: str
    direction: Direction
    to_number: str
    from_number: str
    pipeline: str
    created_at: datetime
    variables: dict[str, str] = field(default_factory=dict)
    voicemail: str = ""
    not_after: datetime | None = None
    requested_at: datetime | None = None
    answered_at: datetime | None = None
    sid: str = ""
    progress: Progress = field(default_factory=Progress)
    answered_by: str = ""
    disposition: str = ""
    notes: str = ""
    transferred_to: str = ""
    carrier: PhoneCarrier = PhoneCarrier.TWILIO

    @property
    def over(self) -> bool:
        """Nothing more happens to it."""
        return self.progress.state is PhoneState.ENDED

    @property
    def other_number(self) -> str:
        """The number at the other end."""
        return self.to_number if self.direction is Direction.OUTBOUND else self.from_number

    def facts(self, transport: str, language: str) -> CallFacts:
        """What its pipeline is told."""
        return CallFacts(
            self.id,
            transport,
            language,
            self.direction,
            self.from_number,
            self.to_number,
            self.variables,
            self.voicemail,
        )


_JSON: Final = TypeAdapter(PhoneCall)


def read_call(folder: Path | None) -> PhoneCall | None:
    """The phone call in ``folder``; None when there is none, or none that can be read."""
    if folder is None:
        return None
    try:
        return _JSON.validate_json((folder / CALL_FILE).read_bytes())
    except (OSError, ValidationError):
        return None


def write_call(data: Path, call: PhoneCall, *, durable: bool) -> None:
    """Write a call in place of what is there, whole or not at all; ``durable`` waits until the disk has it."""
    folder = folder_of(data, call.id)
    if folder is None:
        raise ValueError(f"{call.id!r} is no id of a call.")
    make_private(folder)
    partial = folder / f"{CALL_FILE}.partial"
    with open(partial, "wb", opener=_private) as file:
        file.write(_JSON.dump_json(call))
        if durable:
            file.flush()
            os.fsync(file.fileno())
    partial.replace(folder / CALL_FILE)
    if durable:
        for changed in (folder, folder.parent, folder.parent.parent):
            sync_folder(changed)


def sync_folder(folder: Path) -> None:
    """Wait until the disk has the names in ``folder``."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
