"""The live calls of a process: how many there may be, and how they all end."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from loguru import logger

from vantum.call import LiveCall, Transport
from vantum.core.errors import CapacityError
from vantum.loader import Pipeline
from vantum.services import Services

GRACE_SECONDS = 5.0
"""Beyond the goodbye, what closing providers and clients may take."""


class Calls:
    """Admits, runs and ends calls through one pipeline."""

    def __init__(self, pipeline: Pipeline, services: Services) -> None:
        self._pipeline = pipeline
        self._services = services
        self._seats = 0
        self._closing = False
        self._live: dict[str, LiveCall] = {}
        self._empty = asyncio.Event()
        self._empty.set()

    @property
    def live(self) -> int:
        """Calls under way, those in their handshake included."""
        return self._seats

    @property
    def capacity(self) -> int:
        """How many calls there may be at a time."""
        return self._services.settings.max_calls

    @property
    def status(self) -> str:
        """``ok``, ``full`` or ``closing``."""
        if self._closing:
            return "closing"
        return "full" if self._seats >= self.capacity else "ok"

    @contextmanager
    def seat(self) -> Iterator[None]:
        """A place for one call; raises CapacityError when there is none."""
        if self._closing:
            raise CapacityError("The server is shutting down and takes no new calls.")
        if self._seats >= self.capacity:
            raise CapacityError(f"All {self.capacity} calls that this server may hold are taken.")
        self._seats += 1
        self._empty.clear()
        try:
            yield
        finally:
            self._seats -= 1
            if not self._seats:
                self._empty.set()

    async def run(self, transport: Transport) -> None:
        """Run one call from beginning to end."""
        call = LiveCall(transport, self._pipeline, self._services)
        self._live[call.id] = call
        logger.info("A call began.", call=call.id, transport=transport.name)
        if self._closing:
            call.end("the server is shutting down")
        try:
            await call.run()
        finally:
            del self._live[call.id]
            logger.info("A call ended.", call=call.id)

    async def shut_down(self) -> None:
        """No new calls; the running ones get their goodbye and are waited for, within bounds."""
        self._closing = True
        for call in self._live.values():
            call.end("the server is shutting down")
        try:
            async with asyncio.timeout(self._services.settings.goodbye_seconds + GRACE_SECONDS):
                await self._empty.wait()
        except TimeoutError:
            logger.warning("Calls were still open at the end of the shutdown.", calls=self._seats)
