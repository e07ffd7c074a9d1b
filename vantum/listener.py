"""Serving a socket that listens: uvicorn's server on it, and what SIGINT and SIGTERM mean for running calls."""

from __future__ import annotations

import asyncio
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import uvicorn
from starlette.types import ASGIApp

from vantum.calls import Calls
from vantum.listening import address, listening_socket
from vantum.settings import Settings
from vantum.sockets import CallWebSocket, timed_http

__all__ = ["Listener", "address", "listening_socket"]

PING_SECONDS = 20.0
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Listener(uvicorn.Server):
    """uvicorn's server, which at a signal lets running calls end before it closes."""

    def __init__(self, app: ASGIApp, calls: Calls, settings: Settings) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                http=timed_http(settings.handshake_seconds),
                ws=CallWebSocket,
                ws_max_size=settings.max_message_bytes,
                ws_per_message_deflate=False,
                # Where a client behind proxies is, core/client_address.py reads, from those that are believed.
                proxy_headers=False,
                ws_ping_interval=PING_SECONDS,
                ws_ping_timeout=PING_SECONDS,
                lifespan="off",
                access_log=False,
                log_config=None,
                timeout_graceful_shutdown=2,
            )
        )
        self._calls = calls
        self._on_ready: Callable[[], None] = lambda: None

    async def serve_calls(self, listening: socket.socket, on_ready: Callable[[], None]) -> None:
        """Serve until a signal; ``on_ready`` is called once connections are accepted."""
        self._on_ready = on_ready
        await self.serve(sockets=[listening])

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Accept connections, and say so."""
        await super().startup(sockets)
        self._on_ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End the calls, then close what is left. A second signal does not wait."""
        await self.end_calls()
        await self.close(sockets)

    async def end_calls(self) -> None:
        """The goodbye of all calls, unless there is a hurry."""
        if not self.force_exit:
            goodbye = asyncio.create_task(self._calls.shut_down(), name="shutdown")
            while not goodbye.done() and not self.force_exit:
                await asyncio.wait((goodbye,), timeout=0.1)
            goodbye.cancel()

    async def close(self, sockets: list[socket.socket] | None = None) -> None:
        """Close all connections."""
        await super().shutdown(sockets)

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Stop at the first signal and hurry at the second; the process then ends by itself, with code 0."""
        loop = asyncio.get_running_loop()
        for number in STOP_SIGNALS:
            loop.add_signal_handler(number, self.handle_exit, number, None)
        try:
            yield
        finally:
            for number in STOP_SIGNALS:
                loop.remove_signal_handler(number)
