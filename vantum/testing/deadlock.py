"""The error for an event loop that can never go on."""

from __future__ import annotations

from collections.abc import Iterable

from vantum.core.errors import VantumError


class DeadlockError(VantumError):
    """Nothing can happen any more on a loop of virtual time; ``waiting`` has a line for each task."""

    def __init__(self, reason: str, waiting: Iterable[str] = ()) -> None:
        self.reason = reason
        self.waiting = tuple(waiting)
        super().__init__(reason, self.waiting)

    def __str__(self) -> str:
        return "\n".join([self.reason, *(f"  {line}" for line in self.waiting or ["no task is left"])])
