"""What the local HTTP servers share: requests are kept, answers go out piece by piece, leavers are noticed."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from types import TracebackType
from typing import Self

SSE = "text/event-stream"


@dataclass(frozen=True, slots=True)
class Asked:
    """A request arrived; ``connection`` tells the connections apart. The names of headers are in small letters."""

    at: float
    method: str
    path: str
    headers: Mapping[str, str]
    raw: bytes
    connection: int

    @property
    def body(self) -> dict[str, object]:
        """The body, a JSON object."""
        body = json.loads(self.raw)
        assert isinstance(body, dict)
        return body


@dataclass(slots=True)
class Reply:
    """What a request gets.

    With ``hold`` the body stops before that part until ``WebServer.release`` is called; with ``cut`` the connection
    is closed before that part.
    """

    parts: list[bytes]
    status: int = HTTPStatus.OK
    content_type: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)
    hold: int | None = None
    cut: int | None = None


class CutError(Exception):
    """The server is to close the connection."""


class WebServer:
    """``async with ... as server``: listens at ``server.origin``; a subclass says what is answered.

    ``dropped`` counts the answers that a client did not wait for.
    """

    def __init__(self, port: int = 0) -> None:
        self.asked: list[Asked] = []
        self.answered = 0
        self.dropped = 0
        self._port = port
        self._server: asyncio.Server | None = None
        self._links: set[asyncio.Task[None]] = set()
        self._count = 0
        self._released = asyncio.Event()

    def reply(self, asked: Asked) -> Reply:
        """The answer to a request."""
        raise NotImplementedError

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", self._port)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._server is not None
        self._server.close()
        links = tuple(self._links)
        for link in links:
            link.cancel()
        await asyncio.gather(*links, return_exceptions=True)
        await self._server.wait_closed()

    @property
    def origin(self) -> str:
        """Where it listens: scheme, host and port."""
        assert self._server is not None
        host, port = self._server.sockets[0].getsockname()[:2]
        return f"http://{host}:{port}"

    def release(self) -> None:
        """Let the held answers go on."""
        self._released.set()

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._count += 1
        link = asyncio.create_task(self._serve(reader, writer, self._count))
        self._links.add(link)
        link.add_done_callback(self._links.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, number: int) -> None:
        early = b""
        try:
            while (asked := await _request(reader, early, number)) is not None:
                self.asked.append(asked)
                gone, early = await self._answer(reader, writer, self.reply(asked))
                if gone:
                    self.dropped += 1
                    return
                self.answered += 1
        except CutError:
            return
        finally:
            writer.close()

    async def _answer(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, reply: Reply
    ) -> tuple[bool, bytes]:
        """Whether the client left before the end of the answer, and what it sent meanwhile."""
        writing = asyncio.create_task(self._write(writer, reply))
        watching = asyncio.create_task(reader.read(1))
        try:
            await asyncio.wait({writing, watching}, return_when=asyncio.FIRST_COMPLETED)
            early = watching.result() if watching.done() else b""
            if watching.done() and not early:
                return True, b""
            await writing
        except ConnectionError:
            return True, b""
        finally:
            writing.cancel()
            watching.cancel()
            await asyncio.gather(writing, watching, return_exceptions=True)
        return False, early

    async def _write(self, writer: asyncio.StreamWriter, reply: Reply) -> None:
        async for data in self._pieces(reply):
            writer.write(data)
            await writer.drain()

    async def _pieces(self, reply: Reply) -> AsyncIterator[bytes]:
        headers = {"content-type": reply.content_type, "transfer-encoding": "chunked", **reply.headers}
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        yield f"HTTP/1.1 {reply.status} Answer\r\n{lines}\r\n".encode()
        for number, part in enumerate(reply.parts):
            if reply.cut == number:
                raise CutError
            if reply.hold == number:
                await self._released.wait()
            yield b"%x\r\n%s\r\n" % (len(part), part)
        yield b"0\r\n\r\n"


def json_reply(body: object, status: int = HTTPStatus.OK) -> Reply:
    """An answer that is a JSON text."""
    return Reply([json.dumps(body).encode()], status)


async def _request(reader: asyncio.StreamReader, early: bytes, number: int) -> Asked | None:
    """The next request; None when the client is gone."""
    try:
        head = early + await reader.readuntil(b"\r\n\r\n")
    except (asyncio.IncompleteReadError, ConnectionError):
        return None
    first, *lines = head.decode("latin-1").split("\r\n")
    method, path, _ = first.split(" ")
    pairs = (line.split(":", 1) for line in lines if line)
    headers = {name.lower(): value.strip() for name, value in pairs}
    if headers.get("transfer-encoding") == "chunked":
        body = await _chunks(reader)
    else:
        body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Asked(time.monotonic(), method, path, headers, body, number)


async def _chunks(reader: asyncio.StreamReader) -> bytes:
    body = b""
    while size := int(await reader.readline(), 16):
        body += await reader.readexactly(size)
        await reader.readline()
    await reader.readline()
    return body
