"""A placer in memory that behaves as badly as a carrier can, and remembers to the microsecond what it was asked.

It knows no idempotency key: whoever asks twice has dialed twice.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import ClassVar, Final, NoReturn

from tests.vantum.store.rows import NOON
from vantum.core.outreach.outcome import AttemptOutcome, HungUpBy
from vantum.core.phone_call import Outcome
from vantum.dialing.placer import (
    Absent,
    Answer,
    Found,
    Order,
    Over,
    Placed,
    Refused,
    Report,
    Stage,
    UnderWay,
    Unknown,
)

OURS: Final = "+12125550188"
"""The number that it calls from."""


def at(seconds: float) -> datetime:
    """A moment of virtual time."""
    return NOON + timedelta(seconds=seconds)


class Mood(StrEnum):
    """How the placer answers when it is asked for a call."""

    GOOD = "good"
    REFUSES = "refuses"
    LOSES_QUESTION = "loses the question"  # nothing is dialed, and nobody is told
    LOSES_ANSWER = "loses the answer"  # it is dialed, and nobody is told
    UNREACHABLE = "unreachable"  # nobody was asked
    SILENT = "silent"  # it is dialed, and there is no answer at all


class Point(StrEnum):
    """Where a process can be killed."""

    ASKED = "asked"  # the row is there, and nothing is dialed
    DIALED = "dialed"  # the carrier has dialed, and not answered
    ANSWERED = "answered"  # the answer is on its way


@dataclass(frozen=True, slots=True)
class Callee:
    """What happens at a number: ``ring`` seconds, then ``talk`` seconds where somebody answers."""

    end: Outcome = Outcome.COMPLETED
    ring: float = 2.0
    talk: float = 10.0
    first_word: float | None = 0.5
    disposition: str = ""
    sip_code: int | None = None
    mood: Mood = Mood.GOOD
    answer_seconds: float = 0.05

    @property
    def answers(self) -> bool:
        return self.end in (Outcome.COMPLETED, Outcome.VOICEMAIL)


@dataclass(slots=True)
class Dial:
    """A call at the carrier."""

    time: float
    order: Order
    callee: Callee
    canceled: float | None = None

    @property
    def over(self) -> float:
        if self.canceled is not None:
            return self.canceled
        return self.time + self.callee.ring + (self.callee.talk if self.callee.answers else 0.0)


Kill = Callable[[Point, Order], bool]


@dataclass(slots=True)
class BadPlacer:
    """``callees`` say what happens at each attempt; ``kill`` tells whether the process ends at a point."""

    name: ClassVar[str] = "bad"

    callees: Callable[[Order, int], Callee] = lambda _order, _time: Callee()
    kill: Kill = lambda _point, _order: False
    dials: list[Dial] = field(default_factory=list)
    asked: Counter[str] = field(default_factory=Counter)
    blind_until: float = 0.0
    lag: float = 1.0

    @property
    def now(self) -> float:
        return asyncio.get_running_loop().time()

    async def place(self, order: Order) -> Answer:
        """Dial, if the mood is right."""
        self.asked[order.attempt_id] += 1
        callee = self.callees(order, self.asked[order.attempt_id])
        await self._point(Point.ASKED, order)
        if callee.mood is Mood.REFUSES:
            return Refused(AttemptOutcome.REFUSED, "No.")
        if callee.mood is Mood.LOSES_QUESTION:
            return Unknown()
        if callee.mood is Mood.UNREACHABLE:
            return Absent()
        dial = Dial(self.now, order, callee)
        self.dials.append(dial)
        await self._point(Point.DIALED, order)
        if callee.mood is Mood.SILENT:
            await _never()
        await asyncio.sleep(callee.answer_seconds)
        await self._point(Point.ANSWERED, order)
        return Unknown() if callee.mood is Mood.LOSES_ANSWER else Placed(record_of(order), OURS)

    async def _point(self, point: Point, order: Order) -> None:
        if self.kill(point, order):
            await _never()

    async def look_up(self, order: Order) -> Found:
        """A call shows up ``lag`` seconds late."""
        if self.now < self.blind_until:
            return Unknown()
        known = any(
            d.order.attempt_id == order.attempt_id and self.now >= d.time + self.lag for d in self.dials
        )
        return Placed(record_of(order), OURS) if known else Absent()

    async def report(self, record_id: str) -> Report:
        """How a call is now."""
        dial = next(each for each in self.dials if record_of(each.order) == record_id)
        callee, since = dial.callee, self.now - dial.time
        sid = f"CA{record_id[-32:].replace('-', '')}"
        answered = callee.answers and since >= callee.ring and dial.canceled is None
        if self.now < dial.over:
            if not answered:
                return UnderWay(Stage.RINGING, sid)
            return UnderWay(Stage.IN_CALL, sid, at(dial.time + callee.ring))
        end = Outcome.CANCELED if dial.canceled is not None else callee.end
        human = callee.end is Outcome.COMPLETED and callee.first_word is not None
        word = at(dial.time + callee.ring + (callee.first_word or 0.0)) if human and answered else None
        return Over(
            end=end,
            ended_at=at(dial.over),
            reason="It ended.",
            sid=sid,
            sip_code=callee.sip_code,
            answered_at=at(dial.time + callee.ring) if answered else None,
            first_word_at=word,
            hung_up_by=HungUpBy.US,
            disposition=callee.disposition if answered else "",
            seconds=callee.talk if answered else None,
        )

    async def hang_up(self, record_id: str) -> None:
        """End a call that rings."""
        dial = next(each for each in self.dials if record_of(each.order) == record_id)
        if dial.canceled is None and self.now < dial.over:
            dial.canceled = self.now

    # --- what the carrier saw -----------------------------------------------------------------------

    @property
    def most_in_a_second(self) -> int:
        """Dials in the busiest second, wherever it begins."""
        times = sorted(dial.time for dial in self.dials)
        return max((sum(1 for each in times if t <= each < t + 1.0) for t in times), default=0)

    @property
    def most_at_a_time(self) -> int:
        """Calls in the busiest moment."""
        changes = [(d.time, 1) for d in self.dials] + [(d.over, -1) for d in self.dials]
        level = most = 0
        for _, change in sorted(changes):
            level += change
            most = max(most, level)
        return most

    @property
    def twice(self) -> list[str]:
        """The attempts that were dialed more than once."""
        counts = Counter(dial.order.attempt_id for dial in self.dials)
        return [attempt for attempt, count in counts.items() if count > 1]


def record_of(order: Order) -> str:
    """The phone's name of a call."""
    return order.attempt_id


async def _never() -> NoReturn:
    await asyncio.get_running_loop().create_future()
    raise AssertionError
