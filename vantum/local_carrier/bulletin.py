"""What is known of a call at the local carrier, and how our server is told of it: as a real carrier would."""

from __future__ import annotations

import asyncio
import math
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Final
from uuid import uuid4

from transports.twilio.rest import CarrierCall, NewCall
from vantum.core.machine import AnsweredBy

ACCOUNT_SID: Final = f"AC{0:032x}"
UNANSWERED: Final = ("queued", "initiated", "ringing")
ANSWERED: Final = "in-progress"
REPEATED_ONE_IN: Final = 5
"""How rarely a report is told twice."""

Tell = Callable[[str, Mapping[str, str]], None]
"""Posts a form to an address, soon."""


@dataclass(frozen=True, slots=True)
class Ending:
    """The last status of a call, in the carrier's words, and its SIP code."""

    status: str
    sip_code: int


class Bulletin:
    """The state of the call that ``request`` asked for; each change is told."""

    def __init__(self, request: NewCall, tell: Tell) -> None:
        self.sid = f"CA{uuid4().hex}"
        self.status = UNANSWERED[0]
        self._request = request
        self._tell = tell
        self._created = datetime.now(UTC).replace(microsecond=0)
        self._reports = 0
        self._answered_at: float | None = None
        self._seconds: int | None = None

    @property
    def rings(self) -> bool:
        """Whether nobody has answered yet."""
        return self.status in UNANSWERED

    @property
    def over(self) -> bool:
        """Whether the call has ended."""
        return not self.rings and self.status != ANSWERED

    def facts(self) -> CarrierCall:
        """What the carrier tells when it is asked."""
        asked = self._request
        return CarrierCall(self.sid, self.status, asked.to, asked.from_number, self._created, self._seconds)

    def form(self) -> dict[str, str]:
        """What every webhook of the call says."""
        return {
            "CallSid": self.sid,
            "AccountSid": ACCOUNT_SID,
            "From": self._request.from_number,
            "To": self._request.to,
            "CallStatus": self.status,
            "Direction": "outbound-api",
            "ApiVersion": "2010-04-01",
        }

    def enter(self, status: str) -> None:
        """The call came one step further."""
        if status == ANSWERED:
            self._answered_at = _now()
        self._report(status, {})

    def end(self, ending: Ending) -> None:
        """The call is over."""
        self._seconds = math.ceil(self._since_answer())
        self._report(
            ending.status, {"CallDuration": str(self._seconds), "SipResponseCode": str(ending.sip_code)}
        )

    def lose(self, ending: Ending) -> None:
        """The call is over, and nobody is left to be told."""
        self.status = ending.status

    def judge(self, answered_by: AnsweredBy) -> None:
        """It is known who answered; told where that was asked for."""
        if self._request.amd_callback is not None:
            took = str(round(self._since_answer() * 1000))
            verdict = {"AnsweredBy": str(answered_by), "MachineDetectionDuration": took}
            self._tell(self._request.amd_callback, self.form() | verdict)

    def stream(self, where: str, stream_sid: str, event: str, facts: Mapping[str, str]) -> None:
        """A media stream began, stopped or failed."""
        if where:
            told = {"StreamSid": stream_sid, "StreamEvent": event, "Timestamp": _timestamp()}
            self._tell(where, {**self.form(), **told, **facts})

    def _report(self, status: str, facts: Mapping[str, str]) -> None:
        self.status = status
        number, self._reports = self._reports, self._reports + 1
        told = {
            "SequenceNumber": str(number),
            "Timestamp": _timestamp(),
            "CallbackSource": "call-progress-events",
        }
        for _ in range(times_told(self.sid, number)):
            self._tell(self._request.status_callback, {**self.form(), **told, **facts})

    def _since_answer(self) -> float:
        return 0.0 if self._answered_at is None else _now() - self._answered_at


def times_told(sid: str, number: int) -> int:
    """How often a report is told: networks repeat themselves, here by the name of the call instead of by chance."""
    return 2 if zlib.crc32(f"{sid} {number}".encode()) % REPEATED_ONE_IN == 0 else 1


def _now() -> float:
    return asyncio.get_running_loop().time()


def _timestamp() -> str:
    return format_datetime(datetime.now(UTC))
