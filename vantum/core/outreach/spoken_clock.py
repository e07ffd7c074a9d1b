"""The time of day that somebody names, in English or German: a minute of the day, and whether it may be twelve
hours later.

Law: a number alone is no time. It has a word before or behind it ("at three", "drei Uhr", "3 pm"), or nothing
else is said. An hour from 1 to 12 is open between the two halves of the day until a word settles it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

HALF_DAY: Final = 720
DAY_MINUTES: Final = 1440
HOUR: Final = 60
BUSINESS_BEGINS: Final = 8 * HOUR
"""Of the two hours that an open one may be, the one from 8:00 to 19:59 is meant."""


class Half(StrEnum):
    """Which half of the day a time is in."""

    OPEN = "open"
    KNOWN = "known"


class Part(StrEnum):
    """A part of the day, as it is named."""

    EARLY = "early"
    MORNING = "morning"
    NOON = "noon"
    AFTER_LUNCH = "after_lunch"
    AFTERNOON = "afternoon"
    EVENING = "evening"
    CLOSE = "close"


class Shade(StrEnum):
    """Where in its part."""

    EARLY = "early"
    MIDDLE = "middle"
    LATE = "late"


@dataclass(frozen=True, slots=True)
class Clock:
    """Minutes from midnight, 0..1439; below 720 where the half is open."""

    minute: int
    half: Half

    def __post_init__(self) -> None:
        if not 0 <= self.minute < (HALF_DAY if self.half is Half.OPEN else DAY_MINUTES):
            raise ValueError(f"{self.minute} is no minute of the day.")

    @property
    def likely(self) -> int:
        """The minute of the day that is meant in business: "three" is 15:00, "eight" is 8:00, "twelve" is
        noon."""
        if self.half is Half.KNOWN or self.minute >= BUSINESS_BEGINS:
            return self.minute
        return self.minute + HALF_DAY

    @property
    def other(self) -> int | None:
        """The minute twelve hours away from the likely one, where the half is open."""
        return None if self.half is Half.KNOWN else (self.likely + HALF_DAY) % DAY_MINUTES

    def within(self, part: Part) -> Clock:
        """The clock, settled by a part of the day: "eight in the evening" is 20:00."""
        if self.half is Half.KNOWN or part not in _HALVES:
            return self
        return Clock(self.minute + _HALVES[part], Half.KNOWN)


_HALVES: Final = {Part.EARLY: 0, Part.MORNING: 0, Part.AFTERNOON: HALF_DAY, Part.EVENING: HALF_DAY}
_USUAL: Final = {
    (Part.EARLY, Shade.MIDDLE): 9 * HOUR,
    (Part.MORNING, Shade.EARLY): 9 * HOUR,
    (Part.MORNING, Shade.MIDDLE): 10 * HOUR,
    (Part.MORNING, Shade.LATE): 11 * HOUR,
    (Part.NOON, Shade.MIDDLE): 12 * HOUR,
    (Part.AFTER_LUNCH, Shade.MIDDLE): 13 * HOUR + 30,
    (Part.AFTERNOON, Shade.EARLY): 13 * HOUR + 30,
    (Part.AFTERNOON, Shade.MIDDLE): 15 * HOUR,
    (Part.AFTERNOON, Shade.LATE): 16 * HOUR + 30,
    (Part.EVENING, Shade.EARLY): 17 * HOUR,
    (Part.EVENING, Shade.MIDDLE): 18 * HOUR,
    (Part.EVENING, Shade.LATE): 19 * HOUR + 30,
    (Part.CLOSE, Shade.MIDDLE): 17 * HOUR,
}
"""When to call somebody who names nothing but a part of the day."""

# --- hours ----------------------------------------------------------------------------------------------

_H: Final = r"(?<![0-9:.])(?P<h>2[0-3]|1[0-9]|0?[0-9])(?![0-9])"
_M: Final = r"(?P<m>[0-5][0-9])(?![0-9])"
_MARK: Final = r"(?: (?P<mark>am|pm))?"
_SIGN: Final = r"(?: (?:uhr|oclock))?"
_OFF: Final = r"(?P<off>[0-5]?[0-9])(?: minut\w+)?"
_DIRECTION: Final = r"(?P<way>past|after|to|of|before|till|nach|vor)"
_NO_UNIT: Final = (
    r"(?! ?(?:days?|weeks?|months?|minut\w*|hours?|tage?n?|wochen?|monate?n?|stunden?|th\b|percent|prozent))"
)
_PREPOSITION: Final = (
    r"\b(?:at|around|about|after|before|by|till|until|from|or|um|gegen|nach|ab|vor|bis|oder|say|sagen wir)"
)
_SOME: Final = r"(?P<off>5|10|20|25|[0-5]?[0-9] minut\w+)"
_TO: Final = r"(?:and|to|till|until|und|bis)"
_END: Final = r"(?P<end>[0-9]{1,2})(?:[:.][0-5][0-9])?"

# From the most telling to the least: what one has taken, the next does not see.
_PATTERNS: Final = tuple(
    re.compile(pattern)
    for pattern in (
        rf"\b(?:between|from|zwischen|von) {_H}(?:[:.]{_M})?{_SIGN} {_TO} {_END}{_SIGN}{_MARK}",
        rf"\b{_OFF} {_DIRECTION} (?P<name>halb) {_H}{_SIGN}",
        rf"\b(?P<name>half|quarter) {_DIRECTION} {_H}{_MARK}",
        rf"\b(?P<name>viertel) {_DIRECTION} {_H}{_SIGN}",
        rf"\b(?P<name>dreiviertel|viertel|halb) {_H}{_SIGN}",
        rf"\b(?P<name>half) {_H}{_MARK}",
        rf"\b{_SOME} {_DIRECTION} {_H}{_SIGN}{_MARK}",
        rf"{_H}[:.]{_M}{_SIGN}{_MARK}",
        rf"{_H} (?P<sign>uhr|oclock)(?: {_M})?{_MARK}",
        rf"{_H}(?: {_M})? (?P<mark>am|pm)\b",
        rf"{_PREPOSITION} {_H}(?: {_M})?{_NO_UNIT}",
    )
)
_BARE: Final = re.compile(
    rf"(?:(?:yes|ja|okay|ok|please|bitte|well|um|uh|ah|maybe|vielleicht) )*{_H}(?: {_M})?(?: (?:please|bitte))?"
)
_BEFORE: Final = re.compile(r"\b(?:before|by|till|until|vor|bis)(?: (?:um|at|about|around))?$")
_NAMES: Final = {"half": 30, "quarter": 15, "viertel": 15}
_OF_THE_HOUR: Final = {"halb": -30, "dreiviertel": -15, "viertel": -45}
_BACK: Final = frozenset({"to", "of", "before", "till", "vor"})


def clocks_in(text: str) -> tuple[Clock, ...]:
    """The different times that plain ``text`` names, without its days and parts of days."""
    clocks = []
    for pattern in _PATTERNS:
        while found := pattern.search(text):
            clocks.append(_moved(_clock(found), text[: found.start()].strip(), found[0]))
            text = f"{text[: found.start()]} , {text[found.end() :]}"
    if not clocks and (bare := _BARE.fullmatch(" ".join(text.split()))):
        return (_clock(bare),)
    return tuple(dict.fromkeys(clocks))


def _clock(found: re.Match[str]) -> Clock:
    groups = found.groupdict()
    hour, minute = int(groups["h"]), int(groups.get("m") or 0)
    mark = groups.get("mark")
    end = groups.get("end")
    if end is not None and int(end) % 12 < hour % 12:
        # "Between eleven and one p.m." begins in the morning.
        mark = None
    known = mark is not None or not 1 <= hour <= 12
    minute += hour * HOUR + _offset(groups)
    if not known:
        return Clock(minute % HALF_DAY, Half.OPEN)
    if mark is not None and 1 <= hour <= 12:
        minute = minute % HALF_DAY + (HALF_DAY if mark == "pm" else 0)
    return Clock(minute % DAY_MINUTES, Half.KNOWN)


def _offset(groups: dict[str, str | None]) -> int:
    """Minutes that the words around an hour add to it or take away."""
    way, name, off = groups.get("way"), groups.get("name"), groups.get("off")
    if way is None:
        return 0 if name is None else _OF_THE_HOUR.get(name, 30)
    if name == "halb":
        return _signed(_number(off), way) - 30
    return _signed(_number(off) if name is None else _NAMES[name], way)


def _signed(minutes: int, way: str) -> int:
    return -minutes if way in _BACK else minutes


def _number(text: str | None) -> int:
    return int((text or "0").partition(" ")[0])


def _moved(clock: Clock, before: str, found: str) -> Clock:
    """An hour earlier behind "before" and the like."""
    first = found.partition(" ")[0]
    if not (_BEFORE.search(before) or _BEFORE.search(first)):
        return clock
    size = HALF_DAY if clock.half is Half.OPEN else DAY_MINUTES
    return Clock((clock.minute - HOUR) % size, clock.half)


# --- parts of the day -----------------------------------------------------------------------------------

_SHADES: Final = {"early": Shade.EARLY, "late": Shade.LATE, "fruh": Shade.EARLY, "spat": Shade.LATE}
_LEAD: Final = r"(?:in the |in der |in |the |den )?"
_PART: Final = rf"{_LEAD}(?:(?P<shade>early|late|fruh|spat)(?:e[nr]?)? )?{_LEAD}"
_PARTS: Final = tuple(
    (re.compile(rf"\b(?:{pattern})\b"), part)
    for pattern, part in (
        (
            r"after lunch(?: ?time)?|nach dem mittag(?:essen)?|nach der mittagspause",
            Part.AFTER_LUNCH,
        ),
        (r"(?P<late>before (?:noon|midday|lunch(?: ?time)?)|vor dem mittag(?:essen)?)", Part.MORNING),
        (rf"{_PART}(?:mornings?|morgens|vormittags?)", Part.MORNING),
        (rf"{_PART}(?:afternoons?|nachmittags?)", Part.AFTERNOON),
        (rf"{_PART}(?:evenings?|abends?)", Part.EVENING),
        (rf"{_LEAD}(?:noon|midday|lunch ?time|mittags?)", Part.NOON),
        (r"(?:the )?(?:end|close) of (?:the )?(?:day|business)|eod|feierabend", Part.CLOSE),
        (rf"{_LEAD}(?:early|fruh)", Part.EARLY),
    )
)


def parts_in(text: str) -> tuple[tuple[tuple[Part, Shade], ...], str]:
    """The different parts of the day that plain ``text`` names, and what else it says."""
    parts = []
    for pattern, part in _PARTS:
        for found in pattern.finditer(text):
            groups = found.groupdict()
            shade = _SHADES.get(groups.get("shade") or "", Shade.MIDDLE)
            parts.append((part, Shade.LATE if groups.get("late") else shade))
        text = pattern.sub(" ", text)
    return tuple(dict.fromkeys(parts)), " ".join(text.split())


def usual(part: Part, shade: Shade) -> Clock:
    """The time to call somebody who names only a part of the day."""
    return Clock(_USUAL[part, shade], Half.KNOWN)
