"""What every part of a dialer works with: the store, the clock, who it is, and the limits of the whole."""

from __future__ import annotations

from dataclasses import dataclass, field

from vantum.core.outreach.bucket import Rate
from vantum.core.outreach.limits import MOST_LIVE
from vantum.dialing.tariff import USUAL, Tariff
from vantum.store.dialers import Clock, database_clock
from vantum.store.engine import Store
from vantum.store.words import Transport


@dataclass(frozen=True, slots=True)
class Trunk:
    """The carrier's account: how many calls a second it takes, how many at a time, and what they cost.

    All dialers of one account share its bucket. Raises ValueError.
    """

    account: str
    transport: Transport
    rate: Rate
    most_live: int = MOST_LIVE
    tariff: Tariff = USUAL

    def __post_init__(self) -> None:
        if not 0 <= self.most_live <= MOST_LIVE:
            raise ValueError(f"There are 0 to {MOST_LIVE} calls at a time.")


@dataclass(frozen=True, slots=True)
class Means:
    """``dialer_id`` is new for each boot of a process."""

    store: Store
    dialer_id: str
    trunk: Trunk
    clock: Clock = field(default=database_clock)
