"""A whole server on a real socket, with a pipeline of the test's own, and a client that speaks the protocol."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import msgpack  # type: ignore[import-untyped]
import uuid_utils
from pipecat.processors.frame_processor import FrameProcessor
from websockets.asyncio.client import ClientConnection, connect

from vantum.calls import Calls
from vantum.listener import Listener, address, listening_socket
from vantum.loader import Pipeline
from vantum.phone.phone import Phone, open_phone
from vantum.phone.pipelines import Pipelines
from vantum.record import RecordWriter
from vantum.server import build_app
from vantum.services import Services
from vantum.settings import load_settings

KEYS = {"DEEPGRAM_API_KEY": "test", "OPENAI_API_KEY": "test", "CARTESIA_API_KEY": "test"}
"""With these nothing embedded is started; a test's pipeline uses none of the providers."""

Message = dict[str, object]


@dataclass(frozen=True, slots=True)
class LiveServer:
    """Where it is, and what it holds."""

    url: str
    calls: Calls
    services: Services
    data: Path
    phone: Phone | None = None

    @property
    def socket_url(self) -> str:
        """Where a browser opens its call."""
        return self.url.replace("http", "ws") + "ws"


@asynccontextmanager
async def live_server(
    data: Path, build: Callable[[object], list[FrameProcessor]], **settings: str
) -> AsyncIterator[LiveServer]:
    """Serve until the block is left; ``settings`` are by environment name."""
    chosen = load_settings({}, None, {**KEYS, "VANTUM_DATA": str(data), **settings})
    services = Services(chosen, chosen.choices(), RecordWriter())
    pipeline = Pipeline("test", build, Path("test.py"))
    calls = Calls(pipeline, services)
    ready = asyncio.Event()
    async with AsyncExitStack() as closing:
        closing.callback(services.writer.close)
        listening = closing.enter_context(listening_socket("127.0.0.1", 0))
        phone = await open_phone(calls, services, Pipelines(pipeline), closing)
        listener = Listener(build_app(calls, services, phone), calls, chosen)
        serving = asyncio.create_task(listener.serve_calls(listening, ready.set))
        try:
            await ready.wait()
            yield LiveServer(address(listening), calls, services, data, phone)
        finally:
            listener.should_exit = True
            await serving


def request(event_type: str, **payload: object) -> bytes:
    """A message of a client."""
    message = {"eventType": event_type, "eventId": str(uuid_utils.uuid7()), "payload": payload}
    packed: bytes = msgpack.packb(message)
    return packed


@asynccontextmanager
async def client(server: LiveServer, **options: object) -> AsyncIterator[ClientConnection]:
    """A browser's connection."""
    async with connect(server.socket_url, compression=None, max_size=None, **options) as socket:  # type: ignore[arg-type]
        yield socket


async def next_message(socket: ClientConnection) -> Message:
    """The next message of the server."""
    async with asyncio.timeout(10):
        message: Message = msgpack.unpackb(await socket.recv())
    return message


async def message_of(socket: ClientConnection, event_type: str) -> Message:
    """The next message of a kind; others are skipped."""
    while (message := await next_message(socket))["eventType"] != event_type:
        pass
    return message
