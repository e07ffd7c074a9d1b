"""Who is called in the campaign's benchmark, and what happens when they are: by the place of their number."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from vantum.core.outreach.outcome import AttemptOutcome

FIRST_NUMBER: Final = 2_000_000
OWN_NUMBER: Final = "+15550100001"


class Kind(StrEnum):
    """What happens at a number, or to the request for a call of it."""

    HUMAN = "human"
    BUSY = "busy"
    NO_ANSWER = "no-answer"
    MACHINE = "machine"
    DEAD = "dead"  # the network knows no such number
    INVALID = "invalid"  # the carrier takes no such number
    SLOW = "slow"  # the carrier takes its time to answer
    FAULT = "fault"  # a 500, and nothing is dialed
    FAULT_AFTER = "fault-after"  # a 500, though the call is dialed
    LOST = "lost"  # the call is dialed, and the connection breaks before the answer
    LIMITED = "limited"  # a 429 first
    RINGS = "rings"  # and rings, until it is canceled


RINGING_PLACE: Final = 900_000
"""From here on nobody ever answers."""
SHARES: Final = (
    *[Kind.HUMAN] * 10,
    *[Kind.BUSY] * 2,
    *[Kind.NO_ANSWER] * 2,
    *[Kind.MACHINE] * 2,
    Kind.DEAD,
    Kind.INVALID,
    Kind.SLOW,
    Kind.FAULT,
    Kind.FAULT_AFTER,
    Kind.LOST,
    Kind.LIMITED,
)
"""One after the other, and from the beginning again: each kind comes early, and often."""
OUTCOMES: Final[Mapping[Kind, AttemptOutcome]] = MappingProxyType(
    {
        **dict.fromkeys(Kind, AttemptOutcome.ANSWERED_HUMAN),
        Kind.BUSY: AttemptOutcome.BUSY,
        Kind.NO_ANSWER: AttemptOutcome.NO_ANSWER,
        Kind.MACHINE: AttemptOutcome.ANSWERED_MACHINE,
        Kind.DEAD: AttemptOutcome.INVALID_NUMBER,
        Kind.INVALID: AttemptOutcome.INVALID_NUMBER,
        Kind.RINGS: AttemptOutcome.CANCELED,
    }
)
"""How the last attempt at each kind has to end."""
DIALS: Final[Mapping[Kind, int]] = MappingProxyType({**dict.fromkeys(Kind, 1), Kind.BUSY: 2, Kind.INVALID: 0})
"""How often each kind is dialed in all: who is busy is called once more."""
_STRIDE: Final = 7
"""Without a common factor with the number of shares: neighbours are of different kinds."""


def number_of(place: int) -> str:
    """The number at a place; nobody has it."""
    return f"+1555{FIRST_NUMBER + place}"


def place_of(number: str) -> int:
    """The place of a number."""
    return int(number.removeprefix("+1555")) - FIRST_NUMBER


def kind_of(number: str) -> Kind:
    """What happens at a number."""
    if place_of(number) >= RINGING_PLACE:
        return Kind.RINGS
    return SHARES[place_of(number) * _STRIDE % len(SHARES)]
