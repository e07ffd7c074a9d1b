"""How much a connection may send: messages and bytes over the last second, as a pure value machine."""

from __future__ import annotations

from collections import deque
from enum import Enum, auto

WINDOW_SECONDS = 1.0


class Excess(Enum):
    """What there is too much of."""

    MESSAGES = auto()
    BYTES = auto()


class RateLimit:
    """Allows so many messages, and so many bytes, in any second.

    A single message is allowed whatever its size: that is bounded elsewhere.
    """

    def __init__(self, most_messages: int, most_bytes: int) -> None:
        self._messages: deque[tuple[float, int]] = deque()
        self._bytes = 0
        self._most_messages = most_messages
        self._most_bytes = most_bytes

    def excess(self, now: float, size: int) -> Excess | None:
        """What a message of ``size`` bytes at ``now`` (seconds on a steady clock) is too much of; None counts it."""
        messages = self._messages
        while messages and now - messages[0][0] >= WINDOW_SECONDS:
            self._bytes -= messages.popleft()[1]
        if messages:
            if len(messages) >= self._most_messages:
                return Excess.MESSAGES
            if self._bytes + size > self._most_bytes:
                return Excess.BYTES
        messages.append((now, size))
        self._bytes += size
        return None
