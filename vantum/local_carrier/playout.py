"""The carrier's play-out buffer: until when the bot is heard, and which marks are due.

Moments are samples at 8 kHz since the stream began. What is played is not kept: only its length matters here.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import Final

MOST_MARKS: Final = 1_000


class PlayOut:
    """Plays what comes without a gap; the moment is passed in."""

    def __init__(self) -> None:
        self._end = 0
        self._marks: deque[tuple[int, str]] = deque()

    def play(self, at: int, samples: int) -> None:
        """Put audio behind all that still waits."""
        self._end = max(self._end, at) + samples

    def mark(self, at: int, name: str) -> None:
        """Give a mark back when all that was put in before it is played; ``ValueError`` when too many wait."""
        if len(self._marks) == MOST_MARKS:
            raise ValueError(f"More than {MOST_MARKS} marks wait.")
        self._marks.append((max(at, self._end), name))

    def clear(self, at: int) -> None:
        """Forget what is not played; all marks are due."""
        self._end = min(self._end, at)
        self._marks = deque((min(due, at), name) for due, name in self._marks)

    def heard(self, at: int) -> bool:
        """Whether something is being played."""
        return at < self._end

    def due(self, at: int) -> Iterator[str]:
        """Take the marks out that may go back, in order."""
        while self._marks and self._marks[0][0] <= at:
            yield self._marks.popleft()[1]
