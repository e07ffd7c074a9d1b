"""Listening: the socket, uvicorn's server on it, and what SIGINT and SIGTERM mean for running calls."""

from __future__ import annotations

import asyncio
import errno
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import uvicorn
from fastapi import FastAPI

from vantum.calls import Calls
from vantum.core.errors import PortTakenError, SettingsError
from vantum.settings import Settings
from vantum.sockets import AbortableWebSocket, timed_http

BACKLOG = 512
PING_SECONDS = 20.0
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def listening_socket(host: str, port: int) -> Iterator[socket.socket]:
    """A socket that listens on ``host`` and ``port``; PortTakenError when somebody else does."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind((host, port))
            listening.listen(BACKLOG)
        except OSError as error:
            raise _unusable(host, port, error) from error
        yield listening


def _unusable(host: str, port: int, error: OSError) -> PortTakenError | SettingsError:
    if error.errno == errno.EADDRINUSE:
        return PortTakenError(f"Port {port} on {host} is taken.", "Stop the other program or choose --port.")
    if error.errno == errno.EACCES:
        return PortTakenError(f"Port {port} may not be opened by this user.", "Choose --port above 1023.")
    problem = f"VANTUM_HOST is {host!r}, which this machine cannot listen on ({error.strerror})."
    return SettingsError(problem, "Set it to an address of this machine, such as 127.0.0.1.")


def address(listening: socket.socket) -> str:
    """The URL at which a browser finds ``listening``."""
    host, port = listening.getsockname()[:2]
    shown = {"0.0.0.0": "localhost", "::": "localhost"}.get(host, host)  # noqa: S104
    return f"http://[{shown}]:{port}/" if ":" in shown else f"http://{shown}:{port}/"


class Listener(uvicorn.Server):
    """uvicorn's server, which at a signal lets running calls end before it closes."""

    def __init__(self, app: FastAPI, calls: Calls, settings: Settings) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                http=timed_http(settings.handshake_seconds),
                ws=AbortableWebSocket,
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
        if not self.force_exit:
            goodbye = asyncio.create_task(self._calls.shut_down(), name="shutdown")
            while not goodbye.done() and not self.force_exit:
                await asyncio.wait((goodbye,), timeout=0.1)
            goodbye.cancel()
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
