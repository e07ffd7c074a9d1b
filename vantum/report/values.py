"""What a report tells, as values: whoever has these can draw the page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from vantum.core.outreach.outcome import Disposition

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass(frozen=True, slots=True)
class Bar:
    """Something that was counted."""

    label: str
    count: int

    def __post_init__(self) -> None:
        if self.count < 0:
            raise ValueError("Nothing is counted below 0.")


@dataclass(frozen=True, slots=True)
class Cell:
    """Conversations that began in one hour of one weekday (0 is Monday), by the callee's clock.

    ``interest`` is their average, 0 to 100; None where it is known of none.
    """

    weekday: int
    hour: int
    talks: int
    interest: float | None

    def __post_init__(self) -> None:
        if not (0 <= self.weekday <= 6 and 0 <= self.hour <= 23 and self.talks > 0):
            raise ValueError("A cell is an hour of a weekday in which somebody talked.")


@dataclass(frozen=True, slots=True)
class Abandonment:
    """Calls that a human answered, and those of them with a late first word or none."""

    answered: int
    abandoned: int

    def __post_init__(self) -> None:
        if not 0 <= self.abandoned <= self.answered:
            raise ValueError("Abandoned calls are some of those that were answered.")

    @property
    def share(self) -> float:
        """0 to 1."""
        return self.abandoned / self.answered if self.answered else 0.0


@dataclass(frozen=True, slots=True)
class Amount:
    """Money in millionths of a currency (ISO 4217), and how much of it is only estimated."""

    what: str
    currency: str
    micros: int
    estimated_micros: int = 0


@dataclass(frozen=True, slots=True)
class Clip:
    """Sound that a browser can play: a ``data:`` URI, or a path beside the page."""

    source: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Quote:
    """Words of a call, what they prove, and at which second they begin; ``clip`` where their sound is kept."""

    words: str
    proves: str
    second: float
    clip: Clip | None = None


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who is interested. Times are by their own clock; what is not known is empty or None."""

    name: str
    title: str
    company: str
    phone: str
    email: str
    disposition: Disposition
    interest: int | None
    next_step: str
    callback: str
    summary: str
    called_at: str
    quotes: Sequence[Quote]


@dataclass(frozen=True, slots=True)
class Report:
    """All of it. ``people`` are the first of ``interested``; ``median_seconds`` is of conversations."""

    campaign: str
    organisation: str
    state: str
    made_at: datetime
    first_call: datetime | None
    last_call: datetime | None
    funnel: Sequence[Bar]
    cells: Sequence[Cell]
    objections: Sequence[Bar]
    durations: Sequence[Bar]
    median_seconds: float | None
    abandoned_month: Abandonment
    abandoned_ever: Abandonment
    outcomes: Sequence[Bar]
    costs: Sequence[Amount]
    conversations: int
    interested: int
    people: Sequence[Person]
