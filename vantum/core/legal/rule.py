"""What a row of the law's table can say: consent that a country asks for, hours of the day, calls in 24 hours.

Minutes are counted from local midnight, 0..1440; weekdays from Monday, 0..6.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum, StrEnum

DAY_MINUTES = 1440
DAY_NAMES = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


class Weekday(IntEnum):
    """A day of the week, as ``datetime.weekday`` counts them."""

    MONDAY = 0
    TUESDAY = 1
    WEDNESDAY = 2
    THURSDAY = 3
    FRIDAY = 4
    SATURDAY = 5
    SUNDAY = 6


class Without(StrEnum):
    """What becomes of a machine's call without the consent that a row asks for."""

    BLOCK = "block"
    HUMAN_ONLY = "human_only"


class Landline(StrEnum):
    """Whether a row's consent is needed for a business landline."""

    BUSINESS_IS_FREE = "business_is_free"
    ASKS_TOO = "asks_too"


class Form(StrEnum):
    """In which form a consent to marketing counts."""

    WRITTEN = "written"
    ANY = "any"


@dataclass(frozen=True, slots=True)
class Window:
    """From ``start`` up to, and not at, ``end`` on one weekday, in the callee's local minutes; raises ValueError."""

    weekday: Weekday
    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.end <= DAY_MINUTES:
            raise ValueError(
                f"A window is within a day and has a length, not {self.start} to {self.end} minutes."
            )


@dataclass(frozen=True, slots=True)
class ConsentRule:
    """What a machine's call to ``countries`` (ISO 3166-1, two letters) needs."""

    name: str
    countries: frozenset[str]
    without: Without
    marketing_form: Form
    landline: Landline
    source: str


@dataclass(frozen=True, slots=True)
class StateRule:
    """Stricter hours of one US state; ``most_in_24_hours`` is None where the state sets no number."""

    state: str
    name: str
    windows: tuple[Window, ...]
    most_in_24_hours: int | None
    source: str


def codes(text: str) -> frozenset[str]:
    """Codes with spaces between them."""
    return frozenset(text.split())


def minutes(clock: str) -> int:
    """``"08:00"`` as minutes from midnight, ``"24:00"`` the day's end; raises ValueError."""
    hours, _, rest = clock.partition(":")
    return int(hours) * 60 + int(rest)


def clock(minute: int) -> str:
    """Minutes from midnight as ``"08:00"``."""
    return f"{minute // 60:02}:{minute % 60:02}"


def every(days: Iterable[Weekday], start: str, end: str) -> tuple[Window, ...]:
    """The same window on each of ``days``."""
    return tuple(Window(day, minutes(start), minutes(end)) for day in days)


WEEK = tuple(Weekday)
WORKDAYS = WEEK[:5]
NO_SUNDAY = WEEK[:6]
