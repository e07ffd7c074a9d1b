"""The load's own WebSocket client, against a server of websockets."""

from __future__ import annotations

import asyncio
from http import HTTPStatus

import pytest
from websockets.asyncio.server import ServerConnection, serve
from websockets.http11 import Request, Response

from benchmarks.conversation.local import address_of
from benchmarks.line import LineRefusedError, connected, framed

pytestmark = pytest.mark.real_time


async def echo(connection: ServerConnection) -> None:
    """Give back what comes; what is text in pieces. Ask whether somebody is there beforehand."""
    await (await connection.ping())
    async for message in connection:
        await connection.send(message if isinstance(message, bytes) else [message[:1], message[1:]])


async def test_messages_go_and_come_whole() -> None:
    heard: asyncio.Queue[bytes] = asyncio.Queue()
    async with serve(echo, "127.0.0.1", 0) as server:
        line = await connected(f"ws://{address_of(server.sockets)}/", {"X-A": "b"}, heard.put_nowait)
        [seen] = server.connections
        assert seen.request is not None
        assert seen.request.headers["X-A"] == "b"
        for message in (framed(b"\0" * 70_000), framed("words")):
            line.send(message)
        async with asyncio.timeout(10):
            assert [await heard.get(), await heard.get()] == [b"\0" * 70_000, b"words"]
            line.close()
            await line.over
            await seen.wait_closed()
        assert seen.close_code == 1000
        line.send(framed("too late"))


async def test_a_refusal_tells_its_status() -> None:
    def refuse(connection: ServerConnection, _: Request) -> Response:
        return connection.respond(HTTPStatus.SERVICE_UNAVAILABLE, "full")

    async with serve(echo, "127.0.0.1", 0, process_request=refuse) as server:
        with pytest.raises(LineRefusedError) as refused:
            await connected(f"ws://{address_of(server.sockets)}/", {}, lambda _: None)
    assert refused.value.status == 503


async def test_a_server_that_just_leaves_refuses_too() -> None:
    async def leave(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    server = await asyncio.start_server(leave, "127.0.0.1", 0)
    async with server:
        with pytest.raises(LineRefusedError) as refused:
            await connected(f"ws://{address_of(server.sockets)}/", {}, lambda _: None)
    assert refused.value.status == 0


async def test_who_is_left_knows() -> None:
    async def leave(connection: ServerConnection) -> None:
        await connection.close()

    async with serve(leave, "127.0.0.1", 0) as server, asyncio.timeout(10):
        line = await connected(f"ws://{address_of(server.sockets)}/", {}, lambda _: None)
        await line.over
