"""A circuit breaker: a provider that keeps failing is left alone, and asked now and then whether it is well again.

    CLOSED --- failures ---> OPEN --- rest is over ---> HALF_OPEN --- probe succeeds ---> CLOSED
                              ^                             |
                              +------- probe fails ---------+

Calls use a provider whose breaker is closed. Probes are the process's own: no call has to find out.
"""

from __future__ import annotations

from collections import deque
from enum import StrEnum

from vantum.core.faults import Fault

WINDOW_SECONDS = 30.0
"""Failures count for so long."""
FAILURES = 3
"""So many in the window open the breaker, if they are no less than half of what was tried."""
MOST_OUTCOMES = 1000
REST_SECONDS = 5.0
"""Before the first probe; each failed one doubles the wait."""
LONGEST_REST_SECONDS = 60.0


class Circuit(StrEnum):
    """What is known of a provider."""

    CLOSED = "closed"  # it works
    OPEN = "open"  # it fails, and is left alone
    HALF_OPEN = "half-open"  # it is being probed


class Breaker:
    """One provider's. Times are seconds on any steady clock, and never run backwards."""

    def __init__(self) -> None:
        self.circuit = Circuit.CLOSED
        self._outcomes: deque[tuple[float, bool]] = deque(maxlen=MOST_OUTCOMES)
        self._rest = REST_SECONDS
        self._probe_at = 0.0

    @property
    def usable(self) -> bool:
        """Whether a call should use this provider."""
        return self.circuit is Circuit.CLOSED

    @property
    def probe_at(self) -> float | None:
        """When the provider is to be probed; None when it need not be."""
        return self._probe_at if self.circuit is Circuit.OPEN else None

    def succeeded(self, now: float) -> None:
        """A call was served: by a provider that nobody else was left for, perhaps."""
        self._note(now, failed=False)
        if not self.usable:
            self._close()

    def failed(self, now: float, fault: Fault) -> None:
        """A call was not served. A request that can never work says nothing about the provider."""
        if fault is Fault.FATAL:
            return
        self._note(now, failed=True)
        failures = sum(failed for _, failed in self._outcomes)
        many = failures >= FAILURES and 2 * failures >= len(self._outcomes)
        if self.usable and (many or fault is Fault.AUTH):
            self._open(now)

    def probing(self) -> None:
        """A probe is under way."""
        self.circuit = Circuit.HALF_OPEN

    def probed(self, now: float, *, well: bool) -> None:
        """The probe has come back."""
        if self.usable:
            # A call was quicker to find out.
            return
        if well:
            self._close()
        else:
            self._rest = min(2 * self._rest, LONGEST_REST_SECONDS)
            self._open(now)

    def _note(self, now: float, *, failed: bool) -> None:
        self._outcomes.append((now, failed))
        while self._outcomes[0][0] < now - WINDOW_SECONDS:
            self._outcomes.popleft()

    def _open(self, now: float) -> None:
        self.circuit = Circuit.OPEN
        self._probe_at = now + self._rest

    def _close(self) -> None:
        self.circuit = Circuit.CLOSED
        self._outcomes.clear()
        self._rest = REST_SECONDS
