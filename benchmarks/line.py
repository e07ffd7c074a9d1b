"""A WebSocket client that is cheap enough for hundreds of calls in one process: messages are framed once for all."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import cast

from websockets.client import ClientProtocol
from websockets.exceptions import InvalidStatus
from websockets.frames import Frame, Opcode
from websockets.http11 import Response
from websockets.uri import parse_uri

OPEN_SECONDS = 30.0
CONTROL = {Opcode.PING, Opcode.PONG, Opcode.CLOSE}


class LineRefusedError(Exception):
    """The server refused the connection, or ended it while it was being opened; ``status`` is 0 for the latter."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status


def framed(message: bytes | str) -> bytes:
    """A message as it goes over the wire; the mask is one for all who send it, which no server minds."""
    if isinstance(message, str):
        return Frame(Opcode.TEXT, message.encode()).serialize(mask=True)
    return Frame(Opcode.BINARY, message).serialize(mask=True)


class Line(asyncio.Protocol):
    """``hear`` is given each message; ``over`` is done when the connection is."""

    def __init__(self, url: str, headers: Mapping[str, str], hear: Callable[[bytes], None]) -> None:
        loop = asyncio.get_running_loop()
        self.over: asyncio.Future[None] = loop.create_future()
        self._opened: asyncio.Future[None] = loop.create_future()
        self._protocol = ClientProtocol(parse_uri(url), max_size=None)
        self._headers = headers
        self._hear = hear
        self._transport: asyncio.Transport | None = None
        self._parts = bytearray()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask for the WebSocket."""
        # uvloop's transports are not asyncio's by inheritance.
        self._transport = cast("asyncio.Transport", transport)
        request = self._protocol.connect()
        for name, value in self._headers.items():
            request.headers[name] = value
        self._protocol.send_request(request)
        self._flush()

    def data_received(self, data: bytes) -> None:
        """Hear what came, and answer pings and goodbyes."""
        self._protocol.receive_data(data)
        for event in self._protocol.events_received():
            match event:
                case Response(status_code=status):
                    self._answered(status)
                case Frame(opcode=opcode) if opcode not in CONTROL:
                    self._take(event)
        self._flush()

    def eof_received(self) -> None:
        """The server has ended."""
        self._protocol.receive_eof()

    def connection_lost(self, exc: Exception | None) -> None:
        """It is over."""
        if not self._opened.done():
            self._opened.set_exception(LineRefusedError(0, "The connection was closed."))
        if not self.over.done():
            self.over.set_result(None)

    async def opened(self) -> None:
        """Wait for the WebSocket; raises LineRefusedError."""
        async with asyncio.timeout(OPEN_SECONDS):
            await self._opened

    def send(self, frame: bytes) -> None:
        """Send what ``framed`` made."""
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(frame)

    def close(self) -> None:
        """Say goodbye and go."""
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(Frame(Opcode.CLOSE, b"\x03\xe8").serialize(mask=True))
            self._transport.close()

    def _answered(self, status: int) -> None:
        problem = self._protocol.handshake_exc
        if problem is None:
            self._opened.set_result(None)
            return
        refused = isinstance(problem, InvalidStatus)
        self._opened.set_exception(LineRefusedError(status if refused else 0, str(problem)))
        self.close()

    def _take(self, frame: Frame) -> None:
        if frame.fin and not self._parts:
            self._hear(bytes(frame.data))
            return
        self._parts += frame.data
        if frame.fin:
            whole = bytes(self._parts)
            self._parts.clear()
            self._hear(whole)

    def _flush(self) -> None:
        for data in self._protocol.data_to_send():
            if data and self._transport is not None and not self._transport.is_closing():
                self._transport.write(data)


async def connected(url: str, headers: Mapping[str, str], hear: Callable[[bytes], None]) -> Line:
    """A line to ``ws://host:port/...``; raises LineRefusedError, OSError or TimeoutError."""
    place = parse_uri(url)
    loop = asyncio.get_running_loop()
    _, line = await loop.create_connection(lambda: Line(url, headers, hear), place.host, place.port)
    try:
        await line.opened()
    except BaseException:
        line.close()
        raise
    return line
