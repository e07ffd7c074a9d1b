"""The HTTP clients that all calls of the process share: one for each provider, made when it is first wanted.

A client reads the root certificates when it is made, 20 to 60 ms of the event loop, and keeps its connections open
for the next turn and the next call.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Hashable
from functools import partial
from typing import TypeVar

T = TypeVar("T")


class Clients:
    """``get`` makes a client at most once; ``close`` closes them all, with the process."""

    def __init__(self) -> None:
        self._made: dict[Hashable, object] = {}
        self._closers: list[Callable[[], Awaitable[object]]] = []

    def get(
        self, make: Callable[[str, str], T], close: Callable[[T], Awaitable[object]], key: str, url: str
    ) -> T:
        """What ``make`` makes of ``key`` and ``url``, in the end to be closed with ``close``."""
        named = (make, key, url)
        if named not in self._made:
            made = self._made[named] = make(key, url)
            self._closers.append(partial(close, made))
        client: T = self._made[named]  # type: ignore[assignment]
        return client

    async def close(self) -> None:
        """Close what was made."""
        closers, self._closers = self._closers, []
        self._made.clear()
        for closer in closers:
            await closer()
