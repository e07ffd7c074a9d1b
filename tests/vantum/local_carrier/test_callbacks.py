"""What is posted beside a call: in order, within bounds, and not after the call was cut off."""

from __future__ import annotations

import asyncio

from tests.vantum.local_carrier.kit import FakeServer
from vantum.local_carrier.callbacks import DRAIN_SECONDS, MOST_WAITING, Callbacks
from vantum.local_carrier.own_server import ServerError, ServerGoneError


def told(server: FakeServer) -> list[str]:
    return [posted.url for posted in server.posted]


async def test_what_is_told_is_posted_in_order_and_what_waits_at_the_end() -> None:
    server = FakeServer()
    server.slowness = 0.1
    async with Callbacks(server.as_server) as callbacks:
        for number in range(3):
            callbacks.tell(str(number), {})
    assert told(server) == ["0", "1", "2"]
    assert [posted.time for posted in server.posted] == [0.1, 0.2, 0.3]


async def test_a_server_that_does_not_listen_is_told_the_rest() -> None:
    server = FakeServer(amd=ServerError(11200, "no answer."))
    async with Callbacks(server.as_server) as callbacks:
        callbacks.tell("http://server/twilio/amd/1", {})
        callbacks.tell("next", {})
    assert told(server) == ["http://server/twilio/amd/1", "next"]


async def test_a_server_that_is_gone_is_told_nothing_more() -> None:
    server = FakeServer(amd=ServerGoneError(11200, "there is no connection."))
    async with Callbacks(server.as_server) as callbacks:
        callbacks.tell("http://server/twilio/amd/1", {})
        callbacks.tell("next", {})
    assert told(server) == ["http://server/twilio/amd/1"]


async def test_a_server_that_hangs_holds_up_the_end_for_a_while_only() -> None:
    server = FakeServer()
    server.slowness = 1000.0
    async with Callbacks(server.as_server) as callbacks:
        callbacks.tell("never", {})
    assert asyncio.get_running_loop().time() == DRAIN_SECONDS
    assert told(server) == []


async def test_who_is_cut_off_tells_nothing_more() -> None:
    server = FakeServer()
    server.slowness = 0.1

    async def talk() -> None:
        async with Callbacks(server.as_server) as callbacks:
            for number in range(3):
                callbacks.tell(str(number), {})
            await asyncio.sleep(1000)

    talking = asyncio.create_task(talk())
    await asyncio.sleep(0.15)
    talking.cancel()
    await asyncio.gather(talking, return_exceptions=True)
    await asyncio.sleep(1)
    assert told(server) == ["0"]


async def test_only_so_much_waits() -> None:
    server = FakeServer()
    async with Callbacks(server.as_server) as callbacks:
        for number in range(MOST_WAITING + 10):
            callbacks.tell(str(number), {})
    assert len(server.posted) == MOST_WAITING


async def test_what_is_never_begun_is_ended_without_harm() -> None:
    await Callbacks(FakeServer().as_server).__aexit__(None, None, None)
