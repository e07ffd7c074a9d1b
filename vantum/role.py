"""What a process is in its server: alone, or one of several workers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from vantum.core.resumption import Missed

Told = dict[str, object]


class Whole(Protocol):
    """The server of several workers, as each of them tells of it."""

    def tells(
        self, health: Callable[[], Told], metrics: Callable[[], bytes], missed: Callable[[], Missed]
    ) -> None:
        """From here on this worker tells of itself: how it is, and where the clients are that it misses."""

    async def health(self) -> Told:
        """What ``GET /health`` tells of all workers."""

    async def metrics(self) -> bytes:
        """What ``GET /metrics`` tells of all workers."""


@dataclass(frozen=True, slots=True)
class Role:
    """``stamp`` is what the ids that it makes end in, and ``whole`` the server that it is a part of.

    ``inherits`` is set for who takes up at its start what phone calls the process before it left.
    ``tidies`` is set for who removes old records.
    ``url`` is where the server is found on this machine; "" where nobody needs to know.
    """

    stamp: str = ""
    inherits: bool = True
    tidies: bool = True
    whole: Whole | None = None
    url: str = ""


ALONE = Role()
