"""The far end of a connection without any socket: what a client sends waits here, and how the connection ended."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from transports.socket import Gone

NORMAL = 1000
VANISHED = 1006


class Received(NamedTuple):
    """A message to the client: when it came, the name of its event and its payload."""

    time: float
    event: str
    payload: dict[str, object]


@dataclass(frozen=True, slots=True)
class Closed:
    """The server closed the connection."""

    time: float
    code: int
    reason: str


class MemorySocket:
    """The half of a ``Socket`` that all clients share. Times are seconds since it was made."""

    def __init__(self) -> None:
        self.received: list[Received] = []
        self.closed: Closed | None = None
        self.connected = True
        self._outgoing: asyncio.Queue[bytes | str | Gone] = asyncio.Queue()
        self._zero = asyncio.get_running_loop().time()

    @property
    def now(self) -> float:
        """Seconds since the client was made."""
        return round(asyncio.get_running_loop().time() - self._zero, 9)

    def transmit(self, message: bytes | str) -> None:
        """Send any message, as it is."""
        self._outgoing.put_nowait(message)

    async def receive(self) -> bytes | str:
        """The next message of the client; raises ``Gone`` when it has left."""
        message = await self._outgoing.get()
        if isinstance(message, Gone):
            self._outgoing.put_nowait(message)
            raise Gone(message.code)
        return message

    def deliver(self, take: Callable[[bytes | str], None]) -> None:
        """Nothing is given away: ``receive`` is asked, in the task of the one who serves."""

    def write_now(self, message: bytes | str) -> bool:  # noqa: ARG002 - what is written is not looked at
        """Never: what is sent here is written by a task, as to a socket that takes its time."""
        return False

    async def close(self, code: int, reason: str) -> None:
        """Close in good order; harmless when the client has left."""
        if self.connected:
            self.closed = Closed(self.now, code, reason)
            self.leave(code)

    def abort(self) -> None:
        """Drop the connection."""
        if self.connected:
            self.closed = Closed(self.now, VANISHED, "")
            self.leave(VANISHED)

    def leave(self, code: int) -> None:
        """The connection is over: nothing more is heard, and nothing more can be sent here."""
        self.connected = False
        self.fall_silent()
        self._outgoing.put_nowait(Gone(code))

    def fall_silent(self) -> None:
        """What still plays is heard no longer."""
