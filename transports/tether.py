"""What ties a call to its client: one connection at a time, and a wait for the next one when it is lost."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Protocol

from transports.connection import LOST, TAKEN_OVER, Connection, Take
from transports.outbox import Message


class Holder(Protocol):
    """Whose client it is."""

    def detached(self, reason: str) -> None:
        """The client is gone, and is waited for."""

    def attached(self, seconds: float) -> None:
        """The client is back after ``seconds``: what it says now comes from there."""

    def left(self) -> None:
        """Nobody is waited for any more."""


class Tether:
    """Serves the client of ``holder`` on ``connection``, and on those that it comes back with.

    A client whose connection is lost (for one of the reasons in ``lost``) has left, unless it is waited for. What is
    sent while there is none is sent to nobody.
    """

    def __init__(self, connection: Connection, holder: Holder, lost: frozenset[str] = LOST) -> None:
        self._connection = connection
        self._holder = holder
        self._lost = lost
        self._present = True
        self._lost_at = 0.0
        self._patience = 0.0
        self._next: Connection | None = None
        self._news = asyncio.Event()
        self._closing: set[asyncio.Task[None]] = set()

    @property
    def resumable(self) -> bool:
        """Whether a client that is lost is waited for."""
        return self._patience > 0.0

    def put(self, message: Message | None) -> None:
        """Send a message when its turn comes, if anybody is there; never waits. None is nothing."""
        if self._present:
            self._connection.put(message)

    def take(self, connection: Connection) -> None:
        """The client is back on ``connection``; the one that it may still have is closed."""
        if self._next is not None:
            self._retire(self._next)
        self._next = connection
        self._news.set()
        if self._present:
            self._connection.give_up()

    def wait_up_to(self, seconds: float) -> None:
        """From here on a client that is lost has ``seconds`` to come back."""
        self._patience = seconds

    def wait_no_more(self) -> None:
        """From here on a client that is lost has left, also one that is waited for."""
        self._patience = 0.0
        self._news.set()

    async def serve(self, take: Take, flooded: Callable[[str], None]) -> str:
        """Serve the client until it is gone for good; returns why, in words."""
        try:
            while True:
                reason = await self._connection.serve(take, flooded)
                if self._next is None and (not self.resumable or reason not in self._lost):
                    return reason
                await self._change(reason)
                if self._next is None:
                    return reason
                self._join(self._next)
        finally:
            self._patience = 0.0
            self._holder.left()

    async def close(self, reason: str) -> None:
        """Close what is open, within bounds."""
        await self._connection.close(reason)
        if self._next is not None:
            await self._next.close(reason)
        if self._closing:
            await asyncio.wait(self._closing)

    async def _change(self, reason: str) -> None:
        """The connection is over: wait for the next, unless it is there."""
        self._present = False
        self._lost_at = time.monotonic()
        self._retire(self._connection, reason)
        self._holder.detached(reason)
        left = max(0.0, min(self._patience, self._connection.idle_at - self._lost_at))
        if self._next is None and self.resumable:
            self._news.clear()
            try:
                async with asyncio.timeout(left):
                    await self._news.wait()
            except TimeoutError:
                return

    def _join(self, connection: Connection) -> None:
        self._connection, self._next = connection, None
        self._present = True
        self._holder.attached(time.monotonic() - self._lost_at)

    def _retire(self, connection: Connection, reason: str = TAKEN_OVER) -> None:
        """Close a connection while the call goes on."""
        closing = asyncio.create_task(connection.close(reason), name="retired-connection")
        self._closing.add(closing)
        closing.add_done_callback(self._closing.discard)
