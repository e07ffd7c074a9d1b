"""Settings, answers and servers for the tests of the doctor."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import httpx

from tests.wire.twilio_server import ACCOUNT_SID, AUTH_TOKEN
from vantum.doctor.answer import Answer
from vantum.doctor.finding import Mark
from vantum.listener import listening_socket
from vantum.loader import Pipeline
from vantum.serving import opened
from vantum.settings import Settings, load_settings

OK, WARNING, BROKEN = Mark.OK, Mark.WARNING, Mark.BROKEN
CLOUD = {"DEEPGRAM_API_KEY": "dg-secret", "OPENAI_API_KEY": "oa-secret", "CARTESIA_API_KEY": "ca-secret"}
PHONE = {"TWILIO_ACCOUNT_SID": ACCOUNT_SID, "TWILIO_AUTH_TOKEN": AUTH_TOKEN}
PUBLIC = "https://phone.example.test"
OTHER = "+15550100044"
SILENT = Answer(None, problem="no answer within 5 seconds")
PIPELINE = "def build(call):\n    return [call.vad()]\n"


def settings_of(**values: str) -> Settings:
    return load_settings({}, None, values)


def client_of(answer: Callable[[httpx.Request], httpx.Response]) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.MockTransport(answer))


def free_port() -> int:
    with listening_socket("127.0.0.1", 0) as probe:
        port: int = probe.getsockname()[1]
        return port


@asynccontextmanager
async def serving(settings: Settings) -> AsyncIterator[None]:
    """A whole Vantum, with its telephone."""
    ready = asyncio.Event()
    async with opened(Pipeline("silent", lambda _: [], Path("silent.py")), settings) as server:
        running = asyncio.create_task(server.listener.serve_calls(server.listening, ready.set))
        try:
            await ready.wait()
            yield
        finally:
            server.listener.should_exit = True
            await running
