"""A clock that stands still while nobody is there, so that no time passes for those who wait by it."""

from __future__ import annotations


class StoppableClock:
    """Runs with the clock outside, less the time for which it was stopped. All times are seconds."""

    def __init__(self) -> None:
        self._behind = 0.0
        self._stopped_at: float | None = None

    @property
    def stopped(self) -> bool:
        """Whether it stands still."""
        return self._stopped_at is not None

    def read(self, outside: float) -> float:
        """What it shows at ``outside``."""
        return (outside if self._stopped_at is None else self._stopped_at) - self._behind

    def outside(self, shown: float | None) -> float | None:
        """When it will show ``shown``; None while it stands still."""
        return None if shown is None or self.stopped else shown + self._behind

    def at_due(self, due: float | None, outside: float) -> float:
        """What it shows at ``outside``, and no hair's breadth less than ``due`` where that is reached."""
        at = self.outside(due)
        shown = self.read(outside)
        return shown if due is None or at is None or at > outside else max(shown, due)

    def stop(self, outside: float) -> None:
        """Stand still from ``outside`` on; nothing when it does already."""
        if self._stopped_at is None:
            self._stopped_at = outside

    def go_on(self, outside: float) -> float:
        """Run again; returns for how long it stood still."""
        if self._stopped_at is None:
            return 0.0
        seconds, self._stopped_at = outside - self._stopped_at, None
        self._behind += seconds
        return seconds
