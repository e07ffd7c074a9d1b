"""Whether the caller is there: for one who is not no time passes, and what is still heard of them waits."""

from __future__ import annotations

from collections.abc import Callable

from vantum.core.stopped_clock import StoppableClock

Told = Callable[[float], object]
"""Tells the conversation something that was heard, at a time of its own."""


class Presence:
    """Of the caller, in one call. The conversation's time is given in seconds, like the time outside."""

    def __init__(self) -> None:
        self._clock = StoppableClock()
        self._waiting: list[Told] = []

    @property
    def there(self) -> bool:
        """Whether time passes."""
        return not self._clock.stopped

    def left(self, outside: float) -> None:
        """The caller's connection is gone."""
        self._clock.stop(outside)

    def returned(self, outside: float) -> None:
        """The caller is back: time goes on, and what was still heard of them is told."""
        self._clock.go_on(outside)
        self.catch_up(self.time(outside))

    def tell(self, now: float, told: Told) -> None:
        """Tell what is heard of the caller; if they are not there, when they are back."""
        if self.there:
            told(now)
        else:
            self._waiting.append(told)

    def catch_up(self, now: float) -> None:
        """Tell what waits."""
        waiting, self._waiting = self._waiting, []
        for told in waiting:
            told(now)

    def time(self, outside: float) -> float:
        """The conversation's time."""
        return self._clock.read(outside)

    def at_due(self, due: float | None, outside: float) -> float:
        """The conversation's time when a timer set for ``due`` rings."""
        return self._clock.at_due(due, outside)

    def outside(self, due: float | None) -> float | None:
        """When it will be ``due`` in the conversation, in the time outside."""
        return self._clock.outside(due)
