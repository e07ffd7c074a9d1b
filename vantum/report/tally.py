"""Counts the calls that a human answered: when people talked by their clocks, how long, and who had to wait."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime, tzinfo
from statistics import median
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from vantum.core.outreach.brakes import ABANDONED_PERIOD
from vantum.report.values import Abandonment, Bar, Cell
from vantum.store.reporting import Answered

LENGTHS: Final = (
    (10.0, "under 10 s"),
    (30.0, "10 to 30 s"),
    (60.0, "30 to 60 s"),
    (120.0, "1 to 2 min"),
    (300.0, "2 to 5 min"),
    (600.0, "5 to 10 min"),
    (float("inf"), "10 min and more"),
)
"""Each from the one before up to its own end, in seconds."""


def zone_of(name: str) -> tzinfo:
    """The zone of a name, or UTC where nobody knows it."""
    try:
        return ZoneInfo(name) if name else UTC
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return UTC


class Tally:
    """Adds calls up, one after the other, at the moment ``now``."""

    def __init__(self, now: datetime) -> None:
        self._since = now - ABANDONED_PERIOD
        self._month = Counter[bool]()
        self._ever = Counter[bool]()
        self._talks = Counter[tuple[int, int]]()
        self._interests = defaultdict[tuple[int, int], list[int]](list)
        self._seconds: list[float] = []
        self.conversations = 0
        """Calls in which somebody talked."""

    def add(self, call: Answered) -> None:
        """A call that a human answered."""
        self._ever[call.abandoned] += 1
        self.conversations += call.talked
        if call.answered_at is None:
            return
        if call.answered_at >= self._since:
            self._month[call.abandoned] += 1
        if call.talked:
            self._talked(call, call.answered_at)

    @property
    def month(self) -> Abandonment:
        """Of the last 30 days, which is what the law counts."""
        return Abandonment(self._month.total(), self._month[True])

    @property
    def ever(self) -> Abandonment:
        """Of the whole campaign."""
        return Abandonment(self._ever.total(), self._ever[True])

    @property
    def cells(self) -> Sequence[Cell]:
        """When people talked, by weekday and hour."""
        found = []
        for (weekday, hour), talks in sorted(self._talks.items()):
            known = self._interests.get((weekday, hour))
            found.append(Cell(weekday, hour, talks, sum(known) / len(known) if known else None))
        return found

    @property
    def durations(self) -> Sequence[Bar]:
        """For how long people talked."""
        counts = Counter(next(name for end, name in LENGTHS if seconds < end) for seconds in self._seconds)
        return [Bar(name, counts[name]) for _, name in LENGTHS]

    @property
    def median_seconds(self) -> float | None:
        """Half of the conversations were longer."""
        return median(self._seconds) if self._seconds else None

    def _talked(self, call: Answered, answered_at: datetime) -> None:
        local = answered_at.astimezone(zone_of(call.zone))
        place = local.weekday(), local.hour
        self._talks[place] += 1
        if call.interest is not None:
            self._interests[place].append(call.interest)
        if call.ended_at is not None:
            self._seconds.append(max(0.0, (call.ended_at - answered_at).total_seconds()))
