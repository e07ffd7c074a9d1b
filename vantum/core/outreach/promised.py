"""When somebody wants to be called back: words in English or German, by the callee's clock, as a moment in UTC.

Law: it is the first moment still to come that fits all that was said; where the words leave a day or an hour open
in more than one way, or name none, it is None and somebody has to ask.

- "Three" is 15:00, "eight" is 8:00, "twelve" is noon: of the two, the one from 8:00 to 19:59. "Today at eight"
  said in the afternoon is 20:00, because 8:00 is over. "Eight in the evening", "8 pm" and "20 Uhr" are what they
  say.
- A part of a day is a usual time in it (morning 10:00, afternoon 15:00, evening 18:00); a day alone is 10:00, but
  "today" alone is unclear. "After four" and "between four and six" are 16:00, "before noon" and "before twelve"
  are 11:00.
- "Tuesday" is the next one to come, today's if the hour is still ahead; "next Tuesday" is that of the next
  calendar week.
- A time that is over moves on to the next day, a weekday to the next week, a date without a year to the next
  year. What is named exactly ("today at nine", a date with its year) and is over is unclear, and so is a time
  with the name of a zone.
- What was negated does not count, and what was corrected ("Thursday, no, Friday") is what was said last.
- An hour that the clock skips is as much later as it skips; of an hour that it repeats, the first that is still
  ahead.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Final

from vantum.core.outreach.moment import in_utc
from vantum.core.outreach.spoken_clock import (
    BUSINESS_BEGINS,
    Clock,
    Half,
    Part,
    Shade,
    clocks_in,
    parts_in,
    usual,
)
from vantum.core.outreach.spoken_day import WEEKDAYS, Dates, days_in
from vantum.core.outreach.spoken_numbers import plain
from vantum.core.outreach.spoken_wait import wait_in

LONGEST: Final = 300
"""Characters: whoever names a time needs fewer."""
HORIZON: Final = timedelta(days=366)
"""Nobody is promised a call later than that."""
DAY_ALONE: Final = Clock(600, Half.KNOWN)
LAST_HALF: Final = 21 * 60
"""An open hour is not moved to the evening from here on: no law allows a call then."""
DAY: Final = timedelta(days=1)
_ANY_DAY: Final = date(2026, 1, 1)

_ISO: Final = re.compile(
    r"\b(?P<date>20\d\d-\d\d-\d\d)"
    r"(?:[T ](?P<time>\d\d:\d\d(?::\d\d)?)(?:\.\d+)?(?: ?(?P<zone>Z|[+-]\d\d:?\d\d))?)?",
    re.ASCII | re.IGNORECASE,
)
_UNCLEAR: Final = re.compile(
    r"\b(?:midnight|mitternachts?|[ecmp][sd]t|gmt|utc|cet|mez"
    r"|(?:eastern|central|mountain|pacific)(?: standard)? time)\b"
)
_CORRECTION: Final = re.compile(
    r"\b(?:no|nope|nein|sorry|actually|i mean|or rather|rather|better|make (?:it|that)|lieber|besser|doch)\b"
)
_BUSY: Final = re.compile(
    r"\b(?:busy|meetings?|away|out|not (?:free|available)"
    r"|beschaftigt|keine zeit|unterwegs|nicht da|termin|besprechung)\b"
)
_DAY_WORD: Final = (
    rf"(?:{'|'.join(sorted(WEEKDAYS, key=len, reverse=True))}|today|tomorrow|heute|morgen|ubermorgen)"
)
_PART_WORD: Final = r"(?:mornings?|afternoons?|evenings?|vormittags?|nachmittags?|abends?|morgens)"
_WHEN_WORD: Final = (
    rf"(?:{_DAY_WORD}(?: (?:early |late )?{_PART_WORD})?"
    r"|[0-9]{1,2}(?:[:.][0-9]{2})?(?: (?:am|pm|uhr|oclock))?"
    rf"|(?:in the |den )?{_PART_WORD})"
)
_NEW_WISH: Final = re.compile(r"[,.;!?]+\s+(?=(?:call|phone|ring|try|ruf|rufen)\b)", re.IGNORECASE)
"""Before it something else was said: "I can't, call me on Thursday"."""
_NEGATIONS: Final = (
    (re.compile(r"\b(?:not|never|dont(?: \w+){0,4}?) before\b|\bnicht vor\b"), "after"),
    (re.compile(r"\b(?:not|never|dont(?: \w+){0,4}?) after\b|\bnicht nach\b"), "before"),
    (
        re.compile(
            rf"\b(?:on |den )?{_WHEN_WORD} (?:(?:geht|kann|passt|ich|es|mir|ist) ){{0,4}}(?:nicht|schlecht)\b"
            rf"|\b(?:on |next )?{_WHEN_WORD} (?:does not|doesnt|will not|wont|is not|isnt) (?:work|good|possible)\b"
        ),
        " ",
    ),
    (
        re.compile(
            r"\b(?:(?:not|never|nicht|except|ausser|cant|cannot|dont)"
            r"(?: (?:do|make|call|phone|ring|me|back|on|at|in|the|this|next|um|den|diesen|nachsten))*"
            # "Busy, call me on Thursday" does not negate the day.
            r"|busy(?: (?:on|at|in|the|this|next))*)"
            rf" {_WHEN_WORD}(?![a-z0-9])"
        ),
        " ",
    ),
)


@dataclass(frozen=True, slots=True)
class _Said:
    """What somebody named; None for what they did not. Two different days leave no date."""

    dates: Dates | None = None
    clocks: tuple[Clock, ...] = ()
    parts: tuple[tuple[Part, Shade], ...] = ()

    @property
    def clear(self) -> bool:
        """Whether there is one way to take it."""
        return self.dates != () and len(self.clocks) <= 1 and len(self.parts) <= 1

    def corrected(self, later: _Said) -> _Said:
        """With what was said later in place of what it corrects."""
        dates = self.dates if later.dates is None else later.dates
        if later.clocks:
            return _Said(dates, later.clocks, later.parts or _kept(self.parts, later.clocks[0]))
        if later.parts:
            return _Said(dates, (), later.parts)
        return _Said(dates, self.clocks, self.parts)


def _kept(parts: tuple[tuple[Part, Shade], ...], clock: Clock) -> tuple[tuple[Part, Shade], ...]:
    """The part of the day, as far as it is one for the new hour: "in the morning at nine, no, at three"."""
    return tuple(part for part in parts if clock.within(part[0]).minute >= BUSINESS_BEGINS)


def promised_at(words: str, now: datetime, zone: tzinfo) -> datetime | None:
    """The moment that ``words`` name, in UTC; None when it is unclear or more than a year away."""
    now = in_utc(now)
    if len(words) > LONGEST:
        return None
    iso = _ISO.search(words)
    moment = (
        _of_words(plain(_NEW_WISH.sub(" please ", words)), now, zone)
        if iso is None
        else _of_iso(iso, now, zone)
    )
    return moment if moment is not None and now < moment <= now + HORIZON else None


def names_day(words: str) -> bool:
    """Whether ``words`` say on which day, or how long it is until then; an hour alone does not."""
    text = plain(words)
    return (
        _ISO.search(words) is not None or wait_in(text) is not None or days_in(text, _ANY_DAY)[0] is not None
    )


def _of_iso(found: re.Match[str], now: datetime, zone: tzinfo) -> datetime | None:
    try:
        day = date.fromisoformat(found["date"])
        clock = time.fromisoformat(f"{found['time'] or '10:00'}{(found['zone'] or '').upper()}")
    except ValueError:
        return None
    if clock.tzinfo is not None:
        return datetime.combine(day, clock).astimezone(UTC)
    return next((moment for moment in _both_folds(day, clock, zone) if moment > now), None)


def _of_words(text: str, now: datetime, zone: tzinfo) -> datetime | None:
    if _UNCLEAR.search(text):
        return None
    if _BUSY.search(text):
        text = re.sub(r"\b(?:until|till|bis)\b", "after", text)
    for pattern, by in _NEGATIONS:
        text = pattern.sub(by, text)
    pieces = [piece for piece in _CORRECTION.split(text) if piece.strip()]
    wait = wait_in(pieces[-1]) if pieces else None
    if wait is not None:
        return now + wait
    today = now.astimezone(zone).date()
    said = _Said()
    for piece in pieces:
        said = said.corrected(_piece(piece, today))
    return _resolved(said, now, zone) if said.clear else None


def _piece(text: str, today: date) -> _Said:
    dates, text = days_in(text, today)
    parts, text = parts_in(text)
    return _Said(dates, clocks_in(text), parts)


def _resolved(said: _Said, now: datetime, zone: tzinfo) -> datetime | None:
    today = now.astimezone(zone).date()
    clock = _clock(said, today)
    if clock is None:
        return None
    if said.dates is None:
        return _first_ahead((today, today + DAY), (clock.likely,), now, zone)
    minutes = [clock.likely]
    if said.dates == (today,) and clock.other is not None and clock.likely < clock.other < LAST_HALF:
        minutes.append(clock.other)
    return _first_ahead(said.dates, minutes, now, zone)


def _clock(said: _Said, today: date) -> Clock | None:
    """The time of day; None where only "today" is named, or nothing."""
    if said.clocks:
        clock = said.clocks[0]
        return clock.within(said.parts[0][0]) if said.parts else clock
    if said.parts:
        return usual(*said.parts[0])
    return None if said.dates is None or said.dates == (today,) else DAY_ALONE


def _first_ahead(dates: Dates, minutes: Sequence[int], now: datetime, zone: tzinfo) -> datetime | None:
    """The first of these times on the first of these dates that is still to come."""
    moments = (
        moment
        for day in dates
        for minute in minutes
        for moment in _both_folds(day, time(minute // 60, minute % 60), zone)
    )
    return next((moment for moment in moments if moment > now), None)


def _both_folds(day: date, clock: time, zone: tzinfo) -> Iterator[datetime]:
    """The moment at which a clock shows this; the same twice, unless the clock repeats or skips this hour."""
    local = datetime.combine(day, clock, zone)
    yield local.astimezone(UTC)
    yield local.replace(fold=1).astimezone(UTC)
