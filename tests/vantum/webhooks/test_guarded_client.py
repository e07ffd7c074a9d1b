"""The client connects to the very address that it has looked at, and to no other."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import httpcore
import httpx
import pytest

from vantum.webhooks.addresses import Reach
from vantum.webhooks.guarded_client import AGENT, GuardedBackend, Resolve, guarded_client, resolved

pytestmark = pytest.mark.real_time
FINE = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


class Names:
    """A name server that answers anew each time; the last answer stays."""

    def __init__(self, *answers: Sequence[str]) -> None:
        self.asked: list[tuple[str, int]] = []
        self._answers = [*answers]

    async def __call__(self, host: str, port: int) -> Sequence[str]:
        self.asked.append((host, port))
        return self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]


@asynccontextmanager
async def server(answer: bytes = FINE) -> AsyncIterator[tuple[int, list[bytes]]]:
    """A server on this machine: its port, and the heads of the requests it was sent."""
    heads: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                heads.append(head)
                writer.write(answer)
                await writer.drain()
        except asyncio.IncompleteReadError:
            pass
        finally:
            writer.close()

    listening = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with listening:
        yield listening.sockets[0].getsockname()[1], heads


async def get(port: int, resolve: Resolve, reach: Reach = Reach.ANYWHERE) -> httpx.Response:
    async with guarded_client(reach, resolve) as http:
        return await http.get(f"http://hooks.example:{port}/in")


async def test_the_name_stands_in_the_request_and_the_address_is_the_one_looked_at() -> None:
    names = Names(["127.0.0.1"])
    async with server() as (port, heads), guarded_client(Reach.ANYWHERE, names) as http:
        for _ in range(2):
            assert (await http.get(f"http://hooks.example:{port}/in")).text == "ok"
        assert names.asked == [("hooks.example", port)]
    assert len(heads) == 2
    lines = heads[0].decode().split("\r\n")
    assert lines[0] == "GET /in HTTP/1.1"
    assert f"Host: hooks.example:{port}" in lines
    assert f"User-Agent: {AGENT}" in lines
    assert "Accept-Encoding: identity" in lines


@pytest.mark.parametrize(
    "found", [[], ["127.0.0.1"], ["10.0.0.1", "::1", "169.254.169.254"], ["not an address"]]
)
async def test_a_name_that_leads_to_no_public_address_is_refused(found: list[str]) -> None:
    async with server() as (port, heads):
        backend = GuardedBackend(Reach.PUBLIC, Names(found))
        with pytest.raises(httpcore.ConnectError, match="no public address"):
            await backend.connect_tcp("hooks.example", port)
    assert heads == []


async def test_a_name_that_changes_its_mind_gains_nothing() -> None:
    # Whoever asks twice is told a public address first, and then this machine's.
    names = Names(["2001:db8::1", "192.0.2.1"], ["127.0.0.1"])
    async with server() as (port, heads):
        backend = GuardedBackend(Reach.PUBLIC, names)
        with pytest.raises(httpcore.ConnectError):
            await backend.connect_tcp("hooks.example", port)
        assert names.asked == [("hooks.example", port)]
    assert heads == []


async def test_an_address_that_does_not_answer_is_followed_by_the_next() -> None:
    async with server() as (port, _):
        # Nobody listens on 127.0.0.2: the server is on 127.0.0.1 alone.
        assert (await get(port, Names(["127.0.0.2", "127.0.0.1"]))).status_code == 200
        with pytest.raises(httpx.ConnectError):
            await get(port, Names(["127.0.0.2", "127.0.0.3"]))
        with pytest.raises(httpx.ConnectError):
            await get(port, Names(["127.0.0.2", "127.0.0.3", "127.0.0.4", "127.0.0.1"]))


async def test_a_name_that_nobody_knows_is_told_as_such() -> None:
    async def unknown(_host: str, _port: int) -> Sequence[str]:
        raise OSError("Name or service not known")

    with pytest.raises(httpx.ConnectError, match="The name is not known"):
        await get(80, unknown)


async def test_what_may_not_be_called_is_not() -> None:
    with pytest.raises(httpx.UnsupportedProtocol, match="https"):
        await get(80, Names(["8.8.8.8"]), Reach.PUBLIC)


async def test_redirects_are_not_followed() -> None:
    moved = b"HTTP/1.1 302 Found\r\nLocation: http://hooks.example/other\r\nContent-Length: 0\r\n\r\n"
    async with server(moved) as (port, heads):
        assert (await get(port, Names(["127.0.0.1"]))).status_code == 302
    assert len(heads) == 1


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "127.1", "2130706433", "0x7f.1"])
async def test_however_this_machine_is_written_it_is_found_out(host: str) -> None:
    found = await resolved(host, 80)
    assert "127.0.0.1" in found or "::1" in found
    with pytest.raises(httpcore.ConnectError, match="no public address"):
        await GuardedBackend(Reach.PUBLIC).connect_tcp(host, 80)
