"""The hours of a campaign as people write them: ``Mon-Fri 9:00-18:00, Sat 10-14``, ``daily 8:00-21:00``."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from vantum.core.errors import UsageError
from vantum.core.legal.rule import DAY_NAMES, WEEK, WORKDAYS, Weekday, Window, clock

EXAMPLE: Final = "Write them like 'Mon-Fri 9:00-18:00, Sat 10:00-14:00' or 'daily 8:00-21:00'."
USUAL: Final = "usual"
_DAYS: Final = {name.lower(): day for name, day in zip(DAY_NAMES, WEEK, strict=True)}
_GROUPS: Final = {"daily": WEEK, "weekdays": WORKDAYS, "weekend": WEEK[5:]}
_PART: Final = re.compile(r"([a-z]+)(?:-([a-z]+))? (\d{1,2})(?::(\d{2}))?-(\d{1,2})(?::(\d{2}))?")


def read_hours(text: str) -> tuple[Window, ...]:
    """The windows of a text, none for ``usual``; raises UsageError."""
    if text.strip().lower() == USUAL:
        return ()
    return tuple(window for part in text.split(",") for window in _windows(part))


def hours_in_words(windows: Sequence[Window]) -> str:
    """The windows as ``read_hours`` takes them: days with the same hours together."""
    if not windows:
        return USUAL
    hours: dict[Weekday, list[tuple[int, int]]] = {}
    for window in sorted(windows, key=lambda each: (each.weekday, each.start)):
        hours.setdefault(window.weekday, []).append((window.start, window.end))
    parts: list[str] = []
    for days in _runs(hours):
        parts += [f"{_named(days)} {clock(start)}-{clock(end)}" for start, end in hours[days[0]]]
    return ", ".join(parts)


def _windows(part: str) -> Iterator[Window]:
    found = _PART.fullmatch(" ".join(part.lower().split()))
    if found is None:
        raise UsageError(f"{part.strip()[:64]!r} are no hours.", EXAMPLE)
    first, last, *times = found.groups()
    start, end = _minutes(times[0], times[1]), _minutes(times[2], times[3])
    try:
        yield from [Window(day, start, end) for day in _days(first, last)]
    except ValueError as error:
        raise UsageError(f"{part.strip()[:64]!r}: {error}", EXAMPLE) from error


def _days(first: str, last: str | None) -> tuple[Weekday, ...]:
    if last is None and first in _GROUPS:
        return _GROUPS[first]
    begin, end = _DAYS.get(first[:3]), _DAYS.get((last or first)[:3])
    if begin is None or end is None:
        raise UsageError(f"{first if begin is None else last!r} is no day.", EXAMPLE)
    count = (end - begin) % len(WEEK) + 1
    return tuple(WEEK[(begin + step) % len(WEEK)] for step in range(count))


def _minutes(hours: str, minutes: str | None) -> int:
    return int(hours) * 60 + int(minutes or 0)


def _runs(hours: dict[Weekday, list[tuple[int, int]]]) -> Iterator[list[Weekday]]:
    """Days behind each other that have the same hours."""
    run: list[Weekday] = []
    for day, spans in hours.items():
        if run and (day != run[-1] + 1 or spans != hours[run[0]]):
            yield run
            run = []
        run.append(day)
    yield run


def _named(days: list[Weekday]) -> str:
    if len(days) == len(WEEK):
        return "daily"
    first, last = DAY_NAMES[days[0]], DAY_NAMES[days[-1]]
    return first if first == last else f"{first}-{last}"
