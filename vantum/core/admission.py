"""May a new call be taken? Not while the process falls behind: each more call would make all of them stutter.

The process has fallen behind when its event loop was late for more than one moment in twenty, or when the carrier
says that we read too slowly. It closes at the limit and opens again below half of it, so that it does not flap.
``now`` is seconds on any steady clock.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass
from enum import StrEnum

from vantum.core.errors import CapacityError

WINDOW_SECONDS = 5.0
PERCENTILE = 0.95
REOPENS_AT = 0.5
"""The share of the limit below which the lag must stay before calls are taken again."""
MOST_LOOKS = 1_000

_LAGS = "The server is overloaded: it falls behind. Try again in a few seconds."
_READS_SLOWLY = (
    "The server is overloaded: it reads the carrier's audio too slowly. Try again in a few seconds."
)


class Reason(StrEnum):
    """Why a call is not taken."""

    LAG = "lag"
    CARRIER = "carrier"
    FULL = "full"
    CLOSING = "closing"
    ADDRESS = "address"
    KEY = "key"


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a call is not taken, in ``words`` for whoever asked, and when asking again may help."""

    reason: Reason
    words: str
    retry_seconds: int


class RefusedError(CapacityError):
    """A call is not taken; ``refusal`` has the facts."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.words)
        self.refusal = refusal


@dataclass(frozen=True, slots=True)
class _Look:
    """The loop was ``lag`` seconds late at the end of ``covered`` seconds that nobody looked in."""

    at: float
    lag: float
    covered: float


class Lateness:
    """How late the event loop was for a moment of the last ``WINDOW_SECONDS``, at the 95th percentile.

    Each look counts for the time since the one before it: one stall of a second is a fifth of the window.
    """

    def __init__(self) -> None:
        self._looks: deque[_Look] = deque(maxlen=MOST_LOOKS)

    def add(self, lag: float, now: float) -> None:
        """The loop was ``lag`` seconds late at ``now``."""
        covered = now - self._looks[-1].at if self._looks else lag
        self._looks.append(_Look(now, lag, min(covered, WINDOW_SECONDS)))

    def seconds(self, now: float) -> float:
        """The lag that one moment in twenty exceeded; a moment without a look was in time."""
        while self._looks and self._looks[0].at <= now - WINDOW_SECONDS:
            self._looks.popleft()
        exceeding = (1.0 - PERCENTILE) * WINDOW_SECONDS
        for look in sorted(self._looks, key=lambda look: look.lag, reverse=True):
            exceeding -= look.covered
            if exceeding < 0.0:
                return look.lag
        return 0.0


class Admission:
    """Closed from a sign of overload until ``calm_seconds`` have passed without another one.

    ``lag_limit_seconds`` bounds the 95th percentile of the loop's lag; 0 takes calls however late the loop is.
    """

    def __init__(self, lag_limit_seconds: float = 0.05, calm_seconds: float = 5.0) -> None:
        self._lag_limit_seconds = lag_limit_seconds
        self._calm_seconds = calm_seconds
        self._lateness = Lateness()
        self._opens_at = {Reason.LAG: float("-inf"), Reason.CARRIER: float("-inf")}

    def lagged(self, seconds: float, now: float) -> None:
        """The event loop was ``seconds`` late at ``now``."""
        self._lateness.add(seconds, now)
        if not self._lag_limit_seconds:
            return
        closed = now < self._opens_at[Reason.LAG]
        limit = self._lag_limit_seconds * (REOPENS_AT if closed else 1.0)
        if self._lateness.seconds(now) > limit:
            self._opens_at[Reason.LAG] = now + self._calm_seconds

    def overloaded(self, now: float) -> None:
        """The carrier says that we read too slowly (its error 31930)."""
        self._opens_at[Reason.CARRIER] = now + self._calm_seconds

    def lag_seconds(self, now: float) -> float:
        """The 95th percentile of the loop's lag over the last ``WINDOW_SECONDS``."""
        return self._lateness.seconds(now)

    def refusal(self, now: float) -> Refusal | None:
        """Why no call is taken; None when calls are taken. The reason that lasts longest is told."""
        reason = max(self._opens_at, key=lambda reason: self._opens_at[reason])
        rest = self._opens_at[reason] - now
        if rest <= 0.0:
            return None
        return Refusal(reason, _LAGS if reason is Reason.LAG else _READS_SLOWLY, math.ceil(rest))
