"""Our own server, called: signed as our check of signatures wants it, and nobody else is called."""

from __future__ import annotations

from collections.abc import AsyncGenerator

import pytest
from aiohttp import web
from starlette.datastructures import FormData

from transports.twilio.signature import Signatures
from vantum.local_carrier.own_server import OwnServer, ServerError, ServerGoneError

pytestmark = pytest.mark.real_time

TOKEN = "a-token-of-the-process"


class Site:
    """A server that keeps what it was asked; ``/500`` and ``/302`` answer so."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, dict[str, str], dict[str, str]]] = []
        app = web.Application()
        app.router.add_post("/{path:.*}", self._hook)
        app.router.add_get("/stream", self._stream)
        self.runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.runner.addresses[0][1]}"

    async def _hook(self, request: web.Request) -> web.Response:
        form = {name: str(value) for name, value in (await request.post()).items()}
        self.asked.append((request.path, form, dict(request.headers)))
        if request.path == "/drop" and request.transport is not None:
            request.transport.abort()
            return web.Response()
        if request.path == "/302":
            raise web.HTTPFound("/elsewhere")
        return web.Response(text="<Response/>", status=int(request.path[1:] or 200))

    async def _stream(self, request: web.Request) -> web.WebSocketResponse:
        self.asked.append((request.path, {}, dict(request.headers)))
        socket = web.WebSocketResponse(timeout=1)
        await socket.prepare(request)
        await socket.send_str("hello")
        await socket.close()
        return socket


@pytest.fixture
async def site() -> AsyncGenerator[Site, None]:
    found = Site()
    await found.runner.setup()
    await web.TCPSite(found.runner, "127.0.0.1", 0).start()
    yield found
    await found.runner.cleanup()


@pytest.fixture
async def server(site: Site) -> AsyncGenerator[OwnServer, None]:
    opened = OwnServer(f"{site.url}/", TOKEN)
    yield opened
    await opened.close()


async def test_a_form_is_signed_so_that_our_server_takes_it(site: Site, server: OwnServer) -> None:
    form = {"CallSid": "CA1", "To": "+15550100001", "Words": "ü & ="}
    assert await server.post(f"{site.url}/200", form) == "<Response/>"
    ((path, sent, headers),) = site.asked
    signatures = Signatures(TOKEN, site.url)
    assert sent == form
    assert signatures.of_post(path, FormData(sent), headers)
    assert not Signatures("another", site.url).of_post(path, FormData(sent), headers)


async def test_a_stream_is_opened_with_a_signature(site: Site, server: OwnServer) -> None:
    url = site.url.replace("http", "ws") + "/stream"
    async with await server.connect(url) as socket:
        assert await socket.recv() == "hello"
    ((path, _, headers),) = site.asked
    assert Signatures(TOKEN, site.url).of_upgrade(path, {name.title(): it for name, it in headers.items()})


@pytest.mark.parametrize("status", [500, 302, 404, 403])
async def test_any_answer_but_a_good_one_is_an_error(site: Site, server: OwnServer, status: int) -> None:
    with pytest.raises(ServerError, match=f"11200: the answer was {status}"):
        await server.post(f"{site.url}/{status}", {})
    assert len(site.asked) == 1


@pytest.mark.parametrize(
    "url", ["http://example.test/200", "https://127.0.0.1/200", "{site}.example.test/", "/200"]
)
async def test_nobody_else_is_called(site: Site, server: OwnServer, url: str) -> None:
    url = url.format(site=site.url)
    with pytest.raises(ServerError, match="11200: the address is not the server's own"):
        await server.post(url, {})
    with pytest.raises(ServerError, match="31920: the stream's address"):
        await server.connect(url.replace("http", "ws"))


async def test_an_answer_that_never_comes_is_an_error(site: Site, server: OwnServer) -> None:
    with pytest.raises(ServerError, match="11200: no answer") as caught:
        await server.post(f"{site.url}/drop", {})
    assert not isinstance(caught.value, ServerGoneError)


async def test_a_stream_with_a_query_is_refused_as_the_carrier_does(site: Site, server: OwnServer) -> None:
    with pytest.raises(ServerError, match="31920"):
        await server.connect(site.url.replace("http", "ws") + "/stream?a=1")


async def test_a_stream_that_is_refused_says_so(site: Site, server: OwnServer) -> None:
    with pytest.raises(ServerError, match=r"31920: the stream was refused \(InvalidStatus\)"):
        await server.connect(site.url.replace("http", "ws") + "/other")


async def test_a_server_that_is_gone_does_not_answer(site: Site, server: OwnServer) -> None:
    url = site.url
    await site.runner.cleanup()
    with pytest.raises(ServerGoneError, match="11200: there is no connection"):
        await server.post(f"{url}/200", {})
    with pytest.raises(ServerError, match="31902: there is no connection"):
        await server.connect(url.replace("http", "ws") + "/stream")
