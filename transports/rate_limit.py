"""How many messages a connection may send: a count over the last second, as a pure value machine."""

from __future__ import annotations

from collections import deque

WINDOW_SECONDS = 1.0


class RateLimit:
    """Allows at most ``most`` events in any second."""

    def __init__(self, most: int) -> None:
        self._times: deque[float] = deque()
        self._most = most

    def allows(self, now: float) -> bool:
        """Count one event at ``now`` (seconds on a steady clock); False when it is one too many."""
        while self._times and now - self._times[0] >= WINDOW_SECONDS:
            self._times.popleft()
        if len(self._times) >= self._most:
            return False
        self._times.append(now)
        return True
