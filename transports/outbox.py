"""What waits to be written to one client: bounded, in order, and never waited for by the one who writes."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable

Message = bytes | str


class Outbox:
    """Messages on their way to a socket; more than ``most_bytes`` waiting means that the reader is too slow.

    Where nothing waits, ``write_now`` is asked to write a message at once; it says whether it did.
    """

    def __init__(self, most_bytes: int, write_now: Callable[[Message], bool]) -> None:
        self._most = most_bytes
        self._write_now = write_now
        self._waiting: deque[Message] = deque()
        self._bytes = 0
        self._news = asyncio.Event()
        self._closed = False
        self.overflowed = asyncio.Event()

    def put(self, message: Message | None) -> None:
        """Send ``message`` when its turn comes. None is nothing; after an overflow nothing is taken."""
        if message is None or self._closed:
            return
        if not self._waiting and not self._bytes and self._write_now(message):
            return
        self._waiting.append(message)
        self._bytes += len(message)
        if self._bytes > self._most:
            self._closed = True
            self._waiting.clear()
            self.overflowed.set()
        self._news.set()

    def close(self) -> None:
        """Take no more; ``drain`` ends once all is written."""
        self._closed = True
        self._news.set()

    async def write_waiting(self, send: Callable[[Message], Awaitable[None]]) -> None:
        """Write what waits now with ``send``."""
        while self._waiting:
            message = self._waiting.popleft()
            await send(message)
            self._bytes -= len(message)

    async def drain(self, send: Callable[[Message], Awaitable[None]]) -> None:
        """Write everything with ``send``, until ``close``."""
        while True:
            await self.write_waiting(send)
            if self._closed:
                return
            self._news.clear()
            await self._news.wait()
