"""A day and a time as a caller says them, to be read back and confirmed.

The law: nothing is calculated. The words that were heard are said back ("Thursday at ten"), because only
the caller can tell whether they are right. A day or time that was negated ("not on Thursday") is not taken.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_WEEKDAYS = "monday|tuesday|wednesday|thursday|friday|saturday|sunday"
_MONTHS = "january|february|march|april|may|june|july|august|september|october|november|december"
_ORDINALS = (
    "(?:twenty |thirty )?(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth)"
    "|tenth|eleventh|twelfth|(?:thir|four|fif|six|seven|eigh|nine)teenth|twentieth|thirtieth"
    r"|(?:[12]?\d|3[01])(?:st|nd|rd|th)?"
)
_NUMBERS = "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve"
_HOUR = rf"(?:{_NUMBERS}|(?:1\d|2[0-3]|\d)(?!\d))"
_MINUTES = "fifteen|thirty|forty five|twenty(?: five)?|fifty(?: five)?|ten|forty|thirty five"
_SUFFIX = "o ?clock|am|pm|in the (?:morning|afternoon|evening)"
_POINT = (
    rf"(?:(?:half past|quarter (?:past|to)) {_HOUR}|noon|midday|lunch ?time|lunch"
    rf"|{_HOUR}(?:_[0-5]\d)?(?: (?:{_MINUTES})\b(?! minutes))?(?: ?(?:{_SUFFIX}))?)"
)
_CERTAIN = rf"(?:{_HOUR}(?:_[0-5]\d)?(?: (?:{_MINUTES}))? ?(?:{_SUFFIX})|{_HOUR}_[0-5]\d|noon|midday)"

_DAY = re.compile(
    rf"\b(?:(?:next|this) (?:{_WEEKDAYS})|(?:{_WEEKDAYS})s?(?: next week)?|day after tomorrow|tomorrow|today"
    rf"|tonight|the (?:{_ORDINALS}) of (?:{_MONTHS})|(?:{_MONTHS}) (?:the )?(?:{_ORDINALS})"
    rf"|in (?:a|one|two|three|four|five|six) (?:days?|weeks?))\b"
)
_SOON = re.compile(
    rf"\bin (?:about )?(?:an?|half an|a couple of|a few|{_NUMBERS}|fifteen|twenty|thirty|\d+)"
    r" (?:minutes?|hours?)\b"
)
_TIME = re.compile(
    rf"\b(?:between {_HOUR} and {_HOUR}(?: ?(?:{_SUFFIX}))?"
    rf"|(?:at|around|about|after|before|by|make it|rather) {_POINT}"
    rf"|{_CERTAIN}|(?:early |late )?(?:in the |this )?(?:morning|afternoon|evening))\b"
)
_BARE_TIME = re.compile(rf"(?:(?:yes|no|okay|well|um|uh|say|maybe|let us say) )*({_POINT})(?: please)?")
_NOT_BEFORE = re.compile(r"\b(?:not|never) (?:\w+ ){0,3}?(before|after)\b")
_REFUSED = re.compile(
    r"\b(?:not (?:(?:call|on|at|in|this|the|me|us|back) )*|(?:busy|away) (?:(?:on|at|in|this|the) )*)"
    rf"(?:(?:next )?(?:{_WEEKDAYS})|today|tomorrow|tonight|{_CERTAIN}|{_POINT}|morning|afternoon|evening)\b"
)
_OPPOSITE = {"before": "after", "after": "before"}


@dataclass(frozen=True, slots=True)
class DayTime:
    """A day and a time in words; ``None`` is not known yet, an empty time is not needed ("in an hour")."""

    day: str | None = None
    time: str | None = None

    @property
    def complete(self) -> bool:
        """Whether it can be read back."""
        return self.day is not None and self.time is not None

    @property
    def spoken(self) -> str:
        """The words to read back, such as "Thursday at ten"."""
        return " ".join(part for part in (self.day, self.time) if part)

    def updated(self, later: DayTime) -> DayTime:
        """What was said before, corrected by what was said now."""
        day = later.day if later.day is not None else self.day
        time = later.time if later.time is not None else self.time
        return DayTime(day, time)


NOTHING_YET = DayTime()


def find_day_time(words: str) -> DayTime:
    """The day and time in plain words; where several are named, the last one ("Thursday, no, Friday")."""
    words = _NOT_BEFORE.sub(lambda found: _OPPOSITE[found[1]], words)
    words = _REFUSED.sub("", words).strip()
    soon = _last(_SOON, words)
    if soon is not None:
        return DayTime(soon, "")
    day = _last(_DAY, words)
    return DayTime(None if day is None else _day_name(day), _time(words))


def names_time(words: str) -> bool:
    """Whether plain words begin with a day or a time, perhaps after "before", "on" and the like."""
    start = re.match(r"(?:(?:on|in|until|this|during|so|too|the) )*", words)
    rest = words[start.end() :] if start else words
    return any(pattern.match(rest) for pattern in (_DAY, _TIME))


def _last(pattern: re.Pattern[str], words: str) -> str | None:
    found = pattern.findall(words)
    return found[-1] if found else None


def _day_name(day: str) -> str:
    named = re.sub(rf"\b({_WEEKDAYS}|{_MONTHS})s?\b", lambda found: found[1].capitalize(), day)
    return "the day after tomorrow" if day == "day after tomorrow" else named


def _time(words: str) -> str | None:
    said = _last(_TIME, words)
    if said is None:
        bare = _BARE_TIME.fullmatch(_DAY.sub("", words).replace("  ", " ").strip(" "))
        said = None if bare is None else bare[1]
    if said is None:
        return None
    return _with_preposition(re.sub(r"^(?:make it|rather) | ?o ?clock", "", said.replace("_", ":")))


def _with_preposition(time: str) -> str:
    if re.match(r"(?:at|around|about|after|before|by|between|in|this|early in|late in)\b", time):
        return time
    return f"in the {time}" if re.fullmatch(r"(?:\w+ )?(?:morning|afternoon|evening)", time) else f"at {time}"
