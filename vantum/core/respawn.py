"""When a process that died is started again: at once, and ever later while it keeps dying.

``now`` is seconds on any steady clock.
"""

from __future__ import annotations

from typing import Final

PAUSES: Final = (0.0, 1.0, 2.0, 4.0, 8.0, 16.0, 30.0)
"""Seconds before each start in a row; the last one holds from there on."""
WELL_SECONDS: Final = 60.0
"""Who has lived so long begins anew with the pauses."""


class Respawn:
    """The pauses of one process's starts."""

    def __init__(self) -> None:
        self._deaths = 0
        self._started = float("-inf")

    def started(self, now: float) -> None:
        """It is ready."""
        self._started = now

    def pause(self, now: float) -> float:
        """It died, or did not get ready: how many seconds to wait before it is started."""
        if now - self._started >= WELL_SECONDS:
            self._deaths = 0
        self._started = now
        pause = PAUSES[min(self._deaths, len(PAUSES) - 1)]
        self._deaths += 1
        return pause
