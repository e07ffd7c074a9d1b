"""Opens calls on the server, one after the other: so the record that appears is known to be that call's."""

from __future__ import annotations

import asyncio
import random
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from uuid import UUID

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus, WebSocketException

from benchmarks.soak import wire
from benchmarks.soak.line import CallOverError, Line
from benchmarks.soak.wire import Begun, Greeting

RECORD_SECONDS = 3.0
"""How long the folder of a call may take to appear."""
START_SECONDS = 10.0
BUSY_SECONDS = 1.0
CLOSE_SECONDS = 5.0
POLL_SECONDS = 0.02
TAIL_BYTES = 4_096
OVER = b'"call_ended"'

Left = Callable[[str, bool], None]
"""Told of a call whose client has left for good, and whether it left without a word."""


@dataclass(slots=True)
class Records:
    """The records in the server's data folder, each in a folder named by its call."""

    data: Path
    kept: Path
    _known: set[str] = field(default_factory=set)

    async def new(self, since_ms: int) -> str | None:
        """The call that began after ``since_ms`` (since 1970) and whose record appears now; None when none does.

        A record that is late is that of a call of which nobody knows any more whose it is.
        """
        until = time.monotonic() + RECORD_SECONDS
        while time.monotonic() < until:
            found = {folder.name for folder in self._folders()} - self._known
            self._known |= found
            if begun := [call for call in found if began_ms(call) >= since_ms]:
                return max(begun)
            await asyncio.sleep(POLL_SECONDS)
        return None

    def is_over(self, call: str) -> bool:
        """Whether the server has ended the call."""
        with (self._folder(call) / "events.jsonl").open("rb") as file:
            file.seek(max(0, file.seek(0, 2) - TAIL_BYTES))
            return OVER in file.read()

    def remove(self, call: str) -> None:
        """Its record is of no interest."""
        shutil.rmtree(self._folder(call))
        self._known.discard(call)

    def keep(self, call: str) -> None:
        """Its record is of interest."""
        self.kept.mkdir(parents=True, exist_ok=True)
        shutil.copytree(self._folder(call), self.kept / call, dirs_exist_ok=True)

    def _folders(self) -> list[Path]:
        return list((self.data / "calls").glob("*/*"))

    def _folder(self, call: str) -> Path:
        for folder in (self.data / "calls").glob(f"*/{call}"):
            return folder
        raise FileNotFoundError(f"There is no record of {call}.")


def began_ms(call: str) -> int:
    """When a call began, in milliseconds since 1970: its id is a UUID of version 7."""
    return UUID(call).int >> 80


def now_ms() -> int:
    """The time on the clock that ids are made by."""
    return time.time_ns() // 1_000_000


@dataclass(frozen=True, slots=True)
class Opened:
    """A call that runs, and what its client was greeted with. ``resumed``: it is the call that the client had."""

    line: Line
    call: str | None
    greeting: Greeting
    resumed: bool


class Door:
    """The way into the server at ``url``; ``left`` is told of calls that were begun and that nobody entered."""

    def __init__(self, url: str, records: Records, left: Left) -> None:
        self.busy = 0
        """How often no call was taken."""
        self._url = url
        self._records = records
        self._left = left
        self._one_at_a_time = asyncio.Lock()

    async def open(self, chance: random.Random) -> Opened:
        """A new call. Raises CallOverError if the server breaks it off at once."""
        async with self._one_at_a_time:
            since = now_ms()
            return await self._opened(await self._connected(self._url), since, chance)

    async def back(self, before: Opened, chance: random.Random) -> Opened:
        """Come back to a call that was dropped, or to a new one. Raises CallOverError if nobody is let in."""
        async with self._one_at_a_time:
            since = now_ms()
            socket = await self._connected(f"{self._url}?resume=1")
            return await self._opened(socket, since, chance, before)

    async def knock(self, seconds: float) -> None:
        """Connect, and leave after so long without a word. Raises CallOverError if nobody is let in."""
        async with self._one_at_a_time:
            since = now_ms()
            socket = await self._connected(self._url)
            try:
                await asyncio.sleep(seconds)
            finally:
                await self._give_up(socket, since)

    async def _opened(
        self, socket: ClientConnection, since_ms: int, chance: random.Random, before: Opened | None = None
    ) -> Opened:
        try:
            async with asyncio.timeout(START_SECONDS):
                greeting = await _next(socket, Greeting)
                await socket.send(wire.start(before.greeting if before else None))
                begun = await _next(socket, Begun)
            same = before.call if before and begun.resumed else None
            call = same or await self._records.new(since_ms)
        except (CallOverError, ConnectionClosed, TimeoutError) as problem:
            await self._give_up(socket, since_ms)
            raise CallOverError from problem
        except asyncio.CancelledError:
            await self._give_up(socket, since_ms)
            raise
        line = Line(socket, chance)
        line.begin()
        return Opened(line, call, greeting, begun.resumed)

    async def _give_up(self, socket: ClientConnection, since_ms: int) -> None:
        socket.transport.abort()
        call = await self._records.new(since_ms)
        if call is not None:
            self._left(call, True)

    async def _connected(self, url: str) -> ClientConnection:
        """A connection; a server that takes no call now is asked again."""
        while True:
            try:
                return await connect(
                    url, compression=None, max_size=None, ping_interval=None, close_timeout=CLOSE_SECONDS
                )
            except InvalidStatus as refusal:
                if refusal.response.status_code != HTTPStatus.SERVICE_UNAVAILABLE:
                    raise CallOverError from refusal
                self.busy += 1
                await asyncio.sleep(BUSY_SECONDS)
            except (OSError, WebSocketException, TimeoutError) as problem:
                raise CallOverError from problem


async def _next(socket: ClientConnection, kind: type[wire.ToldT]) -> wire.ToldT:
    async for message in socket:
        told = wire.read(message if isinstance(message, bytes) else message.encode())
        if isinstance(told, kind):
            return told
    raise CallOverError
