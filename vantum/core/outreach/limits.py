"""How many calls may start now, and whose turn it is.

Law: no cap is ever exceeded, and nobody waits for ever. Within a campaign promised callbacks go first, then
priority, then whoever is due longest; among campaigns those heads are compared in the same way. Time waited
counts as priority, one step for each ``STEP``: of a lead since it was due, of a campaign since it was last
served. So a low one is late, and never left out. Promises are not overtaken by time: each was given by a person
in a call, so they end by themselves.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from vantum.core.outreach.moment import in_utc
from vantum.core.outreach.retry import Occasion

STEP: Final = timedelta(minutes=10)
"""So much waiting is worth one step of priority."""
LOWEST, HIGHEST = 0, 9
MOST_LIVE: Final = 10_000
"""More calls at a time are no cap but a mistake."""

Rank = tuple[bool, int, datetime, datetime, str]
"""What is compared, the smallest first: not promised, minus the steps, since when, due, id."""


@dataclass(frozen=True, slots=True)
class Live:
    """Calls that hold a place now: claimed, ringing or under way, of all dialers together."""

    campaign: int
    org: int
    everywhere: int

    def __post_init__(self) -> None:
        if min(self.campaign, self.org, self.everywhere) < 0:
            raise ValueError("Calls are counted from 0.")


@dataclass(frozen=True, slots=True)
class Caps:
    """The most calls at a time, 0 for none at all; raises ValueError."""

    campaign: int
    org: int
    everywhere: int

    def __post_init__(self) -> None:
        if not all(0 <= cap <= MOST_LIVE for cap in (self.campaign, self.org, self.everywhere)):
            raise ValueError(f"A cap is 0 to {MOST_LIVE} calls.")


def room(live: Live, caps: Caps) -> int:
    """How many more calls of a campaign may start now; 0 where a cap was lowered below what runs."""
    rooms = (caps.campaign - live.campaign, caps.org - live.org, caps.everywhere - live.everywhere)
    return max(0, min(rooms))


@dataclass(frozen=True, slots=True)
class Due:
    """A lead that may be called now; ``priority`` is 0 to 9, and 9 goes first."""

    lead_id: str
    due_at: datetime
    priority: int = LOWEST
    occasion: Occasion = Occasion.LIST

    def __post_init__(self) -> None:
        object.__setattr__(self, "due_at", in_utc(self.due_at))
        if not LOWEST <= self.priority <= HIGHEST:
            raise ValueError(f"A priority is {LOWEST} to {HIGHEST}, not {self.priority}.")


@dataclass(frozen=True, slots=True)
class Line:
    """A running campaign: who is due, when it last started a call (None: never), and its live calls and cap.

    ``cap`` is what its own limit and its brakes leave of it.
    """

    campaign_id: str
    org_id: str
    due: tuple[Due, ...]
    cap: int
    live: int = 0
    served_at: datetime | None = None

    def __post_init__(self) -> None:
        if self.served_at is not None:
            object.__setattr__(self, "served_at", in_utc(self.served_at))


@dataclass(frozen=True, slots=True)
class Turn:
    """This lead of this campaign is called next."""

    campaign_id: str
    lead_id: str


@dataclass(slots=True)
class _Places:
    """Places left while turns are given out, and when each campaign was last served."""

    everywhere: int
    orgs: dict[str, int]
    campaigns: dict[str, int]
    served: dict[str, datetime]
    turns: Counter[str] = field(default_factory=Counter)

    def has(self, line: Line) -> bool:
        return min(self.everywhere, self.orgs[line.org_id], self.campaigns[line.campaign_id]) > 0

    def take(self, line: Line, now: datetime) -> None:
        self.everywhere -= 1
        self.orgs[line.org_id] -= 1
        self.campaigns[line.campaign_id] -= 1
        self.turns[line.campaign_id] += 1
        # A little later for each turn: campaigns that are alike take turns within one round, too.
        self.served[line.campaign_id] = now + self.turns.total() * timedelta(microseconds=1)


_NEVER: Final = timedelta(days=3650)


def turns(lines: Sequence[Line], orgs: Mapping[str, int], everywhere: int, now: datetime) -> tuple[Turn, ...]:
    """Whose turn it is, in order, until no place is left.

    ``orgs`` has the places left for each organisation of ``lines``, ``everywhere`` those left on the whole; below
    0 counts as 0. Give each line at least as many of its first leads (by ``first``) as there are places.
    """
    now = in_utc(now)
    places = _Places(
        everywhere,
        dict(orgs),
        {line.campaign_id: line.cap - line.live for line in lines},
        {line.campaign_id: line.served_at or now - _NEVER for line in lines},
    )
    waiting = [(line, list(first(line.due, now))) for line in lines]
    given = []
    while ready := [(line, due) for line, due in waiting if due and places.has(line)]:
        line, due = min(
            ready, key=lambda item: _campaign_rank(item[1], now, places.served[item[0].campaign_id])
        )
        given.append(Turn(line.campaign_id, due.pop(0).lead_id))
        places.take(line, now)
    return tuple(given)


def first(due: Sequence[Due], now: datetime) -> tuple[Due, ...]:
    """The leads of one campaign in their order."""
    return tuple(sorted(due, key=lambda lead: _rank(lead, lead.priority, lead.due_at, now)))


def _campaign_rank(due: Sequence[Due], now: datetime, served: datetime) -> Rank:
    """A campaign's place. A low lead that is first for its age does not hold up the high ones behind it."""
    return _rank(due[0], max(lead.priority for lead in due), served, now)


def _rank(lead: Due, priority: int, since: datetime, now: datetime) -> Rank:
    """The place of ``lead``, which waits since it was due, and not before ``since``."""
    waited = max(timedelta(), now - max(since, lead.due_at))
    return (lead.occasion is Occasion.LIST, -(priority + waited // STEP), since, lead.due_at, lead.lead_id)
