"""The links to providers that are left: whoever is stopped while it closes one leaves no open link behind."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.asyncio.server import ServerConnection, serve

from processors.stt import deepgram_link
from processors.tts import cartesia_link
from tests.wire.conftest import until

pytestmark = pytest.mark.real_time


@pytest.mark.parametrize("close", [cartesia_link._close, deepgram_link._close])
async def test_a_close_that_is_cancelled_breaks_the_link(
    close: Callable[[ClientConnection], Awaitable[None]],
) -> None:
    taken: list[ServerConnection] = []
    gone = asyncio.Event()

    async def silent(connection: ServerConnection) -> None:
        connection.transport.pause_reading()
        taken.append(connection)
        await gone.wait()

    async with serve(silent, "127.0.0.1", 0, close_timeout=0.1) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        socket = await connect(f"ws://127.0.0.1:{port}")
        await until(lambda: taken)
        closing = asyncio.ensure_future(close(socket))
        await asyncio.sleep(0)
        closing.cancel()
        await asyncio.wait((closing,))
        assert socket.transport.is_closing()
        await socket.wait_closed()
        gone.set()
