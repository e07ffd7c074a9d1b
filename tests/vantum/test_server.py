"""The server on real sockets: who is let in, what is refused, and what is left behind."""

from __future__ import annotations

import asyncio
import json
import random
import threading
import time
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from pipecat.processors.frame_processor import FrameProcessor
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from processors.break_splitter import BreakSplitter
from processors.context_aggregator import ContextAggregator
from processors.resampler import Resampler
from processors.silero import SileroBatch
from processors.vad import VAD
from tests.live_server import LiveServer, client, live_server, message_of, next_message, request
from vantum.core.choice import Kind
from vantum.core.faults import Fault
from vantum.testing import ScriptedLLM, ScriptedSTT, ScriptedTTS

pytestmark = pytest.mark.real_time

LEAVERS = 400
AT_A_TIME = 40


def build(_: object) -> list[FrameProcessor]:
    return [
        Resampler(),
        VAD(SileroBatch()),
        ScriptedSTT([]),
        ContextAggregator(prompt="be kind", greeting="Hello, I am an AI assistant."),
        ScriptedLLM(["Fine."]),
        BreakSplitter(),
        ScriptedTTS(first_audio=0.01),
    ]


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[LiveServer]:
    async with live_server(tmp_path, build) as running:
        yield running


async def test_both_acks_come_first_and_a_start_is_acknowledged(server: LiveServer) -> None:
    async with client(server) as socket:
        assert [(await next_message(socket))["eventType"] for _ in range(2)] == [
            "connection.ack",
            "connection.lifecycle.ack",
        ]
        await socket.send(request("audio.input.start", samplingRate=48_000))
        assert (await message_of(socket, "audio.input.start"))["payload"] == {"success": True}
        chunk = await message_of(socket, "audio.output.chunk")
        assert len(chunk["payload"]["audio"]) == 2 * 1920  # type: ignore[index]


async def test_the_call_is_recorded_and_told_by_its_id(server: LiveServer) -> None:
    async with client(server) as socket:
        await socket.send(request("audio.input.start"))
        await message_of(socket, "audio.output.complete")
    await all_left(server)
    async with httpx.AsyncClient(base_url=server.url) as http:
        record = (await http.get(f"/calls/{one_call(server)}")).json()
    assert record["state"] == "ended"
    assert [line["text"] for line in record["transcript"]] == ["Hello, I am an AI assistant."]


def one_call(server: LiveServer) -> str:
    (folder,) = (server.data / "calls").glob("*/*")
    return folder.name


async def test_health_says_who_does_what(server: LiveServer) -> None:
    async with httpx.AsyncClient(base_url=server.url) as http, client(server) as socket:
        await next_message(socket)
        health = (await http.get("/health")).json()
    assert health["status"] == "ok"
    assert health["calls"] == {"live": 1, "capacity": 200}
    assert health["providers"] == {"stt": "deepgram", "llm": "openai", "tts": "cartesia"}
    assert health["smart_turn"] == "off"
    assert {kind: [told["name"] for told in names] for kind, names in health["provider_health"].items()} == {
        "stt": ["deepgram"],
        "llm": ["openai"],
        "tts": ["cartesia"],
    }


async def test_a_first_choice_that_is_left_alone_degrades_a_server_that_goes_on(server: LiveServer) -> None:
    board = server.services.board
    board.failed(Kind.TTS, "cartesia", time.monotonic(), Fault.AUTH, "the key test is bad")
    async with httpx.AsyncClient(base_url=server.url) as http, client(server) as socket:
        await next_message(socket)
        health = await http.get("/health")
    assert (health.status_code, health.json()["status"]) == (200, "degraded")
    [told] = health.json()["provider_health"]["tts"]
    assert (told["state"], told["error_rate"], told["last_fault"]) == ("open", 1.0, "auth")
    assert "is bad" not in health.text


@pytest.mark.parametrize(
    "call_id", ["nothing", "..%2f..%2fsecret", "00000000-0000-7000-8000-000000000000", "%2e%2e"]
)
async def test_a_record_that_is_not_there_is_not_found(server: LiveServer, call_id: str) -> None:
    async with httpx.AsyncClient(base_url=server.url) as http:
        assert (await http.get(f"/calls/{call_id}")).status_code == 404


@pytest.mark.parametrize("path", ["", "console/app.js", "console/style.css"])
async def test_the_page_is_served(server: LiveServer, path: str) -> None:
    async with httpx.AsyncClient(base_url=server.url) as http:
        assert (await http.get(f"/{path}")).status_code == 200


@pytest.mark.parametrize("path", ["", "other", "ws/more"])
async def test_a_socket_elsewhere_is_refused_at_the_handshake(server: LiveServer, path: str) -> None:
    with pytest.raises(InvalidStatus) as refused:
        await connect(server.url.replace("http", "ws") + path)
    assert refused.value.response.status_code in (403, 404)


async def test_a_query_is_no_other_path(server: LiveServer) -> None:
    async with connect(server.socket_url + "?token=1") as socket:
        assert (await next_message(socket))["eventType"] == "connection.ack"


async def test_a_page_from_elsewhere_is_refused(server: LiveServer) -> None:
    with pytest.raises(InvalidStatus) as refused:
        await connect(server.socket_url, origin="https://evil.example")  # type: ignore[arg-type]
    assert refused.value.response.status_code == 403
    assert b"VANTUM_ALLOWED_ORIGINS" in (refused.value.response.body or b"")


async def test_a_full_server_answers_503_at_the_handshake(tmp_path: Path) -> None:
    async with live_server(tmp_path, build, VANTUM_MAX_CALLS="1") as server, client(server) as socket:
        await next_message(socket)
        with pytest.raises(InvalidStatus) as refused:
            await connect(server.socket_url)
        assert refused.value.response.status_code == 503
        assert b"All 1 calls" in (refused.value.response.body or b"")


async def test_a_message_too_large_closes_1009(server: LiveServer) -> None:
    async with client(server) as socket:
        await socket.send(request("audio.input.chunk", audio=bytes(1_048_576)))
        assert await closed_with(socket) == 1009


async def test_too_many_messages_are_an_error_and_then_a_close_1008(tmp_path: Path) -> None:
    async with (
        live_server(tmp_path, build, VANTUM_MAX_MESSAGES_PER_SECOND="20") as server,
        client(server) as socket,
    ):
        for _ in range(21):
            await socket.send(request("audio.input.chunk", audio=b""))
        error = await message_of(socket, "error.system.transport")
        assert "at most 20 a second" in error["payload"]["message"]  # type: ignore[index]
        assert await closed_with(socket) == 1008


async def test_a_silent_client_is_closed(tmp_path: Path) -> None:
    async with live_server(tmp_path, build, VANTUM_IDLE_SECONDS="0.2") as server, client(server) as socket:
        assert await closed_with(socket) == 1001


async def test_a_handshake_that_does_not_come_is_closed(tmp_path: Path) -> None:
    async with live_server(tmp_path, build, VANTUM_HANDSHAKE_SECONDS="0.2") as server:
        host, port = server.url.removeprefix("http://").rstrip("/").split(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write(b"GET / HTT")
        async with asyncio.timeout(5):
            assert await reader.read() == b""
        writer.close()


async def test_a_pipeline_that_cannot_be_built_is_said_when_the_client_starts(tmp_path: Path) -> None:
    def broken(_: object) -> list[FrameProcessor]:
        raise RuntimeError("no such voice")

    async with live_server(tmp_path, broken) as server, client(server) as socket:
        await socket.send(request("audio.input.start"))
        error = await message_of(socket, "audio.input.error")
        assert "cannot start" in error["payload"]["message"]  # type: ignore[index]
        assert await closed_with(socket) == 1011


async def closed_with(socket: object) -> int:
    """The close code, after reading whatever comes before it."""
    try:
        async with asyncio.timeout(10):
            while True:
                await socket.recv()  # type: ignore[attr-defined]
    except ConnectionClosed as closed:
        return closed.rcvd.code if closed.rcvd else 1006


async def test_hundreds_that_leave_at_random_moments_leave_nothing_behind(tmp_path: Path) -> None:
    dice, turnstile = random.Random(7), asyncio.Semaphore(AT_A_TIME)

    async def visit(server: LiveServer, stay: float) -> None:
        async with turnstile:
            await leave_at(server, stay)

    settings = {"VANTUM_MAX_CALLS": "2000", "VANTUM_RESUME_SECONDS": "0"}
    async with live_server(tmp_path, build, **settings) as server:
        await leave_at(server, 0.05)
        await all_left(server)
        before, files = at_work(), open_files()
        stays = [dice.choice((0.0, dice.uniform(0, 0.1))) for _ in range(LEAVERS)]
        await asyncio.gather(*(visit(server, stay) for stay in stays))
        async with asyncio.timeout(60):
            while at_work() != before:  # noqa: ASYNC110 - nothing tells when all is over, which is the point
                await asyncio.sleep(0.05)
        await all_left(server)
        assert open_files() <= files + 2
    ends = [ended(folder) for folder in (server.data / "calls").glob("*/*")]
    assert LEAVERS / 2 < len(ends) <= LEAVERS + 1
    assert all(ends)


def at_work() -> tuple[int, int]:
    """How many tasks and threads there are."""
    return len(asyncio.all_tasks()), threading.active_count()


async def leave_at(server: LiveServer, stay: float) -> None:
    """Connect, perhaps start and speak, and drop the connection after ``stay`` seconds, wherever it is then."""
    try:
        async with asyncio.timeout(stay or None):
            async with connect(server.socket_url, compression=None) as socket:
                if not stay:
                    socket.transport.abort()
                    return
                await socket.send(request("audio.input.start"))
                while True:
                    await socket.send(request("audio.input.chunk", audio=bytes(640)))
                    await socket.recv()
    except (TimeoutError, ConnectionClosed, OSError, EOFError):
        pass


async def all_left(server: LiveServer) -> None:
    async with asyncio.timeout(30):
        while server.calls.live or not all(map(ended, (server.data / "calls").glob("*/*"))):  # noqa: ASYNC110
            await asyncio.sleep(0.02)


def ended(folder: Path) -> bool:
    events = folder / "events.jsonl"
    lines = events.read_text().splitlines() if events.exists() else []
    return bool(lines) and json.loads(lines[-1])["event"] == "call_ended"


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))
