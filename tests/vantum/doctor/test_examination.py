"""The whole examination, of a healthy patient and of sick ones: nothing secret is told."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
from aiohttp import web

from processors.tts.cartesia_voice import VOICES
from tests.vantum.doctor.kit import (
    BROKEN,
    CLOUD,
    OK,
    OTHER,
    PHONE,
    PIPELINE,
    PUBLIC,
    WARNING,
    client_of,
    free_port,
    serving,
    settings_of,
)
from tests.wire.twilio_server import ACCOUNT_SID, AUTH_TOKEN, NUMBER, TwilioStandIn
from vantum.doctor import examination
from vantum.doctor.answer import NETWORK_SECONDS
from vantum.doctor.finding import Finding, Mark


async def test_what_is_not_chosen_is_not_asked() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        raise AssertionError(f"asked {request.url}")

    async with client_of(answer) as http:
        found = await asyncio.gather(*examination.remote_checks(settings_of(), http, serving=False))
    assert [(finding.thing, finding.mark) for findings in found for finding in findings] == [
        ("Deepgram", OK),
        ("OpenAI", OK),
        ("Cartesia", OK),
        ("phone", OK),
    ]


async def test_silence_costs_five_seconds_for_all_together() -> None:
    async def answer(_: httpx.Request) -> httpx.Response:
        await asyncio.Event().wait()
        raise AssertionError

    settings = settings_of(**CLOUD, VANTUM_PUBLIC_URL=PUBLIC)
    loop = asyncio.get_running_loop()
    began = loop.time()
    async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as http:
        found = await asyncio.gather(*examination.remote_checks(settings, http, serving=False))
    assert loop.time() - began == NETWORK_SECONDS
    told = {finding.thing: finding.found for findings in found for finding in findings}
    silent = {thing for thing, words in told.items() if "no answer within 5 seconds" in words}
    assert silent == {"Deepgram", "OpenAI", "Cartesia", "public URL"}


@asynccontextmanager
async def providers(key_of: dict[str, str]) -> AsyncIterator[dict[str, str]]:
    """Deepgram, OpenAI and Cartesia, who know only the keys of ``key_of``; gives their settings."""

    def guarded(header: str, value: str, body: object) -> Callable[[web.Request], object]:
        async def handler(request: web.Request) -> web.Response:
            if request.headers.get(header) != value:
                return web.json_response({"error": f"bad key {request.headers.get(header)}"}, status=401)
            return web.json_response(body)

        return handler

    app = web.Application()
    deepgram = guarded("Authorization", f"Token {key_of['DEEPGRAM_API_KEY']}", {})
    openai = guarded("Authorization", f"Bearer {key_of['OPENAI_API_KEY']}", {"data": [{"id": "gpt-4.1"}]})
    cartesia = guarded("X-API-Key", key_of["CARTESIA_API_KEY"], {})
    app.router.add_get("/v1/auth/token", deepgram)  # type: ignore[arg-type]
    app.router.add_get("/v1/models", openai)  # type: ignore[arg-type]
    app.router.add_get(f"/voices/{VOICES['female']}", cartesia)  # type: ignore[arg-type]
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        host = f"127.0.0.1:{runner.addresses[0][1]}"
        yield {
            "DEEPGRAM_URL": f"ws://{host}",
            "OPENAI_BASE_URL": f"http://{host}/v1",
            "CARTESIA_URL": f"ws://{host}",
        }
    finally:
        await runner.cleanup()


def told(findings: Sequence[Finding]) -> dict[str, Mark]:
    return {finding.thing: finding.mark for finding in findings}


@pytest.mark.real_time
async def test_a_healthy_patient(tmp_path: Path) -> None:
    (tmp_path / "good.py").write_text(PIPELINE)
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    async with providers(CLOUD) as addresses, TwilioStandIn(public_url=url) as twilio:
        settings = settings_of(
            **CLOUD,
            **PHONE,
            **addresses,
            TWILIO_API_URL=twilio.url,
            TWILIO_FROM=NUMBER,
            VANTUM_PUBLIC_URL=url,
            VANTUM_PORT=str(port),
            VANTUM_DATA=str(tmp_path),
        )
        async with serving(settings):
            found = await examination.examine(settings, "good.py")
            forged = settings.model_copy(
                update={"twilio_auth_token": settings_of(TWILIO_AUTH_TOKEN="no").twilio_auth_token}
            )
            stranger = await examination.examine(forged, None)
    problems = [finding for finding in found if finding.mark is not OK]
    assert [finding.thing for finding in problems] == ["public URL"]
    assert "is not https and has a port" in problems[0].found
    assert told(found)["signatures"] is OK
    assert told(found)["pipeline"] is OK
    assert told(found)["number"] is OK
    assert (told(stranger)["Twilio"], told(stranger)["signatures"]) == (BROKEN, BROKEN)
    assert "pipeline" not in told(stranger)


@pytest.mark.real_time
async def test_a_sick_patient_keeps_its_secrets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VANTUM_PROT", "1")
    right = dict.fromkeys(CLOUD, "another")
    async with providers(right) as addresses, TwilioStandIn(public_url=PUBLIC, numbers=[OTHER]) as twilio:
        settings = settings_of(
            **CLOUD,
            **PHONE,
            **addresses,
            TWILIO_API_URL=twilio.url,
            TWILIO_FROM=NUMBER,
            VANTUM_API_KEYS="api-secret",
            VANTUM_PUBLIC_URL="http://127.0.0.1:1",
            VANTUM_PORT=str(free_port()),
            VANTUM_DATA=str(tmp_path / "data"),
        )
        found = await examination.examine(settings, "missing.py")
    broken = {finding.thing for finding in found if finding.mark is BROKEN}
    assert broken == {"pipeline", "Deepgram", "OpenAI", "Cartesia", "number"}
    warned = {finding.thing for finding in found if finding.mark is WARNING}
    assert warned == {"settings", "public URL", "API keys"}
    text = repr(found)
    for secret in (*CLOUD.values(), AUTH_TOKEN, ACCOUNT_SID, NUMBER, OTHER, "api-secret"):
        assert secret not in text
