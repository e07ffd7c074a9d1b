"""A gate in front of a provider's stand-in: what passes it meets the fault that is set.

It works on the bytes of the sockets: one gate does for all providers, and the stand-ins need know of no fault.
"""

from __future__ import annotations

import asyncio
import json
import socket
import struct
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from tests.chaos.damage import Damage, damage, is_damageable, last_message, refusal
from tests.chaos.faults import STATUSES, Blow
from tests.chaos.units import HEAD_END, Part, Units, close_frame
from vantum.core.choice import Kind

SLOW_SECONDS = 3.0
READ_BYTES = 65_536
AT_ONCE = struct.pack("ii", 1, 0)
"""A socket with this for SO_LINGER is reset when it is closed."""


@dataclass(slots=True)
class Link:
    """A connection of a client."""

    opened_at: float
    closed_at: float | None = None
    pending: bool = False
    """Whether the client waits for an answer."""


@dataclass(slots=True)
class _Passing:
    """A link on its way through the gate: what waits to be written, each with the time at which it is due."""

    link: Link
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    damage: Damage | None = None
    units: Units = field(default_factory=Units)
    waiting: deque[tuple[float, bytes | None]] = field(default_factory=deque)
    more: asyncio.Event = field(default_factory=asyncio.Event)
    contexts: list[str] = field(default_factory=list)
    over: bool = False
    dead: bool = False

    def put(self, data: bytes | None, delay: float = 0.0) -> None:
        """Write this later; None for the end of the link. Nothing follows an end."""
        if not self.over:
            self.over = data is None
            self.waiting.append((time.monotonic() + delay, data))
            self.more.set()

    def reset(self) -> None:
        """Break the connection."""
        self.over = True
        self.writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, AT_ONCE)
        self.writer.transport.abort()


class Gate:
    """``async with Gate(kind, "127.0.0.1:9001", ...) as gate``: listens at ``gate.address``.

    ``asked`` is called with what a client is about to have passed on, ``gives`` with each message that is about to
    be given to it.
    """

    def __init__(
        self, kind: Kind, upstream: str, asked: Callable[[bytes], None], gives: Callable[[bytes], None]
    ) -> None:
        self.links: list[Link] = []
        self._kind = kind
        self._upstream = upstream
        self._asked = asked
        self._gives = gives
        self._blow: Blow | None = None
        self._server: asyncio.Server | None = None
        self._port = 0
        self._passing: list[_Passing] = []
        self._tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        await self._listen()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._server is not None:
            self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    @property
    def address(self) -> str:
        """Host and port."""
        return f"127.0.0.1:{self._port}"

    @property
    def open(self) -> int:
        """How many links their clients have not closed; those to a model may be kept for the next call."""
        return sum(
            link.closed_at is None and (link.pending or self._kind is not Kind.LLM) for link in self.links
        )

    def strike(self, blow: Blow) -> None:
        """From here on this happens."""
        self._blow = blow
        if blow is Blow.REFUSE and self._server is not None:
            self._server.close()
            self._server = None
        for passing in list(self._passing):
            self._strike(passing, blow)

    async def heal(self) -> None:
        """All is well again."""
        self._blow = None
        for passing in self._passing:
            passing.damage = None
        if self._server is None:
            await self._listen()

    def _strike(self, passing: _Passing, blow: Blow) -> None:
        match blow:
            case Blow.REFUSE | Blow.RESET:
                passing.reset()
            case Blow.CLOSE:
                if self._kind is not Kind.LLM:
                    passing.put(close_frame(1001, "going away"))
                passing.put(None)
            case _ if blow in STATUSES:
                if self._kind is not Kind.LLM or passing.units.answering:
                    for message in last_message(self._kind, blow, passing.contexts):
                        passing.put(message)
                    passing.put(None)
            case _:
                passing.damage = damage(self._kind, blow)

    async def _listen(self) -> None:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", self._port)
        self._port = self._server.sockets[0].getsockname()[1]

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(self._serve(reader, writer), name="gate")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        link = Link(time.monotonic())
        self.links.append(link)
        passing = _Passing(link, reader, writer)
        try:
            with suppress(ConnectionError, asyncio.IncompleteReadError):
                await self._pass(passing)
        finally:
            link.closed_at = time.monotonic()
            writer.close()

    async def _pass(self, passing: _Passing) -> None:
        match self._blow:
            case Blow.RESET:
                passing.reset()
            case Blow.CLOSE:
                return
            case Blow.HALF_OPEN:
                while await passing.reader.read(READ_BYTES):
                    passing.link.pending = True
            case blow if blow in STATUSES:
                await _request(passing.reader)
                passing.writer.write(refusal(blow))
                await passing.writer.drain()
            case blow:
                passing.damage = damage(self._kind, blow) if blow is not None else None
                await self._connect(passing)

    async def _connect(self, passing: _Passing) -> None:
        host, port = self._upstream.split(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        self._passing.append(passing)
        giving = asyncio.create_task(_write(passing), name="gate-gives")
        taking = asyncio.create_task(self._take(passing, reader), name="gate-takes")
        try:
            await self._give(passing, writer)
        finally:
            self._passing.remove(passing)
            giving.cancel()
            taking.cancel()
            writer.close()
            await asyncio.gather(giving, taking, return_exceptions=True)

    async def _give(self, passing: _Passing, writer: asyncio.StreamWriter) -> None:
        """Hand on what the client sends, until it leaves."""
        while data := await passing.reader.read(READ_BYTES):
            self._asked(data)
            passing.link.pending = True
            blow = self._blow
            if blow is Blow.HALF_OPEN:
                # The other end knows the link no more, whoever is well again.
                passing.dead = True
            if passing.dead or passing.over:
                continue
            if blow in STATUSES and self._kind is Kind.LLM:
                passing.put(refusal(Blow(blow)))
                passing.put(None)
                continue
            writer.write(data)
            await writer.drain()

    async def _take(self, passing: _Passing, reader: asyncio.StreamReader) -> None:
        """Hand on what the provider sends, as the fault has it."""
        while data := await reader.read(READ_BYTES):
            for unit in passing.units.feed(data):
                if is_damageable(unit):
                    self._note(passing, unit.body)
                    self._gives(unit.body)
                if self._blow is Blow.HALF_OPEN:
                    passing.dead = True
                if passing.dead:
                    continue
                delay = SLOW_SECONDS if self._blow is Blow.SLOW else 0.0
                damaged = passing.damage if unit.part is Part.MESSAGE else None
                for raw in [unit.raw] if damaged is None else damaged(unit):
                    passing.put(raw, delay)
                passing.link.pending = passing.units.answering
        if not passing.dead and self._blow is not Blow.HALF_OPEN:
            passing.put(None)

    def _note(self, passing: _Passing, body: bytes) -> None:
        """A voice's errors name the context that they are about."""
        if self._kind is Kind.TTS:
            context = str(json.loads(body)["context_id"])
            passing.contexts = [context]


async def _write(passing: _Passing) -> None:
    with suppress(ConnectionError):
        while True:
            while not passing.waiting:
                passing.more.clear()
                await passing.more.wait()
            due, data = passing.waiting.popleft()
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            if data is None:
                passing.writer.close()
                return
            passing.writer.write(data)
            await passing.writer.drain()


async def _request(reader: asyncio.StreamReader) -> None:
    """Read a whole request, so that its answer is not lost to a reset."""
    head = await reader.readuntil(HEAD_END)
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            await reader.readexactly(int(line.partition(b":")[2]))
