"""Tokens over HTTP and at the socket: who gets one, what it allows, and what is said to who has none."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from pipecat.processors.frame_processor import FrameProcessor
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from processors.context_aggregator import ContextAggregator
from tests.live_server import LiveServer, live_server, message_of, request
from tests.vantum.api_kit import API_KEYS, Desk, client_of, desk, flaws
from vantum.api_tokens import NOT_HERE, OFF
from vantum.core.access_token import LONGEST, Denial
from vantum.parts import Call
from vantum.testing import ScriptedTTS

SECRET = "a-secret-of-the-tests-" * 2
KEY = {"Authorization": "Bearer a-key-of-the-tests"}
AUTH: dict[str, Any] = {"VANTUM_AUTH": "token", "VANTUM_TOKEN_SECRET": SECRET}


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Desk]:
    async with desk(tmp_path, **AUTH) as opened:
        yield opened


# --- making ------------------------------------------------------------------------------------------


async def test_a_token_is_made_and_told(office: Desk) -> None:
    answer = await office.http.post("/api/tokens", json={})
    made = answer.json()
    assert answer.status_code == 201
    assert answer.headers["cache-control"] == "no-store"
    assert re.fullmatch(r"vt1\.[\w-]+\.[\w-]+", made.pop("token"))
    assert (made["uses"], made["pipeline"]) == (1, "served")
    assert set(made) == {"expiresAt", "uses", "pipeline"}


async def test_all_that_can_be_asked_for_stands_in_it(office: Desk) -> None:
    asked = {
        "pipeline": "other",
        "ttl": 3600,
        "uses": 5,
        "origin": "https://Shop.example",
        "variables": {"name": "Anna"},
    }
    made = (await office.http.post("/api/tokens", json=asked)).json()
    assert (made["uses"], made["pipeline"]) == (5, "other")


@pytest.mark.parametrize(
    ("asked", "where"),
    [
        ({"ttl": 0}, "ttl"),
        ({"ttl": 3601}, "ttl"),
        ({"ttl": "60"}, "ttl"),
        ({"ttl": 1.5}, "ttl"),
        ({"ttl": 10**400}, "ttl"),
        ({"uses": 0}, "uses"),
        ({"uses": 1001}, "uses"),
        ({"uses": True}, "uses"),
        ({"origin": "shop.example"}, "origin"),
        ({"origin": "https://shop.example/path"}, "origin"),
        ({"origin": "*"}, "origin"),
        ({"pipeline": "nobody"}, "pipeline"),
        ({"pipeline": "../../etc/passwd"}, "pipeline"),
        ({"pipeline": "_private"}, "pipeline"),
        ({"variables": {"a": "x" * LONGEST}}, "variables.a"),
        ({"variables": {f"a{n}": "x" * 900 for n in range(5)}}, "variables"),
        ({"variables": {"a b": "x"}}, "variables.a b.[key]"),
        ({"key": "x"}, "key"),
    ],
)
async def test_what_no_token_can_allow_is_told(office: Desk, asked: dict[str, object], where: str) -> None:
    found = flaws(await office.http.post("/api/tokens", json=asked))
    assert list(found) == [f"body.{where}"]


@pytest.mark.parametrize(
    "headers", [{}, {"Authorization": "Bearer wrong"}, {"Authorization": f"Bearer {SECRET}"}]
)
async def test_with_keys_only_who_has_one_makes_tokens(tmp_path: Path, headers: dict[str, str]) -> None:
    async with desk(tmp_path, VANTUM_API_KEYS=API_KEYS, **AUTH) as office:
        assert (await office.http.post("/api/tokens", json={}, headers=headers)).status_code == 401
        assert (await office.http.post("/api/tokens", json={}, headers=KEY)).status_code == 201


async def test_without_keys_only_this_machine_makes_tokens(office: Desk) -> None:
    async with client_of(office.app, ("93.184.216.34", 1)) as http:
        assert (await http.post("/api/tokens", json={})).status_code == 403


async def test_while_nobody_needs_a_token_none_is_made(tmp_path: Path) -> None:
    async with desk(tmp_path) as office:
        for path in ("/api/tokens", "/token"):
            answer = await office.http.post(path, json={})
            assert (answer.status_code, answer.json()) == (409, {"detail": OFF})
        assert 'data-auth="off"' in (await office.http.get("/")).text


# --- the page ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("keys", ["", API_KEYS])
async def test_the_page_on_this_machine_gets_a_token_by_itself(tmp_path: Path, keys: str) -> None:
    async with desk(tmp_path, VANTUM_API_KEYS=keys, **AUTH) as office:
        assert 'data-auth="token"' in (await office.http.get("/")).text
        answer = await office.http.post("/token", headers={"Origin": "http://127.0.0.1:8080"})
    assert (answer.status_code, answer.json()["uses"]) == (201, 1)


@pytest.mark.parametrize(
    ("client", "headers"),
    [
        ("93.184.216.34", {}),
        ("127.0.0.1", {"Host": "phone.example.test"}),
        ("127.0.0.1", {"Origin": "https://evil.example"}),
        ("127.0.0.1", {"Origin": "null"}),
        ("127.0.0.1", {"X-Forwarded-For": "127.0.0.1"}),
    ],
)
async def test_no_other_page_does(office: Desk, client: str, headers: dict[str, str]) -> None:
    async with client_of(office.app, (client, 1), **headers) as http:
        answer = await http.post("/token")
    assert (answer.status_code, answer.json()) == (403, {"detail": NOT_HERE})


# --- at the socket -----------------------------------------------------------------------------------


def greet(call: object) -> list[FrameProcessor]:
    assert isinstance(call, Call)
    name = call.variables.get("name", "stranger")
    return [ContextAggregator(prompt="", greeting=f"Hello {name}."), ScriptedTTS(first_audio=0.01)]


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[LiveServer]:
    async with live_server(tmp_path, greet, **AUTH) as running:
        yield running


async def made(server: LiveServer, **asked: object) -> str:
    async with httpx.AsyncClient(base_url=server.url, trust_env=False) as http:
        answer = await http.post("/api/tokens", json=asked)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["token"])


async def refused(url: str, **options: object) -> tuple[int, str]:
    with pytest.raises(InvalidStatus) as caught:
        await connect(url, **options)  # type: ignore[arg-type]
    response = caught.value.response
    assert (response.headers.get("WWW-Authenticate") == "Bearer") == (response.status_code == 401)
    return response.status_code, (response.body or b"").decode().strip()


def told(denial: Denial) -> tuple[int, str]:
    return denial.status, denial.sentence


@pytest.mark.real_time
async def test_with_a_token_there_is_a_call_and_it_knows_what_it_was_given(server: LiveServer) -> None:
    token = await made(server, variables={"name": "Anna"})
    async with connect(f"{server.socket_url}?token={token}", compression=None) as socket:
        await socket.send(request("audio.input.start"))
        await message_of(socket, "audio.output.complete")
    await left(lambda: server.calls.live == 0)
    server.services.writer.flush()
    [transcript] = server.data.glob("calls/*/*/transcript.txt")
    assert "Hello Anna." in transcript.read_text()
    assert await refused(f"{server.socket_url}?token={token}") == told(Denial.USED)


@pytest.mark.real_time
async def test_a_program_may_send_it_in_a_header(server: LiveServer) -> None:
    header = {"Authorization": f"Bearer {await made(server)}"}
    async with connect(server.socket_url, additional_headers=header, compression=None) as socket:
        await message_of(socket, "connection.ack")


@pytest.mark.real_time
@pytest.mark.parametrize(
    ("query", "denial"),
    [
        ("", Denial.MISSING),
        ("?token=", Denial.MISSING),
        ("?other=1", Denial.MISSING),
        ("?token=x", Denial.FORGED),
        ("?token=vt1..", Denial.FORGED),
        ("?token=%00%ff", Denial.FORGED),
        (f"?token={'x' * 7000}", Denial.FORGED),
        ("?token=a-key-of-the-tests", Denial.FORGED),
    ],
)
async def test_without_a_good_token_nobody_calls(server: LiveServer, query: str, denial: Denial) -> None:
    assert await refused(server.socket_url + query) == told(denial)
    assert server.calls.live == 0


@pytest.mark.real_time
async def test_a_changed_token_is_none(server: LiveServer) -> None:
    token = await made(server, uses=2)
    assert await refused(f"{server.socket_url}?token={token[:-2]}") == told(Denial.FORGED)
    assert await refused(f"{server.socket_url}?token={token}x") == told(Denial.FORGED)


@pytest.mark.real_time
async def test_an_expired_token_is_none(server: LiveServer, monkeypatch: pytest.MonkeyPatch) -> None:
    token = await made(server, ttl=1)
    monkeypatch.setattr("vantum.tokens.time", _Later)
    assert await refused(f"{server.socket_url}?token={token}") == told(Denial.EXPIRED)


class _Later:
    """The year 2100."""

    @staticmethod
    def time() -> float:
        return 4_102_444_800.0


@pytest.mark.real_time
async def test_a_token_of_one_site_is_for_its_pages_only(tmp_path: Path) -> None:
    sites = "https://shop.example,https://other.example"
    async with live_server(tmp_path, greet, VANTUM_ALLOWED_ORIGINS=sites, **AUTH) as server:
        url = f"{server.socket_url}?token={await made(server, origin='https://shop.example')}"
        assert await refused(url) == told(Denial.ORIGIN)
        assert await refused(url, origin="https://other.example") == told(Denial.ORIGIN)
        assert (await refused(url, origin="https://evil.example"))[0] == 403
        async with connect(url, origin="https://shop.example", compression=None) as socket:  # type: ignore[arg-type]
            await message_of(socket, "connection.ack")


@pytest.mark.real_time
async def test_a_full_server_uses_up_no_token(tmp_path: Path) -> None:
    async with live_server(tmp_path, greet, VANTUM_MAX_CALLS="1", **AUTH) as server:
        first, second = await made(server), await made(server)
        async with connect(f"{server.socket_url}?token={first}", compression=None) as socket:
            await message_of(socket, "connection.ack")
            assert (await refused(f"{server.socket_url}?token={second}"))[0] == 503
        await left(lambda: server.calls.live == 0)
        async with connect(f"{server.socket_url}?token={second}", compression=None) as socket:
            await message_of(socket, "connection.ack")


async def left(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110 - nothing tells when a call is over
            await asyncio.sleep(0.01)


@pytest.mark.real_time
async def test_while_tokens_are_off_nobody_needs_a_token(tmp_path: Path) -> None:
    async with (
        live_server(tmp_path, greet) as server,
        connect(f"{server.socket_url}?token=x", compression=None) as socket,
    ):
        await message_of(socket, "connection.ack")
