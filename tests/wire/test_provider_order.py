"""A whole call whose first choice does not work: the next one does the job, and everybody is told."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
from aiohttp import web

from tests.live_server import KEYS, client, live_server, message_of, request
from tests.wire.cartesia_server import CartesiaServer
from tests.wire.conftest import until
from tests.wire.deepgram_server import DeepgramServer
from tests.wire.test_whole_call import LOUD, RATE, build
from vantum.listener import listening_socket
from vantum.record import read_record

pytestmark = pytest.mark.real_time


@asynccontextmanager
async def refusing() -> AsyncIterator[str]:
    """A server like OpenAI that takes no key."""

    async def refuse(_: web.Request) -> web.Response:
        return web.json_response({"error": {"message": "Incorrect API key provided: s3cret."}}, status=401)

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", refuse)
    runner = web.AppRunner(app)
    await runner.setup()
    with listening_socket("127.0.0.1", 0) as listening:
        await web.SockSite(runner, listening).start()
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}/v1"
        finally:
            await runner.cleanup()


async def test_the_next_voice_speaks_and_everybody_is_told(tmp_path: Path) -> None:
    key = KEYS["DEEPGRAM_API_KEY"]
    async with (
        refusing() as openai_url,
        DeepgramServer(["one"], key=key) as deepgram,
        CartesiaServer(key=key) as cartesia,
        live_server(
            tmp_path,
            build,
            DEEPGRAM_URL=deepgram.url,
            CARTESIA_URL=cartesia.url,
            OPENAI_BASE_URL=openai_url,
            VANTUM_TTS="openai,cartesia",
        ) as server,
    ):
        async with client(server) as browser:
            await browser.send(request("audio.input.start", samplingRate=RATE))
            await browser.send(request("audio.input.chunk", audio=LOUD, isMuted=False))
            await browser.send(request("audio.input.end"))
            switched = await message_of(browser, "conversation.provider.switched")
            latency = await message_of(browser, "conversation.turn.latency")
        async with httpx.AsyncClient(base_url=server.url) as http:
            health = (await http.get("/health")).json()
            metrics = (await http.get("/metrics")).text
        await until(lambda: server.calls.live == 0)
        server.services.writer.flush()
        [folder] = (server.data / "calls").glob("*/*")
        record = read_record(server.data, folder.name, lambda _: False)
        assert [piece["transcript"] for piece in cartesia.pieces()] == ["one"]
        await asyncio.wait_for(server.services.clients.close(), 2.0)
    told = {"kind": "tts", "provider": "cartesia", "previous": "openai", "fault": "auth"}
    assert switched["payload"] == told
    assert latency["payload"]["providers"] == {"stt": "deepgram", "llm": "openai", "tts": "cartesia"}  # type: ignore[index]
    assert health["status"] == "degraded"
    assert [(one["name"], one["state"], one["last_fault"]) for one in health["provider_health"]["tts"]] == [
        ("openai", "open", "auth"),
        ("cartesia", "closed", None),
    ]
    assert 'vantum_provider_up{kind="tts",provider="openai"} 0.0' in metrics
    assert 'vantum_provider_requests_total{kind="tts",outcome="auth",provider="openai"} 1.0' in metrics
    assert record is not None
    events = [entry for entry in record["events"] if isinstance(entry, dict)]  # type: ignore[attr-defined]
    [entry] = [entry for entry in events if entry["event"] == "provider_switched"]
    assert told.items() <= entry.items()
    [started] = [entry for entry in events if entry["event"] == "call_started"]
    assert started["providers"]["tts"] == "openai"
