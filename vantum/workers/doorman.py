"""Accepts connections, looks at the heads of their first requests, and gives them away; it reads nothing."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from typing import Final

from loguru import logger

from vantum.core.client_address import Network
from vantum.core.routing import MOST_HEAD_BYTES, Wish, wish_of

MOST_LOOKED_AT: Final = 2_000
"""Connections that wait here; with one more, the one that has waited longest is closed. None is given away unseen:
what is good once would be good once with each worker."""
LOOK_SECONDS: Final = 0.005
"""Between the first two looks at a head that comes in pieces; doubled each time, so that crumbs cost little."""
AT_ONCE: Final = 64
PAUSE_SECONDS: Final = 0.1
"""Before connections are accepted again, when this process may open no more."""

Hand = Callable[[socket.socket, Wish], Awaitable[None]]
"""Gives a connection to a worker; closing this process's copy is not its task."""


class Doorman:
    """Serves ``listening``. Who has not sent a head within ``seconds`` is not waited for any more."""

    def __init__(
        self, listening: socket.socket, hand: Hand, seconds: float, trusted: Sequence[Network] = ()
    ) -> None:
        listening.setblocking(False)
        self._listening = listening
        self._hand = hand
        self._seconds = seconds
        self._trusted = trusted
        # In the order in which they came.
        self._tasks: dict[asyncio.Task[None], None] = {}
        self._pause: asyncio.TimerHandle | None = None

    @property
    def looked_at(self) -> int:
        """Connections that are not given away yet."""
        return len(self._tasks)

    def open(self) -> None:
        """Accept connections."""
        self._pause = None
        asyncio.get_running_loop().add_reader(self._listening.fileno(), self._accept)

    async def close(self) -> None:
        """Accept none any more, and let go of those that are not given away."""
        if self._pause is not None:
            self._pause.cancel()
        asyncio.get_running_loop().remove_reader(self._listening.fileno())
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _accept(self) -> None:
        for _ in range(AT_ONCE):
            try:
                connection, peer = self._listening.accept()
            except (BlockingIOError, InterruptedError, ConnectionAbortedError):
                return
            except OSError as error:
                self._rest(error)
                return
            connection.setblocking(False)
            task = asyncio.create_task(self._receive(connection, peer[0]), name="connection")
            if len(self._tasks) >= MOST_LOOKED_AT:
                next(iter(self._tasks)).cancel()
            self._tasks[task] = None
            task.add_done_callback(self._tasks.pop)

    def _rest(self, error: OSError) -> None:
        """Those who wait go on waiting; without a pause the loop would do nothing but try."""
        logger.error("No connection can be accepted for a moment.", reason=error.strerror)
        loop = asyncio.get_running_loop()
        loop.remove_reader(self._listening.fileno())
        self._pause = loop.call_later(PAUSE_SECONDS, self.open)

    async def _receive(self, connection: socket.socket, peer: str) -> None:
        with connection, suppress(OSError):
            wish = await self._wish(connection, peer)
            if wish is not None:
                await self._hand(connection, wish)

    async def _wish(self, connection: socket.socket, peer: str) -> Wish | None:
        """What the client wants; None for one that has left, or says too little in time."""
        seen, pause = -1, LOOK_SECONDS
        with suppress(TimeoutError):
            async with asyncio.timeout(self._seconds):
                while True:
                    head = _peeked(connection)
                    if len(head) == seen:
                        # It was woken for nothing more: the other side has closed.
                        return None
                    wish = wish_of(head, peer, self._trusted)
                    if wish is not None:
                        _wake_at(connection, 1)
                        return wish
                    seen = len(head)
                    # Only for more than there is: what was looked at is still there, and would wake us for ever.
                    _wake_at(connection, seen + 1)
                    await _readable(connection)
                    if seen:
                        await asyncio.sleep(pause)
                        pause *= 2
        return None


def _peeked(connection: socket.socket) -> bytes:
    try:
        return connection.recv(MOST_HEAD_BYTES, socket.MSG_PEEK)
    except BlockingIOError:
        return b""


def _wake_at(connection: socket.socket, size: int) -> None:
    """A connection counts as readable from ``size`` bytes on, or at its end."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, size)


async def _readable(connection: socket.socket) -> None:
    loop = asyncio.get_running_loop()
    woken = loop.create_future()
    loop.add_reader(connection.fileno(), _wake, woken)
    try:
        await woken
    finally:
        loop.remove_reader(connection.fileno())


def _wake(woken: asyncio.Future[None]) -> None:
    if not woken.done():
        woken.set_result(None)
