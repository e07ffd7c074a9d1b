"""The listener: who a client is, is not left to its server to guess."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.types import Receive, Scope, Send

from tests.live_server import KEYS
from vantum.calls import Calls
from vantum.listener import Listener, address, listening_socket
from vantum.loader import Pipeline
from vantum.record import RecordWriter
from vantum.services import Services
from vantum.settings import load_settings

pytestmark = pytest.mark.real_time


async def mirror(scope: Scope, receive: Receive, send: Send) -> None:
    """Tell what the server says of the client."""
    request = Request(scope, receive)
    told = {"client": request.client.host if request.client else "", "scheme": request.url.scheme}
    await JSONResponse(told)(scope, receive, send)


@pytest.fixture
async def url(tmp_path: Path) -> AsyncIterator[str]:
    chosen = load_settings({}, None, {**KEYS, "VANTUM_DATA": str(tmp_path)})
    services = Services(chosen, chosen.choices(), RecordWriter())
    calls = Calls(Pipeline("test", lambda _: [], Path("test.py")), services)
    ready = asyncio.Event()
    with listening_socket("127.0.0.1", 0) as listening:
        listener = Listener(mirror, calls, chosen)
        serving = asyncio.create_task(listener.serve_calls(listening, ready.set))
        await ready.wait()
        yield address(listening)
        listener.should_exit = True
        await serving
    services.writer.close()


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-Forwarded-For": "203.0.113.9"},
        {"X-Forwarded-For": "203.0.113.9, 127.0.0.1", "X-Forwarded-Proto": "https"},
        {"X-Forwarded-Proto": "wss", "Forwarded": "for=203.0.113.9;proto=https"},
    ],
    ids=["none", "for", "both", "others"],
)
async def test_the_server_believes_no_header_of_where_a_client_is(url: str, headers: dict[str, str]) -> None:
    async with httpx.AsyncClient(trust_env=False) as http:
        told = (await http.get(url, headers=headers)).json()
    assert told == {"client": "127.0.0.1", "scheme": "http"}
