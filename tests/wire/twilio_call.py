"""One call at the stand-in: who is called, how they behave, and all that was seen and heard of it."""

from __future__ import annotations

import asyncio
import math
import time
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Final, Literal

import numpy as np

from tests.wire.twilio_mulaw import RATE, SILENCE, Pcm, decoded, encoded
from tests.wire.twilio_playout import PlayOut
from tests.wire.twilio_twiml import Verb

QUIET_SECONDS: Final = 0.2
"""Shorter pauses are part of the speech."""

LOUD: Final = 64
"""Samples above this are sound, those below it are silence."""

OVER_SECONDS: Final = 60.0

Behaviour = Literal["answer", "busy", "no-answer", "failed", "decline"]

OUTCOMES: Final[Mapping[Behaviour, tuple[str, int]]] = {
    "answer": ("completed", 200),
    "busy": ("busy", 486),
    "no-answer": ("no-answer", 487),
    "failed": ("failed", 404),
    "decline": ("busy", 603),
}
"""The last status of a call and its SIP code."""

ENDED: Final = frozenset({"completed", "busy", "no-answer", "failed", "canceled"})


@dataclass(frozen=True, slots=True)
class Callee:
    """What a person does; seconds count from the answer, those of ``answers_after`` from the first ring.

    ``says`` is 8 kHz audio by the moment it begins; two that overlap are a mistake of the test. Whatever the
    behaviour is, it shows after ``answers_after``; ringing longer than the ``Timeout`` asked for is no answer.
    Their first stream breaks, without a word, after ``loses_stream_after``.
    Play-out begins ``play_delay`` late, and marks take ``mark_delay`` on their way back. ``sip_code`` replaces
    the usual one of the behaviour.
    """

    answers_after: float = 0.05
    behaviour: Behaviour = "answer"
    says: Sequence[tuple[float, Pcm]] = ()
    answered_by: str | None = None
    amd_after: float = 0.1
    presses: Sequence[tuple[float, str]] = ()
    hangs_up_after: float | None = None
    loses_stream_after: float | None = None
    play_delay: float = 0.0
    mark_delay: float = 0.0
    sip_code: int | None = None

    def __post_init__(self) -> None:
        self.voice()

    def voice(self) -> bytes:
        """All that is said since the answer, as mu-law with the silence between."""
        voice = bytearray()
        for begin, pcm in self.says:
            silent = round(begin * RATE) - len(voice)
            if silent < 0:
                raise ValueError(f"what is said at {begin} s begins before what was said has ended")
            voice += bytes([SILENCE]) * silent + encoded(pcm)
        return bytes(voice)


@dataclass(frozen=True, slots=True)
class HangUp:
    """End the call, whoever wants it."""


@dataclass(frozen=True, slots=True)
class Replace:
    """Leave what runs and run this TwiML."""

    twiml: str


@dataclass(frozen=True, slots=True)
class MarkBack:
    """A mark that was given back, ``at`` seconds since the answer."""

    at: float
    name: str
    cleared: bool


@dataclass(slots=True)
class Call:
    """Seconds in all lists are since the answer."""

    account_sid: str
    to: str
    from_: str
    direction: str
    callee: Callee
    form: Mapping[str, str] = field(default_factory=dict)
    events: frozenset[str] = frozenset({"completed"})
    sid: str = field(default_factory=lambda: f"CA{uuid.uuid4().hex}")
    created: datetime = field(default_factory=lambda: datetime.now(UTC))
    states: list[str] = field(default_factory=list)
    verbs: list[Verb] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    protocol_errors: list[str] = field(default_factory=list)
    media_received: list[tuple[float, bytes]] = field(default_factory=list)
    marks: list[MarkBack] = field(default_factory=list)
    clears: list[float] = field(default_factory=list)
    playouts: list[PlayOut] = field(default_factory=list)
    commands: asyncio.Queue[HangUp | Replace] = field(default_factory=lambda: asyncio.Queue(64))
    task: asyncio.Task[None] | None = None
    answered_at: float | None = None
    answered: datetime | None = None
    ended_at: float | None = None
    ended: datetime | None = None
    sip_code: int | None = None

    @property
    def status(self) -> str:
        """The status as the REST API gives it."""
        return "queued" if self.states[-1] == "initiated" else self.states[-1]

    @property
    def seconds(self) -> float:
        """Seconds since the answer, at most to the end; 0 before."""
        if self.answered_at is None:
            return 0.0
        return (self.ended_at or time.monotonic()) - self.answered_at

    @property
    def duration(self) -> int:
        """Whole seconds from the answer to the end, as they are billed."""
        return math.ceil(self.seconds)

    def answer(self) -> None:
        self.answered_at = time.monotonic()
        self.answered = datetime.now(UTC)

    def end(self) -> None:
        self.ended_at = time.monotonic()
        self.ended = datetime.now(UTC)

    @property
    def heard(self) -> Pcm:
        """What the callee has heard from the answer until now, 8 kHz; zeros where nothing was played."""
        heard = np.zeros(round(self.seconds * RATE), np.int16)
        for piece in (piece for playout in self.playouts for piece in playout.pieces):
            room = heard[piece.begin : piece.end]
            room[:] = decoded(piece.mulaw)[: len(room)]
        return heard

    def heard_until_silence(self, after: float) -> float:
        """When the sound that was heard at ``after`` ended, or ``after`` itself if it was silent then.

        Silence is ``QUIET_SECONDS`` without a sound, or the end of the call.
        """
        begin = round(after * RATE)
        loud = np.flatnonzero(np.abs(self.heard[begin:].astype(np.int32)) > LOUD)
        moments = np.concatenate(([-1], loud))
        gaps = np.flatnonzero(np.diff(moments) > QUIET_SECONDS * RATE)
        last = moments[gaps[0]] if len(gaps) else moments[-1]
        return after + float(last + 1) / RATE

    @property
    def max_ahead_seconds(self) -> float:
        """How much audio waited to be played at most."""
        return max((playout.max_ahead for playout in self.playouts), default=0) / RATE

    def hang_up(self) -> None:
        """Let the callee hang up now."""
        self.commands.put_nowait(HangUp())

    async def over(self, seconds: float = OVER_SECONDS) -> None:
        """Wait until the call has ended and everything about it is posted; a fault of the stand-in is raised."""
        assert self.task is not None
        async with asyncio.timeout(seconds):
            await asyncio.shield(self.task)

    def resource(self) -> dict[str, object]:
        """The call as the REST API shows it."""
        over = self.ended_at is not None
        return {
            "sid": self.sid,
            "account_sid": self.account_sid,
            "to": self.to,
            "to_formatted": self.to,
            "from": self.from_,
            "from_formatted": self.from_,
            "status": self.status,
            "direction": self.direction,
            "date_created": format_datetime(self.created),
            "date_updated": format_datetime(self.ended or self.answered or self.created),
            "start_time": _date(self.answered),
            "end_time": _date(self.ended),
            "duration": str(self.duration) if over else None,
            "answered_by": self.callee.answered_by if "MachineDetection" in self.form else None,
            "api_version": "2010-04-01",
            "parent_call_sid": None,
            "phone_number_sid": None,
            "price": None,
            "price_unit": "USD",
            "forwarded_from": None,
            "caller_name": None,
            "group_sid": None,
            "queue_time": "0",
            "trunk_sid": None,
            "uri": f"/2010-04-01/Accounts/{self.account_sid}/Calls/{self.sid}.json",
            "subresource_uris": {},
        }


def _date(moment: datetime | None) -> str | None:
    return format_datetime(moment) if moment is not None else None
