"""The doorman: what it sees of a connection, what it leaves in it, and whom it does not wait for."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from unittest.mock import patch

import pytest

from vantum.core.routing import ANYBODY, MOST_HEAD_BYTES, Wish, wish_of
from vantum.listening import listening_socket
from vantum.workers import doorman as module
from vantum.workers.doorman import Doorman

pytestmark = pytest.mark.real_time

CALL = "019ad5e0-0000-7000-8000-000000c0ffee"
HEAD = f"GET /calls/{CALL} HTTP/1.1\r\nHost: here\r\n\r\n".encode()
WISH = Wish(("00c0ffee",))


class House:
    """A doorman at a door, and what was handed on: each connection's wish, and all that could be read from it."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.handed: list[tuple[Wish, bytes]] = []
        self.doorman: Doorman

    async def hand(self, connection: socket.socket, wish: Wish) -> None:
        self.handed.append((wish, await asyncio.get_running_loop().sock_recv(connection, 100_000)))
        connection.send(b"served")

    async def visitor(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        return await asyncio.open_connection("127.0.0.1", self.port)


@asynccontextmanager
async def house(seconds: float = 5.0) -> AsyncIterator[House]:
    with listening_socket("127.0.0.1", 0) as listening:
        built = House(listening.getsockname()[1])
        built.doorman = Doorman(listening, built.hand, seconds)
        built.doorman.open()
        yield built
        await built.doorman.close()


async def until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(5.0):
        while not condition():  # noqa: ASYNC110 - sockets tell nobody
            await asyncio.sleep(0.005)


async def test_a_head_is_seen_and_left_where_it_was() -> None:
    async with house() as built:
        reader, writer = await built.visitor()
        writer.write(HEAD + b"body")
        assert await reader.read() == b"served"
        assert built.handed == [(WISH, HEAD + b"body")]
        writer.close()


async def test_a_head_in_pieces_is_waited_for_without_work() -> None:
    async with house() as built:
        reader, writer = await built.visitor()
        looks = 0

        def counted(head: bytes, peer: str, trusted: object) -> Wish | None:
            nonlocal looks
            looks += 1
            return wish_of(head, peer)

        with patch.object(module, "wish_of", counted):
            for start in range(0, len(HEAD), 20):
                writer.write(HEAD[start : start + 20])
                await asyncio.sleep(0.02)
            assert await reader.read() == b"served"
        assert built.handed == [(WISH, HEAD)]
        assert looks <= 6
        writer.close()


async def test_slow_and_silent_ones_hold_up_nobody_and_are_closed() -> None:
    async with house(seconds=0.3) as built:
        silent = [await built.visitor() for _ in range(50)]
        for _, writer in silent[:25]:
            writer.write(b"GET / HTTP/1.1\r\nX: ")
        await until(lambda: built.doorman.looked_at == 50)
        reader, writer = await built.visitor()
        writer.write(HEAD)
        assert await reader.read() == b"served"
        writer.close()
        for reader, writer in silent:
            # Nothing of what they have sent was read: it is a reset where there was something.
            with suppress(ConnectionResetError):
                assert await reader.read() == b""
            writer.close()
        assert built.handed == [(WISH, HEAD)]
        await until(lambda: built.doorman.looked_at == 0)


async def test_a_client_that_leaves_before_it_has_asked_is_forgotten() -> None:
    async with house() as built:
        for sent in (b"", b"GET /"):
            _, writer = await built.visitor()
            writer.write(sent)
            writer.close()
        await asyncio.sleep(0.05)
        await until(lambda: built.doorman.looked_at == 0)
        assert built.handed == []


async def test_a_head_that_is_too_long_is_somebody_elses_to_refuse() -> None:
    async with house() as built:
        reader, writer = await built.visitor()
        writer.write(b"GET /" + b"x" * MOST_HEAD_BYTES)
        assert await reader.read() == b"served"
        assert built.handed[0][0] == ANYBODY
        writer.close()


async def test_beyond_so_many_who_has_waited_longest_is_let_go() -> None:
    with patch.object(module, "MOST_LOOKED_AT", 2):
        async with house() as built:
            waiting = [await built.visitor() for _ in range(2)]
            await until(lambda: built.doorman.looked_at == 2)
            reader, writer = await built.visitor()
            writer.write(HEAD)
            assert await reader.read() == b"served"
            assert built.handed == [(WISH, HEAD)]
            assert await waiting[0][0].read() == b""
            assert built.doorman.looked_at == 1
            for _, other in (*waiting, (reader, writer)):
                other.close()


async def test_where_no_more_may_be_opened_it_rests_and_goes_on() -> None:
    class Full:
        """A listening socket that can accept nobody at first."""

        def __init__(self, listening: socket.socket) -> None:
            self._listening = listening
            self.tries = 0

        def accept(self) -> tuple[socket.socket, tuple[str, int]]:
            self.tries += 1
            if self.tries == 1:
                raise OSError(24, "Too many open files")
            return self._listening.accept()

        def fileno(self) -> int:
            return self._listening.fileno()

    async with house() as built:
        full = Full(built.doorman._listening)
        built.doorman._listening = full  # type: ignore[assignment]
        reader, writer = await built.visitor()
        writer.write(HEAD)
        assert await reader.read() == b"served"
        assert full.tries < 10
        writer.close()


async def test_who_waits_at_the_end_is_let_go() -> None:
    async with house() as built:
        reader, writer = await built.visitor()
        await until(lambda: built.doorman.looked_at == 1)
    assert await reader.read() == b""
    writer.close()
