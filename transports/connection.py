"""One call's connection: messages in as they come, messages out in order, within bounds, until it is over."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

from transports.outbox import Message, Outbox
from transports.rate_limit import Excess, RateLimit
from transports.socket import Gone, Socket

NORMAL = 1000
GOING_AWAY = 1001
NO_STATUS = 1005
POLICY_VIOLATION = 1008
INTERNAL_ERROR = 1011
CLOSE_SECONDS = 2.0
"""How long a closing client may take to read what it is still sent."""
LAST_READ_SECONDS = 0.5
"""Who cannot be written to any more has left: how long what it said at last may take to be read."""
FIRST_MESSAGES = 4
"""Among so many messages a client must say who it is."""

CLIENT_LEFT = "client left"
CONNECTION_LOST = "connection lost"
TOO_SLOW = "client read too slowly"
TAKEN_OVER = "the call goes on in another connection"
LOST = frozenset({CONNECTION_LOST, TOO_SLOW})
"""The ends that no client asked for: it may come back."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class ConnectionLimits:
    """Bounds of one connection; the size of a message is bounded by the server."""

    messages_per_second: int = 200
    backlog_bytes: int = 1_048_576
    idle_seconds: float = 1_800.0
    bytes_per_second: int = 2_097_152


@dataclass(frozen=True, slots=True)
class Leave:
    """The connection is to end here: with which close code, and why, in words."""

    code: int
    reason: str


Take = Callable[[Message], Leave | None]
"""Takes one message, and never waits; what it returns ends the connection."""


class Connection:
    """Reads and writes ``socket`` for one call."""

    def __init__(self, socket: Socket, limits: ConnectionLimits, name: str) -> None:
        self._socket = socket
        self._limits = limits
        self._name = name
        self._outbox = Outbox(limits.backlog_bytes, socket.write_now)
        self._rate_limit = RateLimit(limits.messages_per_second, limits.bytes_per_second)
        self._early: deque[Message | Gone] = deque()
        self._close_code = NORMAL
        self._given_up = False
        self._last_message = time.monotonic()
        self.closed = asyncio.Event()

    @property
    def idle_at(self) -> float:
        """When nothing has been received for too long."""
        return self._last_message + self._limits.idle_seconds

    def heard_at(self) -> float:
        """When the last message was received."""
        return self._last_message

    def put(self, message: Message | None) -> None:
        """Send a message when its turn comes; never waits. None is nothing."""
        self._outbox.put(message)

    async def first(self, known: Callable[[Message], T | None], seconds: float) -> T | None:
        """What ``known`` makes of the first message that means something to it; None when none comes in time.

        What waits is sent before. The messages stay, to be taken by who serves.
        """
        try:
            async with asyncio.timeout(seconds):
                await self._outbox.write_waiting(self._socket.send)
                while len(self._early) < FIRST_MESSAGES:
                    message = await self._socket.receive()
                    self._early.append(message)
                    if (found := known(message)) is not None:
                        return found
        except Gone as gone:
            # A connection says so only once, and who serves must hear it too.
            self._early.append(gone)
        except TimeoutError:
            return None
        return None

    def leave_with(self, code: int) -> None:
        """Close with ``code``."""
        self._close_code = code

    def give_up(self) -> None:
        """Another connection takes over: ``serve`` returns."""
        self._given_up = True
        self._outbox.overflowed.set()

    async def serve(self, take: Take, flooded: Callable[[str], None]) -> str:
        """Give each message to ``take`` until the connection is over; returns why, in words.

        ``flooded`` is told, in words for the client, before one that sends too much is closed.
        """
        over: asyncio.Future[Leave] = asyncio.get_running_loop().create_future()
        arrived = partial(self._arrived, take, flooded, over)
        reading = asyncio.create_task(self._read(arrived), name=f"{self._name}-read")
        writing = asyncio.create_task(self._outbox.drain(self._socket.send), name=f"{self._name}-write")
        cut_short = asyncio.create_task(self._outbox.overflowed.wait(), name=f"{self._name}-backlog")
        idling = asyncio.create_task(self._fall_idle(), name=f"{self._name}-idle")
        waits = (over, reading, writing, cut_short, idling)
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
            if self._given_up:
                return TAKEN_OVER
            if cut_short.done():
                self._socket.abort()
                return TOO_SLOW
            if not over.done() and not reading.done() and writing.done():
                await self._hear_last_words(writing, over, reading)
            return self._reason(over, reading, idling)
        finally:
            for wait in waits:
                wait.cancel()
            await asyncio.gather(*waits, return_exceptions=True)

    async def close(self, reason: str) -> None:
        """Send what still waits, then close; a client that does not read is dropped after 2 s."""
        self._outbox.close()
        try:
            async with asyncio.timeout(CLOSE_SECONDS):
                await self._outbox.drain(self._socket.send)
                await self._socket.close(self._close_code, reason)
        except (Gone, TimeoutError):
            self._socket.abort()
        finally:
            self.closed.set()

    async def _hear_last_words(self, writing: asyncio.Task[None], *ends: asyncio.Future[Any]) -> None:
        """Nothing can be written: a client that left in good order has said so, which may still be read."""
        try:
            # What is no departure of the client's is a fault of ours, and must be heard of.
            writing.result()
        except Gone:
            await asyncio.wait(ends, timeout=LAST_READ_SECONDS, return_when=asyncio.FIRST_COMPLETED)

    def _reason(
        self, over: asyncio.Future[Leave], reading: asyncio.Task[str], idling: asyncio.Task[None]
    ) -> str:
        """Why the connection is over, in words."""
        if over.done():
            leave = over.result()
        elif reading.done():
            return reading.result()
        elif idling.done():
            leave = Leave(GOING_AWAY, "nothing was sent for too long")
        else:
            return CONNECTION_LOST
        self._close_code = leave.code
        return leave.reason

    async def _read(self, arrived: Callable[[Message], None]) -> str:
        """Let messages arrive until the client has left; returns how, in words."""
        try:
            while self._early:
                message = self._early.popleft()
                if isinstance(message, Gone):
                    raise message
                arrived(message)
            self._socket.deliver(arrived)
            while True:
                arrived(await self._socket.receive())
        except Gone as gone:
            return CLIENT_LEFT if gone.code in (NORMAL, GOING_AWAY, NO_STATUS) else CONNECTION_LOST

    def _arrived(
        self, take: Take, flooded: Callable[[str], None], over: asyncio.Future[Leave], message: Message
    ) -> None:
        """Take a message, or what there is too much of; nothing, once it is over."""
        if over.done():
            return
        self._last_message = time.monotonic()
        try:
            leave = self._flood(flooded, message) or take(message)
        except Exception as error:
            # It is ours, and who serves is to hear of it, not the server's loop.
            over.set_exception(error)
        else:
            if leave is not None:
                over.set_result(leave)

    def _flood(self, flooded: Callable[[str], None], message: Message) -> Leave | None:
        """The end of a connection on which there is too much with ``message``; the client is told."""
        limits = self._limits
        # What is text takes at least a byte for each character.
        match self._rate_limit.excess(self._last_message, len(message)):
            case Excess.MESSAGES:
                flooded(f"Too many messages: at most {limits.messages_per_second} a second are allowed.")
                return Leave(POLICY_VIOLATION, "too many messages")
            case Excess.BYTES:
                flooded(f"Too much data: at most {limits.bytes_per_second} bytes a second are allowed.")
                return Leave(POLICY_VIOLATION, "too many bytes")
            case _:
                return None

    async def _fall_idle(self) -> None:
        """Return when nothing has been received for too long."""
        while (left := self.idle_at - time.monotonic()) > 0:  # noqa: ASYNC110
            await asyncio.sleep(left)
