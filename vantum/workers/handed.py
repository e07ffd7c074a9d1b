"""uvicorn's server for connections that another process has accepted, and what signals mean for a worker."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from contextlib import suppress
from types import FrameType
from typing import Final

from loguru import logger
from starlette.types import ASGIApp

from vantum.calls import Calls
from vantum.listener import Listener
from vantum.settings import Settings
from vantum.sockets import timed_http
from vantum.workers.channel import Taking
from vantum.workers.one_request import first_only

LAST_SECONDS: Final = 1.0
"""How long connections may be on their way that the front gave before it knew that this worker leaves."""
HEAD_SECONDS: Final = 0.1
"""For reading their requests: who has asked nothing yet is not waited for."""


class HandedListener(Listener):
    """Serves what ``taking`` gives. The first signal drains: calls are finished, up to the settings' limit."""

    def __init__(self, app: ASGIApp, calls: Calls, settings: Settings, taking: Taking) -> None:
        super().__init__(app, calls, settings)
        self.config.http = first_only(timed_http(settings.handshake_seconds))
        self.on_leaving: Callable[[], None] = lambda: None
        self._taking = taking
        self._seconds = settings.drain_seconds
        self._serving: set[asyncio.Task[object]] = set()
        self._draining: asyncio.Task[None] | None = None
        self._last_one = asyncio.Event()

    async def serve_handed(self, on_ready: Callable[[], None]) -> None:
        """Serve until a signal, or until the front says so; ``on_ready`` is called once connections are served."""
        self._on_ready = on_ready
        await self.serve(sockets=[])

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Take connections, and say so."""
        asyncio.get_running_loop().add_reader(self._taking.fileno(), self._take)
        await super().startup(sockets)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End the calls, serve what is still on its way, and close."""
        await self.end_calls()
        self.on_leaving()
        with suppress(TimeoutError):
            async with asyncio.timeout(LAST_SECONDS):
                await self._last_one.wait()
        self._take_no_more()
        await asyncio.sleep(HEAD_SECONDS)
        await self.close(sockets)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """The first signal drains; those after it mean what they mean to a server of one process."""
        if self._draining is None and not self.should_exit:
            self.drain()
        else:
            super().handle_exit(sig, frame)

    def drain(self) -> None:
        """Take no calls, finish those under way, then end."""
        if self._draining is None:
            logger.info("This worker takes no more calls, and ends with its last one.")
            self._draining = asyncio.create_task(self._drain(), name="drain")

    def end(self) -> None:
        """Give the calls their goodbye, then end."""
        self.should_exit = True

    def hurry(self) -> None:
        """End without waiting for any goodbye."""
        self.should_exit = self.force_exit = True

    async def _drain(self) -> None:
        await self._calls.drain(self._seconds)
        self.should_exit = True

    def _take(self) -> None:
        """All connections that are there."""
        while True:
            try:
                connection = self._taking.take()
            except BlockingIOError:
                return
            except OSError:
                connection = None
            if connection is None:
                self._take_no_more()
                return
            self._serve_one(connection)

    def _take_no_more(self) -> None:
        if not self._last_one.is_set():
            asyncio.get_running_loop().remove_reader(self._taking.fileno())
        self._last_one.set()

    def _serve_one(self, connection: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        accepting = loop.create_task(
            loop.connect_accepted_socket(self._protocol, connection), name="handed connection"
        )
        self._serving.add(accepting)
        accepting.add_done_callback(self._accepted)

    def _accepted(self, accepting: asyncio.Task[object]) -> None:
        self._serving.discard(accepting)
        if not accepting.cancelled() and (error := accepting.exception()) is not None:
            # Its client is gone already.
            logger.debug("A connection could not be served.", reason=type(error).__name__)

    def _protocol(self) -> asyncio.Protocol:
        """As ``uvicorn.Server.startup`` makes them."""
        state = self.lifespan.state
        made: asyncio.Protocol = self.config.http_protocol_class(  # type: ignore[call-arg]
            config=self.config, server_state=self.server_state, app_state=state
        )
        return made
