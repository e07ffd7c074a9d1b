"""uvicorn's WebSocket protocol with what it lacks: a refusal is no error, and a connection can be dropped."""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import uvicorn
from pipecat.processors.frame_processor import FrameProcessor
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosedError, InvalidStatus

from tests.live_server import client, live_server, next_message
from transports.socket import ABORT_EXTENSION, DELIVER_EXTENSION, WRITE_EXTENSION
from vantum.listener import address, listening_socket
from vantum.sockets import CallWebSocket

pytestmark = pytest.mark.real_time

FORBIDDEN: Message = {"type": "websocket.http.response.start", "status": 403, "headers": []}
BODY = "websocket.http.response.body"
MUCH = 64 * 2**20
"""More than the buffers of two kernels' sockets hold."""


@pytest.fixture(autouse=True)
def uvicorn_is_heard(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Whatever a test before has made of uvicorn's loggers, what they say is caught here, and once."""
    logger = logging.getLogger("uvicorn.error")
    propagate, logger.propagate = logger.propagate, False
    level = logger.level
    logger.setLevel(logging.WARNING)
    logger.addHandler(caplog.handler)
    yield
    logger.removeHandler(caplog.handler)
    logger.setLevel(level)
    logger.propagate = propagate


@asynccontextmanager
async def served(app: ASGIApp) -> AsyncIterator[str]:
    """``app`` behind the protocol until the block is left; gives the address of its WebSocket."""
    ready = asyncio.Event()

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            ready.set()

    server = Server(uvicorn.Config(app, ws=CallWebSocket, lifespan="off", log_config=None))
    with listening_socket("127.0.0.1", 0) as listening:
        serving = asyncio.create_task(server.serve(sockets=[listening]))
        try:
            await ready.wait()
            yield address(listening).replace("http", "ws")
        finally:
            server.should_exit = True
            await serving


async def refused(url: str, **options: object) -> tuple[int, bytes]:
    """The status and the body with which a handshake is refused."""
    with pytest.raises(InvalidStatus) as refusal:
        async with asyncio.timeout(10):
            await connect(url, **options)  # type: ignore[arg-type]
    return refusal.value.response.status_code, bytes(refusal.value.response.body or b"")


def errors(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.message for record in caplog.records if record.levelno >= logging.ERROR]


def answers(messages: Sequence[Message]) -> ASGIApp:
    """An application that takes the handshake and answers with ``messages``."""

    async def app(_: Scope, receive: Receive, send: Send) -> None:
        await receive()
        for message in messages:
            await send(message)

    return app


@pytest.mark.parametrize(
    "body",
    [
        [{"type": BODY, "body": b"You may not."}],
        [{"type": BODY, "body": b"You may ", "more_body": True}, {"type": BODY, "body": b"not."}],
    ],
    ids=["at once", "in pieces"],
)
async def test_a_refusal_is_no_error(caplog: pytest.LogCaptureFixture, body: list[Message]) -> None:
    async with served(answers([FORBIDDEN, *body])) as url:
        assert await refused(url) == (403, b"You may not.")
    assert errors(caplog) == []


@pytest.mark.parametrize(
    "begun",
    [[], [FORBIDDEN], [FORBIDDEN, {"type": BODY, "body": b"You may ", "more_body": True}]],
    ids=["nothing", "no body", "half a body"],
)
async def test_an_application_that_leaves_the_handshake_open_is_one(
    caplog: pytest.LogCaptureFixture, begun: list[Message]
) -> None:
    async with served(answers(begun)) as url:
        with pytest.raises(Exception, match=r"HTTP 500|did not receive a valid HTTP response"):
            await connect(url)
    assert errors(caplog) == ["ASGI callable returned without completing handshake."]


async def test_an_application_that_fails_is_one(caplog: pytest.LogCaptureFixture) -> None:
    async def app(_: Scope, receive: Receive, __: Send) -> None:
        await receive()
        raise LookupError("nothing there")

    async with served(app) as url:
        assert (await refused(url))[0] == 500
    assert [error.strip() for error in errors(caplog)] == ["Exception in ASGI application"]


def build(_: object) -> list[FrameProcessor]:
    return []


async def test_whom_the_server_refuses_costs_no_line_of_the_log(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with live_server(tmp_path, build, VANTUM_MAX_CALLS="1") as server:
        assert (await refused(server.socket_url, origin="https://elsewhere.example"))[0] == 403
        async with client(server) as browser:
            await next_message(browser)
            status, told = await refused(server.socket_url)
    assert (status, told) == (503, b"All 1 calls that this server may hold are taken.\n")
    assert errors(caplog) == []


async def test_the_application_can_drop_a_connection_without_a_farewell() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        await send({"type": "websocket.accept"})
        scope["extensions"][ABORT_EXTENSION]()

    async with served(app) as url, connect(url) as browser, asyncio.timeout(10):
        with pytest.raises(ConnectionClosedError) as dropped:
            await browser.recv()
    assert (dropped.value.rcvd, dropped.value.sent) == (None, None)


async def test_a_client_that_is_not_read_is_slowed_down_and_loses_nothing() -> None:
    """What waits is one read, one message and the kernel's buffers, however much the client has to send."""
    go_on, received = asyncio.Event(), 0
    message, patience = bytes(65_536), 0.3

    async def app(_: Scope, receive: Receive, send: Send) -> None:
        nonlocal received
        await receive()
        await send({"type": "websocket.accept"})
        await go_on.wait()
        while (event := await receive())["type"] == "websocket.receive":
            received += len(event["bytes"])

    async with served(app) as url, connect(url, compression=None) as socket:
        sent, slowed_down = 0, False
        while sent < MUCH and not slowed_down:
            sent += len(message)
            try:
                await asyncio.wait_for(socket.send(message), patience)
            except TimeoutError:
                slowed_down = True
        assert slowed_down
        go_on.set()
        await socket.close()
        async with asyncio.timeout(10):
            while received < sent:  # noqa: ASYNC110 - the application tells nobody
                await asyncio.sleep(0.01)
    assert received == sent


def echo(*, many: bool = False) -> ASGIApp:
    """An application that has its messages delivered, and writes each back as it comes (``many``: a thousandfold)."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        await send({"type": "websocket.accept"})
        write: Callable[[bytes | str], bool] = scope["extensions"][WRITE_EXTENSION]
        written: list[bool] = []

        def take(message: bytes | str) -> None:
            written.extend(write(message) for _ in range(1_000 if many else 1))

        first = await receive()
        take(first.get("bytes") or first.get("text") or "")
        scope["extensions"][DELIVER_EXTENSION](take)
        left = await receive()
        assert not write(b"too late")
        assert all(written) is not many
        told.append(left["code"])

    return app


told: list[int] = []


async def test_messages_are_delivered_as_they_come_and_answered_at_once() -> None:
    told.clear()
    messages: list[bytes | str] = [
        b"first",
        b"",
        b"x" * 125,
        "words \u00e4",
        b"y" * 70_000,
        b"z" * 1_920,
        "",
        b"last",
    ]
    async with served(echo()) as url, connect(url, compression=None) as browser, asyncio.timeout(10):
        for message in messages:
            await browser.send(message)
        await browser.send([b"in ", b"three ", b"pieces"])
        await browser.send(["words ", "in pieces"])
        await browser.ping()
        received = [await browser.recv() for _ in range(len(messages) + 2)]
    assert received == [*messages, b"in three pieces", "words in pieces"]
    assert told == [1000]


async def test_compressed_messages_are_delivered_too() -> None:
    async with served(echo()) as url, connect(url) as browser, asyncio.timeout(10):
        messages: list[bytes | str] = [b"first", b"second" * 100, "third" * 100]
        for message in messages:
            await browser.send(message)
            assert await browser.recv() == message


async def test_what_says_that_it_is_text_and_is_none_closes_the_connection() -> None:
    async with served(echo()) as url, connect(url, compression=None) as browser, asyncio.timeout(10):
        await browser.send(b"first")
        await browser.recv()
        await browser.send(b"\xff\xff", text=True)
        with pytest.raises(ConnectionClosedError) as closed:
            await browser.recv()
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1007


async def test_nothing_is_written_at_once_to_a_client_that_does_not_read() -> None:
    told.clear()
    async with served(echo(many=True)) as url, asyncio.timeout(10):
        browser = await connect(url, compression=None, max_queue=1)
        await browser.send(b"x" * 60_000)
        await browser.close()
    assert len(told) == 1
