"""When so many calls will have been made: an estimate from the pace of calls and the hours of the day.

Law: an estimate for a person to read, and no promise: the legal gate decides call by call.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo
from typing import Final

from vantum.core.legal.rule import Window
from vantum.core.outreach.moment import in_utc

HORIZON: Final = timedelta(days=366)
"""What takes longer has no end that anybody could name."""
DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast a campaign calls: ``concurrency`` calls at a time, ``per_second`` starts, the length of a call.

    ``attempts_per_lead`` is 1 or more: some are called again. Raises ValueError.
    """

    concurrency: int
    per_second: float
    seconds_per_call: float
    attempts_per_lead: float = 1.0

    def __post_init__(self) -> None:
        if self.concurrency < 1 or self.per_second <= 0.0 or self.seconds_per_call <= 0.0:
            raise ValueError("A pace has calls at a time, calls a second and a length, all above 0.")
        if self.attempts_per_lead < 1.0:
            raise ValueError("A lead has at least one attempt.")

    def seconds_for(self, leads: int) -> float:
        """How long it takes to call ``leads`` until they are over, while calls may be placed."""
        each = max(1.0 / self.per_second, self.seconds_per_call / self.concurrency)
        return leads * self.attempts_per_lead * each


@dataclass(frozen=True, slots=True)
class Day:
    """The hours in which calls may be placed: weekly windows by the clock of ``zone``."""

    windows: tuple[Window, ...]
    zone: tzinfo


@dataclass(frozen=True, slots=True)
class Batch:
    """So many leads that may be called from ``ready_at`` on."""

    ready_at: datetime
    leads: int

    def __post_init__(self) -> None:
        object.__setattr__(self, "ready_at", in_utc(self.ready_at))


def finished_at(batches: Sequence[Batch], pace: Pace, day: Day, now: datetime) -> datetime | None:
    """When all batches are called, in UTC to the second; None if that is more than a year away, or never."""
    cursor = start = in_utc(now)
    for batch in sorted(batches, key=lambda each: each.ready_at):
        if batch.leads == 0:
            continue
        done = _after(max(cursor, batch.ready_at), pace.seconds_for(batch.leads), day, start + HORIZON)
        if done is None:
            return None
        cursor = done
    return cursor


def _after(begin: datetime, seconds: float, day: Day, last: datetime) -> datetime | None:
    """The moment by which ``seconds`` of open hours have passed since ``begin``."""
    left = timedelta(seconds=math.ceil(seconds))
    for opens, closes in _openings(begin, last, day):
        if closes - opens >= left:
            return opens + left
        left -= closes - opens
    return None


def _openings(begin: datetime, last: datetime, day: Day) -> Iterator[tuple[datetime, datetime]]:
    """Open hours from ``begin`` to ``last`` in UTC, none of them twice."""
    cursor = begin
    date, last_date = begin.astimezone(day.zone).date(), last.astimezone(day.zone).date()
    while date <= last_date:
        midnight = datetime.combine(date, time(), day.zone)
        for window in sorted(day.windows, key=lambda each: each.start):
            opens = (midnight + timedelta(minutes=window.start)).astimezone(UTC)
            closes = min((midnight + timedelta(minutes=window.end)).astimezone(UTC), last)
            opens = max(opens, cursor)
            if window.weekday == date.weekday() and opens < closes:
                yield opens, closes
                cursor = closes
        date += DAY
