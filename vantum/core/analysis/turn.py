"""One stretch of a call in which one side spoke: its words, and when each of them was to be heard.

Times are milliseconds of the call's audio. What makes no sense raises ValueError where it is built.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise

from vantum.core.transcript import Speaker


@dataclass(frozen=True, slots=True)
class Mark:
    """The character at ``offset`` of a turn's text was spoken at ``ms``."""

    offset: int
    ms: int


@dataclass(frozen=True, slots=True)
class Turn:
    """What ``role`` said from ``start_ms`` to ``end_ms``; ``interrupted`` when the bot was cut there.

    ``text`` is what was spoken or heard, never what was only planned. ``marks`` are the times known inside of it.
    ``line`` is its number among the lines of the record's transcript (from 0), which are in another order where both
    sides spoke; None where it is not one of them.
    """

    role: Speaker
    text: str
    start_ms: int
    end_ms: int
    interrupted: bool = False
    marks: tuple[Mark, ...] = ()
    line: int | None = field(default=None, compare=False)

    def __post_init__(self) -> None:
        if not self.text.strip():
            raise ValueError("A turn has words.")
        if not 0 <= self.start_ms <= self.end_ms:
            raise ValueError(f"A turn cannot last from {self.start_ms} to {self.end_ms} ms.")
        if any(later.offset < mark.offset or later.ms < mark.ms for mark, later in pairwise(self._points())):
            raise ValueError("The marks of a turn follow each other, inside of it.")

    def ms_at(self, offset: int) -> int:
        """When the character at ``offset`` was spoken: between two known times every word takes its equal share."""
        points = self._points()
        last = max(index for index, point in enumerate(points[:-1]) if point.offset <= offset)
        begin, end = points[last], points[last + 1]
        if offset >= end.offset:
            return end.ms
        return begin.ms + round((end.ms - begin.ms) * self._share(begin.offset, offset, end.offset))

    def _points(self) -> tuple[Mark, ...]:
        return (Mark(0, self.start_ms), *self.marks, Mark(len(self.text), self.end_ms))

    def _share(self, begin: int, offset: int, end: int) -> float:
        words = len(self.text[begin:end].split())
        if words > 1:
            return min(1.0, len(self.text[begin:offset].split()) / words)
        # One long word: a script without spaces.
        return (offset - begin) / (end - begin)
