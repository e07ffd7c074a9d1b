"""What a number for interest means, and how high it can be at most when the call came out so.

The law: the number follows from what the caller said they will do, never from how friendly they were.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from vantum.core.outreach.outcome import Disposition


@dataclass(frozen=True, slots=True)
class Band:
    """From ``low`` to ``high``, both included."""

    low: int
    high: int
    meaning: str


RUBRIC: Final = (
    Band(0, 9, "wants no calls, or is hostile"),
    Band(10, 29, "declined: does not want it, does not need it"),
    Band(30, 49, "listened, and neither declined nor asked for anything"),
    Band(50, 69, "asked about the offer or its price, or named a need for it"),
    Band(70, 89, "asked for a next step: to be sent something, to be called back, to talk to a colleague"),
    Band(90, 100, "agreed to a meeting at a named time, or to buy"),
)
"""From 0 to 100 without a gap."""

HIGHEST: Final[Mapping[Disposition, int]] = MappingProxyType(
    {
        Disposition.DO_NOT_CALL: 9,
        Disposition.NOT_INTERESTED: 29,
        Disposition.WRONG_PERSON: 29,
        Disposition.NO_CONVERSATION: 29,
        Disposition.VOICEMAIL: 0,
        Disposition.CALLBACK: 89,
        Disposition.INTERESTED: 89,
        Disposition.MEETING_BOOKED: 100,
    }
)
"""More would contradict how the call came out."""

MEANINGS: Final[Mapping[Disposition, str]] = MappingProxyType(
    {
        Disposition.INTERESTED: "wants to know more or to go on, without an agreed time",
        Disposition.MEETING_BOOKED: "agreed to a meeting at a named time",
        Disposition.CALLBACK: "wants to be called again at another time",
        Disposition.NOT_INTERESTED: "declined",
        Disposition.DO_NOT_CALL: "asked not to be called any more",
        Disposition.WRONG_PERSON: "is not the person or the company that was to be called",
        Disposition.VOICEMAIL: "an answering machine spoke",
        Disposition.NO_CONVERSATION: "nobody said anything that matters",
    }
)
