"""How long somebody wants us to wait, in English or German: "in two hours", "in anderthalb Stunden"."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Final

# "2h" has become "2 uhr" in plain words.
_HOURS: Final = r"(?:hours?|hrs?|stunden?|uhr)"
_MINUTES: Final = r"(?:minutes?|mins?|minuten?)"
_N: Final = r"([0-9]{1,3})"
_A: Final = r"(?:an?|1|eine[mrn]?)"
# Minutes that a pattern is worth, and those that each of the number in it is worth.
_SPANS: Final = tuple(
    (re.compile(rf"(?:{pattern})(?![a-z0-9])"), minutes, each)
    for pattern, minutes, each in (
        (rf"{_A} {_HOURS} (?:and|und) (?:a|1|eine) (?:half|halbe)|(?:anderthalb|eineinhalb) {_HOURS}", 90, 0),
        (rf"{_A} (?:half|halbe[nr]?) {_HOURS}|half (?:an? )?{_HOURS}", 30, 0),
        (rf"(?:{_A} )?dreiviertelstunde|3 quarters of an {_HOURS}", 45, 0),
        (rf"(?:{_A} )?viertelstunde|(?:a )?quarter of an {_HOURS}", 15, 0),
        (rf"{_N}(?: and a half| einhalb|\.5) {_HOURS}", 30, 60),
        (rf"{_N} {_HOURS}", 0, 60),
        (rf"(?:a )?couple (?:of )?{_HOURS}", 120, 0),
        (rf"{_A} {_HOURS}", 60, 0),
        (rf"{_N} {_MINUTES}", 0, 1),
        (rf"{_A} {_MINUTES}", 1, 0),
    )
)
_IN: Final = re.compile(r"\bin (?:about |around |roughly |etwa |ungefahr |ca |circa )?")
_FROM_NOW: Final = re.compile(r" from now\b")
_AND: Final = re.compile(r" (?:(?:and|und) )?")


def wait_in(text: str) -> timedelta | None:
    """The wait that plain ``text`` names, from now; None where it names none."""
    for begin in _IN.finditer(text):
        wait, _ = _span(text, begin.end())
        if wait:
            return wait
    end = _FROM_NOW.search(text)
    if end is None:
        return None
    for begin in re.finditer(r"\b[a-z0-9]", text[: end.start()]):
        wait, stop = _span(text[: end.start()], begin.start())
        if wait and stop == end.start():
            return wait
    return None


def _span(text: str, at: int) -> tuple[timedelta, int]:
    """The span of time that begins at ``at``, such as "1 hour and 15 minutes", and where it ends."""
    total, end = 0, at
    while (part := _part(text, at)) is not None:
        minutes, end = part
        total += minutes
        glue = _AND.match(text, end)
        at = end if glue is None else glue.end()
    return timedelta(minutes=total), end


def _part(text: str, at: int) -> tuple[int, int] | None:
    """The minutes that are named at ``at``, and where that ends."""
    for pattern, minutes, each in _SPANS:
        found = pattern.match(text, at)
        if found is not None:
            return minutes + (each * int(found[1]) if each else 0), found.end()
    return None
