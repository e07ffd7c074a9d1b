"""The day that somebody names, in English or German: on which dates it may be, the likeliest first.

Law: a day that is named twice has to be the same both times ("Tuesday the fifth"), else it is unclear. A date
without a year may be next year's; a weekday may be the one in a week.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta
from typing import Final

WEEKDAYS: Final = {
    **dict.fromkeys(("monday", "mondays", "mon", "montag", "montags"), 0),
    **dict.fromkeys(("tuesday", "tuesdays", "tue", "tues", "dienstag", "dienstags"), 1),
    **dict.fromkeys(("wednesday", "wednesdays", "wed", "mittwoch", "mittwochs"), 2),
    **dict.fromkeys(("thursday", "thursdays", "thu", "thur", "thurs", "donnerstag", "donnerstags"), 3),
    **dict.fromkeys(("friday", "fridays", "fri", "freitag", "freitags"), 4),
    **dict.fromkeys(("saturday", "saturdays", "samstag", "samstags", "sonnabend", "sonnabends"), 5),
    **dict.fromkeys(("sunday", "sundays", "sonntag", "sonntags"), 6),
}
_MONTH_WORDS: Final = (
    *(
        "january jan januar",
        "february feb februar",
        "march mar marz",
        "april apr",
        "may mai",
        "june jun juni",
    ),
    *("july jul juli", "august aug", "september sep sept", "october oct oktober okt", "november nov"),
    "december dec dezember dez",
)
MONTHS: Final = {word: n for n, words in enumerate(_MONTH_WORDS, 1) for word in words.split()}
WEEK: Final = timedelta(days=7)
DAY: Final = timedelta(days=1)

Dates = tuple[date, ...]
_Found = re.Match[str]


def _any(words: Iterable[str]) -> str:
    return "|".join(sorted(words, key=len, reverse=True))


_WD: Final = rf"(?P<wd>{_any(WEEKDAYS)})"
_MONTH: Final = rf"(?P<month>{_any(MONTHS)})"
_D: Final = r"(?P<d>[12][0-9]|3[01]|0?[1-9])"
_M: Final = r"(?P<m>1[0-2]|0?[1-9])"
_YEAR: Final = r"(?: (?P<year>20[0-9]{2}))?"
_COUNT: Final = r"(?P<n>[0-9]{1,2}|an?|eine[mrn]?)"
_UNIT: Final = r"(?P<unit>days?|weeks?|months?|tage?n?|wochen?|monate?n?)"
_NEXT_WEEK: Final = r"(?:next week|(?:in der )?(?:nachste|kommende)[nr]? woche)"


def _of_weekday(found: _Found, today: date) -> Dates:
    ahead = today + ((WEEKDAYS[found["wd"]] - today.weekday()) % 7) * DAY
    return (ahead, ahead + WEEK)


def _of_next_week(found: _Found, today: date) -> Dates:
    return (today - today.weekday() * DAY + WEEK + WEEKDAYS[found["wd"]] * DAY,)


def _weekday_and_weeks(found: _Found, today: date) -> Dates:
    return (_of_weekday(found, today)[0] + _count(found) * WEEK,)


def _weeks_and_weekday(found: _Found, today: date) -> Dates:
    return (today - today.weekday() * DAY + _count(found) * WEEK + WEEKDAYS[found["wd"]] * DAY,)


def _later(found: _Found, today: date) -> Dates:
    if found["unit"].startswith("mon"):
        month = today.month - 1 + _count(found)
        year, month = today.year + month // 12, month % 12 + 1
        return (date(year, month, min(today.day, calendar.monthrange(year, month)[1])),)
    return (today + _count(found) * (DAY if found["unit"][0] in "dt" else WEEK),)


def _count(found: _Found) -> int:
    return int(found["n"]) if found["n"].isdigit() else 1


def _of_month(found: _Found, today: date) -> Dates:
    groups = found.groupdict()
    month = int(groups["m"]) if groups.get("m") else MONTHS[groups["month"]]
    years = (int(groups["year"]),) if groups["year"] else (today.year, today.year + 1)
    return _dates((year, month, int(groups["d"])) for year in years)


def _of_any_month(found: _Found, today: date) -> Dates:
    months = (today.month - 1 + ahead for ahead in range(3))
    return _dates((today.year + month // 12, month % 12 + 1, int(found["d"])) for month in months)


def _dates(parts: Iterator[tuple[int, int, int]]) -> Dates:
    """The dates among them that the calendar has."""
    return tuple(
        date(year, month, day) for year, month, day in parts if day <= calendar.monthrange(year, month)[1]
    )


def _today(_: _Found, today: date) -> Dates:
    return (today,)


def _tomorrow(_: _Found, today: date) -> Dates:
    return (today + DAY,)


def _in_two_days(_: _Found, today: date) -> Dates:
    return (today + 2 * DAY,)


def _nowhere(_: _Found, __: date) -> Dates:
    return ()


# From the most telling to the least: what one has taken, the next does not see.
_PATTERNS: Final[tuple[tuple[re.Pattern[str], Callable[[_Found, date], Dates]], ...]] = tuple(
    (re.compile(rf"\b(?:{pattern})(?![a-z0-9])"), read)
    for pattern, read in (
        (rf"(?:the |den |on )*{_D}(?:th|\.)? (?:of )?{_MONTH}{_YEAR}", _of_month),
        (rf"(?:on )?{_MONTH} (?:the )?{_D}(?:th|\.)?(?![:.]){_YEAR}", _of_month),
        (rf"den {_D}\. ?{_M}\.? ?(?P<year>20[0-9]{{2}})?", _of_month),
        (rf"(?:den )?{_D}\. ?{_M}\. ?(?P<year>20[0-9]{{2}})?", _of_month),
        (rf"{_COUNT} weeks? from {_WD}", _weekday_and_weeks),
        (rf"{_WD} in {_COUNT} (?:weeks?|wochen?)", _weekday_and_weeks),
        (rf"in {_COUNT} (?:weeks?|wochen?)(?: on| den)? {_WD}", _weeks_and_weekday),
        (rf"(?:on |den )?{_WD} {_NEXT_WEEK}", _of_next_week),
        (rf"{_NEXT_WEEK}(?: on| den)? {_WD}", _of_next_week),
        (rf"(?:on |den )?(?:next|nachste[nr]?) {_WD}", _of_next_week),
        (rf"(?:on |den |this |coming |diese[nr]? |kommende[nr]? )*{_WD}", _of_weekday),
        (rf"(?:in|heute in|today in) {_COUNT} {_UNIT}", _later),
        (rf"{_COUNT} {_UNIT} from (?:now|today)", _later),
        (
            rf"{_NEXT_WEEK}|(?:next|nachste[nrs]?|kommende[nrs]?) (?:month|year|quarter|monat|jahr|quartal)"
            r"|(?:the )?weekend|wochenende|(?:the )?end of (?:the |next )?(?:week|month|year)"
            r"|ende (?:der|des) (?:woche|monats|jahres)",
            _nowhere,
        ),
        (r"(?:the )?day after tomorrow|ubermorgen", _in_two_days),
        (r"tomorrow|morgen", _tomorrow),
        (r"today|heute", _today),
        (rf"(?:the|den) {_D}(?:th|\.)", _of_any_month),
    )
)


def days_in(text: str, today: date) -> tuple[Dates | None, str]:
    """The dates that plain ``text`` may mean (none: unclear; None: no day is named), and what else it says."""
    named: Dates | None = None
    for pattern, read in _PATTERNS:
        for found in pattern.finditer(text):
            dates = read(found, today)
            named = dates if named is None else tuple(each for each in named if each in dates)
        text = pattern.sub(" ", text)
    return named, " ".join(text.split())
