"""A token bucket for calls per second: exact in every window of a second, not only on average.

Law: however calls ask, and wherever a second begins, no more than ``per_second`` of them start in it. A bucket
that holds more than one token would let a full one and what flows in meanwhile start together; so this one holds
a single token, and what it gives are even distances. The law outlasts delays between the token and the carrier
that differ by up to ``jitter_seconds``: the distances are that much wider.

``now`` is from one clock for all who share a bucket: the database's, where there are several machines.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from vantum.core.outreach.moment import in_utc

FASTEST: Final = 1_000.0
SLOWEST: Final = 0.001
MOST_JITTER_SECONDS: Final = 10.0
FULL: Final = 1.0
_MICROSECOND: Final = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Rate:
    """Calls in any second; 2.5 counts as 2, because no second holds half a call, and 0.5 is one in any two
    seconds.

    Raises ValueError.
    """

    per_second: float
    jitter_seconds: float = 0.1

    def __post_init__(self) -> None:
        if not SLOWEST <= self.per_second <= FASTEST:
            raise ValueError(f"A rate is {SLOWEST} to {FASTEST} calls a second, not {self.per_second}.")
        if not 0.0 <= self.jitter_seconds <= MOST_JITTER_SECONDS:
            raise ValueError(f"A jitter is 0 to {MOST_JITTER_SECONDS} seconds, not {self.jitter_seconds}.")

    @property
    def gap(self) -> timedelta:
        """From one start to the next: more than the share of a second, also when the first is late by the
        jitter."""
        calls = max(1, math.floor(self.per_second))
        span = max(1.0, 1.0 / self.per_second) + self.jitter_seconds
        return math.ceil(span / calls * 1e6) * _MICROSECOND + _MICROSECOND


@dataclass(frozen=True, slots=True)
class Bucket:
    """``tokens`` (0 to 1) that were in it at ``at``."""

    tokens: float
    at: datetime

    def __post_init__(self) -> None:
        object.__setattr__(self, "at", in_utc(self.at))
        if not 0.0 <= self.tokens <= FULL:
            raise ValueError(f"A bucket holds 0 to 1 tokens, not {self.tokens}.")


@dataclass(frozen=True, slots=True)
class Taken:
    """The call may start now; ``bucket`` is what is left."""

    bucket: Bucket


@dataclass(frozen=True, slots=True)
class Wait:
    """The call may not start: ask again after ``seconds``. Keep ``bucket`` all the same."""

    bucket: Bucket
    seconds: float


def take(bucket: Bucket, rate: Rate, now: datetime) -> Taken | Wait:
    """Take a token, if there is a whole one."""
    now = in_utc(now)
    if now < bucket.at:
        # The clock was set back. The last call did start before this moment, so a whole gap is enough.
        bucket = Bucket(0.0, now)
    needed = (FULL - bucket.tokens) * rate.gap
    if now - bucket.at >= needed:
        return Taken(Bucket(0.0, now))
    return Wait(bucket, (bucket.at + needed - now) / timedelta(seconds=1))
