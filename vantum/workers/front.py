"""The process that starts the workers and hands connections over to them. It serves nothing itself."""

from __future__ import annotations

import asyncio
import signal
import socket
from collections.abc import Callable, Sequence
from typing import Final

from loguru import logger

from vantum.listening import address, listening_socket
from vantum.settings import Settings
from vantum.tokens import random_secret
from vantum.workers.doorman import Doorman
from vantum.workers.staff import FailedStartError, Staff

CLOSE_SECONDS: Final = 20.0
"""Beyond their goodbye, what workers may take to end."""
FAILED: Final = 1
TOKEN: Final = "token"  # noqa: S105 - the mode's name

Welcome = Callable[[str, str, Sequence[int]], None]
"""Called with the URL, the chain and the processes of the workers, when connections are accepted."""


async def run_front(arguments: Sequence[str], settings: Settings, welcome: Welcome) -> int:
    """Serve with ``settings.workers`` processes, started with ``arguments``, until a signal; the exit code."""
    with listening_socket(settings.host, settings.port) as listening:
        # Workers are told the port that was found: a local carrier calls them at it.
        port = str(listening.getsockname()[1])
        front = Front(listening, [*arguments, "--port", port], settings)
        return await front.serve(lambda chain, pids: welcome(address(listening), chain, pids))


class Front:
    """Listens on ``listening`` for its workers."""

    def __init__(self, listening: socket.socket, arguments: Sequence[str], settings: Settings) -> None:
        self._staff = Staff(settings.workers, arguments, _secret(settings))
        self._doorman = Doorman(
            listening, self._staff.hand, settings.handshake_seconds, settings.trusted_proxies
        )
        self._listening = listening
        self._close_seconds = settings.goodbye_seconds + CLOSE_SECONDS
        self._stopping = asyncio.Event()
        self._opened = False

    async def serve(self, on_ready: Callable[[str, Sequence[int]], None]) -> int:
        """Serve until a signal; returns the exit code."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self._stop)
        loop.add_signal_handler(signal.SIGHUP, self._roll)
        stopping = asyncio.create_task(self._stopping.wait(), name="stop")
        opening = asyncio.create_task(self._staff.open(), name="open")
        try:
            await asyncio.wait((opening, stopping), return_when=asyncio.FIRST_COMPLETED)
            if opening.done():
                chain = opening.result()
                self._opened = True
                self._doorman.open()
                on_ready(chain, self._staff.pids)
                await stopping
        except FailedStartError as failed:
            # A mistake of the user was told by the worker that found it.
            if failed.exit_code is None:
                logger.error("A worker did not get ready in time.")
            return failed.exit_code or FAILED
        else:
            return 0
        finally:
            opening.cancel()
            stopping.cancel()
            await self._close()

    def _stop(self) -> None:
        """The first signal ends everything in good order, the second in a hurry."""
        if self._stopping.is_set():
            self._staff.hurry()
        self._stopping.set()

    def _roll(self) -> None:
        """Those that are only starting have all that is new."""
        if self._opened:
            self._staff.roll()

    async def _close(self) -> None:
        await self._doorman.close()
        self._listening.close()
        await self._staff.close(self._close_seconds)


def _secret(settings: Settings) -> str:
    """What the workers must agree on, and the settings do not say."""
    if settings.auth != TOKEN or settings.token_secret is not None:
        return ""
    logger.warning(
        "VANTUM_TOKEN_SECRET is not set: tokens are signed with a random one, and die when the server ends."
    )
    return random_secret()
