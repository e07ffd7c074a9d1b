"""What ties a worker to the front: a socket for messages, and one on which connections are handed over."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Final, Self

from vantum.workers.messages import LONGEST_LINE, Message, packed, unpacked

ONE: Final = b"."
"""What a descriptor travels with: a message of nothing carries none."""


class Lines:
    """Messages both ways. What is told to an end that is gone is lost."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    @classmethod
    async def over(cls, end: socket.socket) -> Self:
        """Messages on a connected socket, which is closed with them."""
        return cls(*await asyncio.open_unix_connection(sock=end, limit=LONGEST_LINE))

    def tell(self, message: Message) -> None:
        """Send a message; never waits."""
        if not self._writer.is_closing():
            self._writer.write(packed(message))

    async def told(self) -> AsyncIterator[Message]:
        """The messages of the other end, until it is gone."""
        while True:
            try:
                line = await self._reader.readline()
            except OSError:
                return
            if not line.endswith(b"\n"):
                return
            yield unpacked(line)

    def close(self) -> None:
        """Let go of the other end."""
        self._writer.close()


class Handing:
    """The front's end: gives descriptors away, without ever waiting."""

    def __init__(self, end: socket.socket) -> None:
        end.setblocking(False)
        self._end = end

    def give(self, connection: socket.socket) -> bool:
        """Whether there was room for a connection, which stays open here; raises OSError when nobody takes any."""
        try:
            socket.send_fds(self._end, [ONE], [connection.fileno()])
        except BlockingIOError:
            return False
        return True

    def close(self) -> None:
        """Nothing more is given; what is on its way arrives."""
        self._end.close()


class Taking:
    """The worker's end."""

    def __init__(self, end: socket.socket) -> None:
        end.setblocking(False)
        self._end = end

    def fileno(self) -> int:
        """What to watch for more."""
        return self._end.fileno()

    def take(self) -> socket.socket | None:
        """The next connection; None when none will come any more. Raises BlockingIOError when none is there yet."""
        while True:
            # One at a time: the kernel never gives the descriptors of two messages for the bytes of one.
            what, descriptors, _, _ = socket.recv_fds(self._end, len(ONE), 1)
            if descriptors:
                connection = socket.socket(fileno=descriptors[0])
                connection.setblocking(False)
                return connection
            if not what:
                return None

    def close(self) -> None:
        """Take nothing more."""
        self._end.close()


@dataclass(frozen=True, slots=True)
class Ends:
    """The two sockets of one side, before they are used."""

    lines: socket.socket
    connections: socket.socket

    def close(self) -> None:
        """This process does not use them."""
        self.lines.close()
        self.connections.close()


def pair() -> tuple[Ends, Ends]:
    """The ends of the front and of a worker."""
    lines, their_lines = socket.socketpair()
    connections, their_connections = socket.socketpair()
    return Ends(lines, connections), Ends(their_lines, their_connections)
