"""Probes on real sockets: who works, who refuses the key, and who is not there at all."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest
from aiohttp import web

from tests.wire.cartesia_server import CartesiaServer
from tests.wire.conftest import until
from tests.wire.deepgram_server import DeepgramServer
from vantum.core.breaker import Circuit
from vantum.core.choice import Kind
from vantum.core.faults import Fault
from vantum.core.provider_board import ProviderBoard
from vantum.core.provider_specs import SPECS, Probe, Spec
from vantum.listener import listening_socket
from vantum.probes import Prober, ask_provider

pytestmark = pytest.mark.real_time

PLAIN = Spec("plain", "Plain", (Kind.LLM,), settings={"PLAIN_URL": "https://plain.example"})


@dataclass(slots=True)
class Models:
    """A server with a list of models."""

    url: str = ""
    status: int = 200
    seen: list[tuple[str, str | None]] = field(default_factory=list)

    async def tell(self, request: web.Request) -> web.Response:
        self.seen.append((request.path, request.headers.get("Authorization")))
        return web.json_response({"data": []}, status=self.status)


@asynccontextmanager
async def models(status: int = 200) -> AsyncIterator[Models]:
    server = Models(status=status)
    app = web.Application()
    app.router.add_get("/v1/models", server.tell)
    runner = web.AppRunner(app)
    await runner.setup()
    with listening_socket("127.0.0.1", 0) as listening:
        await web.SockSite(runner, listening).start()
        server.url = f"http://127.0.0.1:{listening.getsockname()[1]}/v1"
        try:
            yield server
        finally:
            await runner.cleanup()


def deepgram(url: str, key: str = "test-key") -> dict[str, str]:
    return {"DEEPGRAM_URL": url, "DEEPGRAM_MODEL": "nova-3", "DEEPGRAM_API_KEY": key}


def cartesia(url: str, key: str = "test-key") -> dict[str, str]:
    return {"CARTESIA_URL": url, "CARTESIA_API_KEY": key}


def openai(url: str, key: str = "test-key") -> dict[str, str]:
    return {"OPENAI_BASE_URL": url, "OPENAI_API_KEY": key}


def nobody() -> str:
    """An address at which nobody listens."""
    with listening_socket("127.0.0.1", 0) as free:
        return f"127.0.0.1:{free.getsockname()[1]}"


async def refused(spec: Spec, values: dict[str, str]) -> Exception:
    with pytest.raises(Exception, match=r".") as caught:
        await ask_provider(spec, values)
    return caught.value


async def well(name: str, values: dict[str, str]) -> bool:
    """Whether a provider that failed is used again after its probe."""
    board = ProviderBoard({Kind.STT: (name,)})
    board.failed(Kind.STT, name, time.monotonic() - 60.0, Fault.AUTH)
    prober = asyncio.create_task(Prober(board, lambda _: values).run())
    try:
        await asyncio.sleep(0)
        await until(lambda: _circuit(board) is not Circuit.HALF_OPEN)
        return board.usable(Kind.STT, name)
    finally:
        prober.cancel()
        await asyncio.wait((prober,))


def _circuit(board: ProviderBoard) -> Circuit:
    return board.standings(time.monotonic())[0].circuit


async def test_deepgram_is_opened_and_closed_with_the_key() -> None:
    async with DeepgramServer() as server:
        await ask_provider(SPECS["deepgram"], deepgram(server.url))
        await until(lambda: len(server.received) == 2)
        [opened, closed] = server.received
    assert (opened.path, opened.status, opened.headers["Authorization"]) == (  # type: ignore[union-attr]
        "/v1/listen",
        101,
        "Token test-key",
    )
    assert closed.code == 1000  # type: ignore[union-attr]
    assert server.audio == b""


async def test_cartesia_is_opened_and_closed_with_the_key() -> None:
    async with CartesiaServer() as server:
        await ask_provider(SPECS["cartesia"], cartesia(server.url))
        await until(lambda: len(server.received) == 2)
    assert [type(event).__name__ for event in server.received] == ["Opened", "Closed"]


@pytest.mark.parametrize(("key", "sent"), [("test-key", "Bearer test-key"), ("", "Bearer none")])
async def test_openai_is_asked_for_its_models(key: str, sent: str) -> None:
    async with models() as server:
        await ask_provider(SPECS["openai"], openai(server.url, key))
    assert server.seen == [("/v1/models", sent)]


async def test_any_other_provider_is_connected_to() -> None:
    async with models() as server:
        await ask_provider(PLAIN, {"PLAIN_URL": server.url})
    assert server.seen == []
    assert isinstance(await refused(PLAIN, {"PLAIN_URL": f"http://{nobody()}"}), OSError)


async def test_a_certificate_is_asked_for_where_the_address_has_one() -> None:
    spec = Spec("s", "S", (Kind.LLM,), settings={"S_URL": "https://s"}, probe=Probe("{S_URL}/v1/models"))
    async with models() as server:
        secure = server.url.replace("http:", "https:")
        for tried, address in ((PLAIN, {"PLAIN_URL": secure}), (spec, {"S_URL": secure})):
            assert "SSL" in repr(await refused(tried, address)).upper()
        assert (
            "SSL" in repr(await refused(SPECS["deepgram"], deepgram(secure.replace("https", "wss")))).upper()
        )


async def test_a_provider_that_takes_the_key_is_used_again() -> None:
    async with DeepgramServer() as server:
        assert await well("deepgram", deepgram(server.url))


@pytest.mark.parametrize(
    ("status", "used"), [(200, True), (404, True), (401, False), (429, False), (503, False)]
)
async def test_the_answer_tells_whether_it_is_used(status: int, used: bool) -> None:
    async with models(status) as server:
        assert await well("openai", openai(server.url)) is used


async def test_a_provider_that_refuses_the_key_is_left_alone() -> None:
    async with DeepgramServer() as server, CartesiaServer() as voice:
        assert not await well("deepgram", deepgram(server.url, "bad"))
        assert not await well("cartesia", cartesia(voice.url, "bad"))


async def test_a_provider_that_is_not_there_is_left_alone() -> None:
    assert not await well("deepgram", deepgram(f"ws://{nobody()}"))
    assert not await well("openai", openai(f"http://{nobody()}/v1"))
