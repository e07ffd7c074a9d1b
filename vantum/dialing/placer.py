"""Who places the calls of dialers: a port of four questions, and what can be answered to them.

Law: a placer never raises for what a carrier or a network does; it answers ``Unknown``, and then it may have rung.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from vantum.core.call_facts import PhoneCarrier
from vantum.core.outreach.outcome import AttemptOutcome, HungUpBy, Message
from vantum.core.phone_call import Outcome


@dataclass(frozen=True, slots=True)
class Order:
    """A call to place. ``attempt_id`` is its idempotency key: for one key there is one call, however often it is
    asked for. Numbers are E.164; an empty number to call from leaves the choice to the phone. No other
    ``carrier`` places it, and nobody does after ``not_after``.
    """

    attempt_id: str
    to_number: str
    from_number: str
    pipeline: str
    variables: Mapping[str, str] = field(default_factory=dict)
    voicemail: str = ""
    carrier: PhoneCarrier | None = None
    not_after: datetime | None = None


@dataclass(frozen=True, slots=True)
class Placed:
    """The phone has the call; ``record_id`` is its name there, and that of its record.

    ``from_number`` is the number that it calls from, "" where the phone does not tell.
    """

    record_id: str
    from_number: str = ""


@dataclass(frozen=True, slots=True)
class Refused:
    """The call was not taken, and has not rung; ``outcome`` is REFUSED or INVALID_NUMBER, ``reason`` a sentence."""

    outcome: AttemptOutcome
    reason: str


@dataclass(frozen=True, slots=True)
class Absent:
    """There is no such call, and whoever answers this would know."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """Nobody can tell whether there is such a call."""


class Stage(StrEnum):
    """How far a call is."""

    DIALING = "dialing"
    RINGING = "ringing"
    IN_CALL = "in_call"


@dataclass(frozen=True, slots=True)
class UnderWay:
    """A call that is not over."""

    stage: Stage
    sid: str = ""
    answered_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Over:
    """How a call ended; moments are None for what never happened, ``disposition`` is what the bot said it came to.

    ``not_placed`` is the outcome where the phone has it, and no call came of it.
    """

    end: Outcome
    ended_at: datetime
    reason: str = ""
    sid: str = ""
    sip_code: int | None = None
    answered_at: datetime | None = None
    greeted_at: datetime | None = None
    first_word_at: datetime | None = None
    hung_up_by: HungUpBy = HungUpBy.US
    answered_by: str = ""
    message: Message = Message.NOT_LEFT
    disposition: str = ""
    seconds: float | None = None
    not_placed: AttemptOutcome | None = None


Answer = Placed | Refused | Absent | Unknown
Found = Placed | Absent | Unknown
Report = UnderWay | Over | Unknown


class Placer(Protocol):
    """Places calls, finds them again, tells how they are, and ends them."""

    @property
    def name(self) -> str:
        """The phone's name, at most 255 characters: what another one knows nothing of may have rung all the same."""

    async def place(self, order: Order) -> Answer:
        """Place a call; for a known key the call that was placed first. Absent when the phone was never reached."""

    async def look_up(self, order: Order) -> Found:
        """Whether a call was placed for an order whose answer was lost."""

    async def report(self, record_id: str) -> Report:
        """How a call is."""

    async def hang_up(self, record_id: str) -> None:
        """End a call that nobody has answered yet; nothing for one that is over."""
