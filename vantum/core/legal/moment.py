"""The first moment at which every rule on time allows a call, exact also where clocks are changed.

Law: a moment begins to be allowed only when a clock reaches the start of a window, when a clock is changed, or when a
state's 24 hours are over. So these moments are tried in their order, and no other: each is asked the same question as
the moment of dialing, and what a clock skips or repeats needs no rule of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, time, timedelta, tzinfo

from vantum.core.legal.case import Case
from vantum.core.legal.hours import DAY, hours_of, rests_of

HORIZON = timedelta(days=30)
"""Nobody waits longer for a call."""
STEP = timedelta(hours=1)
"""No zone has changed its clocks twice within so little time."""
SECOND = timedelta(seconds=1)


def first_moment(case: Case) -> datetime | None:
    """The earliest allowed moment from ``case.now`` to 30 days later, in UTC; None when there is none."""
    if not case.zones:
        return None
    hours, rests = hours_of(case), rests_of(case)
    zones = {id(zone.zone): zone.zone for zone in case.zones}.values()
    starts = sorted({window.start for each in hours for window in each.windows})
    rested = [rest.over_at for rest in rests if rest.over_at is not None]
    last = case.now + HORIZON
    begin = case.now
    while begin <= last:
        end = min(begin + DAY, last)
        for moment in sorted({begin, *_within(rested, begin, end), *_turns(zones, starts, begin, end)}):
            if all(rest.allow(moment) for rest in rests) and all(
                each.allow(moment, zone) for each in hours for zone in zones
            ):
                return moment
        begin += DAY
    return None


def _turns(
    zones: Iterable[tzinfo], starts: Iterable[int], begin: datetime, end: datetime
) -> Iterator[datetime]:
    """The moments from ``begin`` to ``end`` at which a clock reaches one of ``starts``, or is changed."""
    for zone in zones:
        yield from _within(_starts(zone, starts, begin, end), begin, end)
        yield from _changes(zone, begin, end)


def _starts(zone: tzinfo, starts: Iterable[int], begin: datetime, end: datetime) -> Iterator[datetime]:
    """Every time that a clock shows, on each of its days; twice (``fold``) for the hour that it repeats."""
    day, last_day = begin.astimezone(zone).date(), end.astimezone(zone).date()
    while day <= last_day:
        midnight = datetime.combine(day, time(), zone)
        for minute in starts:
            at = midnight + timedelta(minutes=minute)
            yield at.replace(fold=0).astimezone(UTC)
            yield at.replace(fold=1).astimezone(UTC)
        day += timedelta(days=1)


def _changes(zone: tzinfo, begin: datetime, end: datetime) -> Iterator[datetime]:
    """The moments after ``begin`` at which the clock is changed, to the second."""
    while begin < end:
        after = min(begin + STEP, end)
        if _offset(zone, begin) != _offset(zone, after):
            yield _change(zone, begin, after)
        begin = after


def _change(zone: tzinfo, before: datetime, after: datetime) -> datetime:
    """The first whole second with the offset of ``after``: clocks are changed at whole seconds."""
    offset = _offset(zone, after)
    before = before.replace(microsecond=0)
    seconds = -((before - after) // SECOND)
    low, high = 0, seconds
    while high - low > 1:
        middle = (low + high) // 2
        if _offset(zone, before + middle * SECOND) == offset:
            high = middle
        else:
            low = middle
    return before + high * SECOND


def _offset(zone: tzinfo, moment: datetime) -> timedelta | None:
    return moment.astimezone(zone).utcoffset()


def _within(moments: Iterable[datetime], begin: datetime, end: datetime) -> Iterator[datetime]:
    return (moment for moment in moments if begin <= moment <= end)
