"""The lines of the calls under way: each holds one of the process's seats, from before the ringing to the end."""

from __future__ import annotations

from vantum.calls import Calls
from vantum.phone.book import CallBook
from vantum.phone.line import Line


class Lines:
    """Lines by the ids of their calls."""

    def __init__(self, calls: Calls, book: CallBook) -> None:
        self._calls = calls
        self._book = book
        self._lines: dict[str, Line] = {}

    def find(self, call_id: str) -> Line | None:
        """The line of a call."""
        return self._lines.get(call_id)

    def open(self, call_id: str) -> Line:
        """A line for a call, or the one that it has; raises ``CapacityError`` when there is no seat for it."""
        line = self._lines.get(call_id)
        if line is None:
            line = Line(self._calls.take_seat(), lambda change: self._book.note(call_id, change))
            self._lines[call_id] = line
        return line

    def drop(self, call_id: str) -> None:
        """Give up a call's line and its seat; harmless when it has none."""
        line = self._lines.pop(call_id, None)
        if line is not None:
            line.seat.release()

    def drop_unanswered(self, call_id: str) -> None:
        """Give up a line on which no stream has come up."""
        line = self._lines.get(call_id)
        if line is not None and line.live is None:
            self.drop(call_id)
