"""One call's connection: messages in as they come, messages out in order, within bounds, until it is over."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass

from transports.outbox import Message, Outbox
from transports.rate_limit import RateLimit
from transports.socket import Gone, Socket

NORMAL = 1000
GOING_AWAY = 1001
NO_STATUS = 1005
POLICY_VIOLATION = 1008
INTERNAL_ERROR = 1011
CLOSE_SECONDS = 2.0
"""How long a closing client may take to read what it is still sent."""


@dataclass(frozen=True, slots=True)
class ConnectionLimits:
    """Bounds of one connection; the size of a message is bounded by the server."""

    messages_per_second: int = 200
    backlog_bytes: int = 1_048_576
    idle_seconds: float = 1_800.0


@dataclass(frozen=True, slots=True)
class Leave:
    """The connection is to end here: with which close code, and why, in words."""

    code: int
    reason: str


Take = Callable[[Message], Awaitable[Leave | None]]
"""Takes one message; what it returns ends the connection."""


class Connection:
    """Reads and writes ``socket`` for one call."""

    def __init__(self, socket: Socket, limits: ConnectionLimits, name: str) -> None:
        self._socket = socket
        self._limits = limits
        self._name = name
        self._outbox = Outbox(limits.backlog_bytes)
        self._rate_limit = RateLimit(limits.messages_per_second)
        self._last_message = time.monotonic()
        self._close_code = NORMAL

    def put(self, message: Message | None) -> None:
        """Send a message when its turn comes; never waits. None is nothing."""
        self._outbox.put(message)

    async def serve(self, take: Take, flooded: Callable[[str], None]) -> str:
        """Give each message to ``take`` until the connection is over; returns why, in words.

        ``flooded`` is told, in words for the client, before one that sends too much is closed.
        """
        reading = asyncio.create_task(self._read(take, flooded), name=f"{self._name}-read")
        writing = asyncio.create_task(self._outbox.drain(self._socket.send), name=f"{self._name}-write")
        drowning = asyncio.create_task(self._outbox.overflowed.wait(), name=f"{self._name}-backlog")
        idling = asyncio.create_task(self._fall_idle(), name=f"{self._name}-idle")
        tasks = (reading, writing, drowning, idling)
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            if drowning.done():
                self._socket.abort()
                return "client read too slowly"
            if idling.done():
                self._close_code = GOING_AWAY
                return "nothing was sent for too long"
            if reading.done():
                return reading.result()
            # What is no departure of the client's is a fault of ours, and must be heard of.
            with suppress(Gone):
                writing.result()
            return "client left"
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def close(self, reason: str) -> None:
        """Send what still waits, then close; a client that does not read is dropped after 2 s."""
        self._outbox.close()
        try:
            async with asyncio.timeout(CLOSE_SECONDS):
                await self._outbox.drain(self._socket.send)
                await self._socket.close(self._close_code, reason)
        except (Gone, TimeoutError):
            self._socket.abort()

    async def _read(self, take: Take, flooded: Callable[[str], None]) -> str:
        while True:
            try:
                message = await self._socket.receive()
            except Gone as gone:
                return "client left" if gone.code in (NORMAL, GOING_AWAY, NO_STATUS) else "connection lost"
            self._last_message = time.monotonic()
            if not self._rate_limit.allows(self._last_message):
                flooded(
                    f"Too many messages: at most {self._limits.messages_per_second} a second are allowed."
                )
                self._close_code = POLICY_VIOLATION
                return "too many messages"
            leave = await take(message)
            if leave is not None:
                self._close_code = leave.code
                return leave.reason

    async def _fall_idle(self) -> None:
        """Return when nothing has been received for too long."""
        while (left := self._last_message + self._limits.idle_seconds - time.monotonic()) > 0:  # noqa: ASYNC110
            await asyncio.sleep(left)
