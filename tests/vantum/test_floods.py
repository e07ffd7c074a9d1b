"""A real server against floods: heads and bodies without end, or that come a byte at a time."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest
from fastapi import HTTPException
from pipecat.processors.frame_processor import FrameProcessor
from starlette.types import Message, Receive

from tests.live_server import LiveServer, client, live_server, next_message
from vantum import sockets
from vantum.body_limits import BodyLimits

pytestmark = pytest.mark.real_time

PATIENCE_SECONDS = 30.0


def build(_: object) -> list[FrameProcessor]:
    return []


@pytest.fixture(autouse=True)
def _uvicorn_is_quiet() -> Iterator[None]:
    """It tells of each bad request, and is meant to."""
    logger = logging.getLogger("uvicorn.error")
    level = logger.level
    logger.setLevel(logging.ERROR)
    yield
    logger.setLevel(level)


@pytest.fixture
async def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[LiveServer]:
    monkeypatch.setattr(sockets.timed_http, "__defaults__", (0.6,))
    async with live_server(tmp_path, build, VANTUM_HANDSHAKE_SECONDS="0.4") as running:
        yield running


Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@asynccontextmanager
async def connected(server: LiveServer) -> AsyncIterator[Streams]:
    host, port = server.url.removeprefix("http://").rstrip("/").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    try:
        yield reader, writer
    finally:
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()


async def answer(streams: Streams) -> bytes:
    """Everything until the server closes the connection."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        with suppress(ConnectionError):
            return await streams[0].read()
        return b""


async def send(streams: Streams, *parts: bytes) -> None:
    with suppress(ConnectionError):
        for part in parts:
            streams[1].write(part)
            await streams[1].drain()


GET = b"GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\n"
UPGRADE = (
    b"GET /ws HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
)


@pytest.mark.parametrize(
    "parts",
    [
        [GET, b"X: " + b"a" * 70_000 + b"\r\n\r\n"],
        [GET, b"X: ", *[b"a" * 10_000] * 20],
        [GET, *[b"X: " + b"a" * 1_000 + b"\r\n"] * 100],
        [GET, *[b"X-%d: a\r\n" % number for number in range(200)], b"\r\n"],
        [b"GET /" + b"a" * 70_000 + b" HTTP/1.1\r\n\r\n"],
        [b"GET /", *[b"a" * 10_000] * 20],
        [UPGRADE, b"X: " + b"a" * 70_000 + b"\r\n\r\n"],
    ],
    ids=["one header", "no end", "many bytes", "many headers", "address", "address without end", "upgrade"],
)
async def test_a_head_has_a_size(server: LiveServer, parts: list[bytes]) -> None:
    async with connected(server) as streams:
        await send(streams, *parts)
        assert (await answer(streams))[:12] in (b"HTTP/1.1 431", b"")
    async with client(server) as socket:
        await next_message(socket)


async def test_a_head_that_came_whole_is_told_that_it_is_too_long(server: LiveServer) -> None:
    async with connected(server) as streams:
        await send(streams, GET + b"X: a\r\n" * 200 + b"\r\n")
        told = await answer(streams)
    assert told.startswith(b"HTTP/1.1 431 ")
    assert told.endswith(b"\r\n\r\nThe headers are too long.")


async def test_heads_of_a_usual_size_are_read_one_after_the_other(server: LiveServer) -> None:
    async with connected(server) as streams:
        for _ in range(5):
            await send(streams, GET, b"X: " + b"a" * 8_000 + b"\r\n\r\n")
            assert await streams[0].readuntil(b"\r\n") == b"HTTP/1.1 200 OK\r\n"
            head = await streams[0].readuntil(b"\r\n\r\n")
            length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
            await streams[0].readexactly(length)


async def test_the_second_head_has_to_come_in_time_too(server: LiveServer) -> None:
    async with connected(server) as streams:
        await send(streams, GET + b"\r\n", b"GET /hea")
        assert (await answer(streams)).startswith(b"HTTP/1.1 200 OK")


@pytest.mark.parametrize("path", [b"/api/calls", b"/token", b"/twilio/voice", b"/health", b"/none"])
async def test_a_body_that_does_not_come_is_not_waited_for(server: LiveServer, path: bytes) -> None:
    async with connected(server) as streams:
        head = b"POST " + path + b" HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1000\r\n\r\n{"
        await send(streams, head)
        told = await answer(streams)
    assert told[:10] in (b"HTTP/1.1 4", b"")


async def test_a_call_is_not_closed_for_the_time_of_its_handshake(server: LiveServer) -> None:
    loop = asyncio.get_running_loop()
    async with client(server) as socket:
        began = loop.time()
        await next_message(socket)
        await asyncio.wait_for(socket.ping(), PATIENCE_SECONDS)
        closing = asyncio.ensure_future(socket.wait_closed())
        await asyncio.wait((closing,), timeout=1.5)
        assert not closing.done()
        assert loop.time() - began > 1.0
        closing.cancel()


# --- bodies, without a socket ---------------------------------------------------------------------------


async def read_through(
    messages: list[Message], *, seconds: float = 10.0, most_bytes: int = 10
) -> list[Message]:
    """What an application reads that reads on until it has all; afterwards it waits for the client to leave."""
    read: list[Message] = []

    async def app(_: object, receive: Receive, __: object) -> None:
        while not read or read[-1].get("more_body"):
            read.append(await receive())

    async def receive() -> Message:
        if not messages:
            await asyncio.Event().wait()
        return messages.pop(0)

    async def nowhere(_: Message) -> None:
        return

    await BodyLimits(app, seconds, most_bytes)({"type": "http"}, receive, nowhere)
    return read


def part(body: bytes, *, more: bool = False) -> Message:
    return {"type": "http.request", "body": body, "more_body": more}


async def test_a_body_within_its_bounds_is_read() -> None:
    parts = [part(b"12345", more=True), part(b"67890")]
    assert await read_through([*parts]) == parts


@pytest.mark.parametrize(
    ("parts", "status"),
    [
        ([part(b"12345", more=True), part(b"678901")], 413),
        ([part(b"x" * 11)], 413),
        ([part(b"1", more=True)], 408),
        ([], 408),
        ([part(b"1", more=True), {"type": "http.disconnect"}], 400),
    ],
)
async def test_a_body_beyond_its_bounds_is_refused(parts: list[Message], status: int) -> None:
    with pytest.raises(HTTPException) as refused:
        await read_through(parts, seconds=0.05)
    assert (refused.value.status_code, refused.value.headers) == (status, {"Connection": "close"})
