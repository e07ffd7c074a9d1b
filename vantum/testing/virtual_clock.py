"""A clock that is set by hand, and the ``time`` module made to tell it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from unittest import mock

UNIX_START_SECONDS = 1_767_225_600
"""What ``time.time()`` says when the clock is at zero: 2026-01-01 00:00 UTC."""


class VirtualClock:
    """Seconds since it was made, counted in whole nanoseconds so that sums stay exact."""

    def __init__(self) -> None:
        self._nanoseconds = 0

    def advance(self, seconds: float) -> None:
        """Let ``seconds`` pass."""
        self._nanoseconds += round(seconds * 1e9)

    def seconds(self) -> float:
        """The clock in seconds."""
        return self._nanoseconds / 1e9

    def nanoseconds(self) -> int:
        """The clock in nanoseconds, and one more: pipecat's own clock takes a start at zero for not started."""
        return self._nanoseconds + 1

    def unix_seconds(self) -> float:
        """The time of day that belongs to the clock."""
        return self.unix_nanoseconds() / 1e9

    def unix_nanoseconds(self) -> int:
        """The time of day that belongs to the clock, in nanoseconds."""
        return UNIX_START_SECONDS * 1_000_000_000 + self._nanoseconds

    @contextmanager
    def redirecting_time(self) -> Iterator[None]:
        """The functions of the ``time`` module tell this clock; always put back."""
        with mock.patch.multiple(
            time,
            time=self.unix_seconds,
            time_ns=self.unix_nanoseconds,
            monotonic=self.seconds,
            monotonic_ns=self.nanoseconds,
            perf_counter=self.seconds,
            perf_counter_ns=self.nanoseconds,
        ):
            yield
