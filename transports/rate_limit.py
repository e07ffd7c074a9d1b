"""How much a connection may send: a sum over the last second, as a pure value machine."""

from __future__ import annotations

from collections import deque

WINDOW_SECONDS = 1.0


class RateLimit:
    """Allows events whose sizes are at most ``most`` in any second; without sizes, so many events.

    A single event is allowed whatever its size: that is bounded elsewhere.
    """

    def __init__(self, most: int) -> None:
        self._events: deque[tuple[float, int]] = deque()
        self._sum = 0
        self._most = most

    def allows(self, now: float, size: int = 1) -> bool:
        """Count one event at ``now`` (seconds on a steady clock); False when it is too much."""
        while self._events and now - self._events[0][0] >= WINDOW_SECONDS:
            self._sum -= self._events.popleft()[1]
        if self._events and self._sum + size > self._most:
            return False
        self._events.append((now, size))
        self._sum += size
        return True
