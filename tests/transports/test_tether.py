"""A client on one connection after the other: when it is waited for, how long, and what becomes of the old ones."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

import pytest

from tests.transports.test_connection import FakeSocket, Taker, now
from transports.connection import TAKEN_OVER, Connection, ConnectionLimits, Leave
from transports.socket import Gone
from transports.tether import Tether


@dataclass
class Holder:
    """Notes what it is told, and when."""

    told: list[tuple[float, str]] = field(default_factory=list)

    def detached(self, reason: str) -> None:
        self.told.append((now(), reason))

    def attached(self, seconds: float) -> None:
        self.told.append((now(), f"back after {round(seconds, 9)}"))

    def left(self) -> None:
        self.told.append((now(), "left"))


class Client:
    """A tether whose sockets are the test's; it is waited for ``seconds``."""

    def __init__(self, seconds: float = 30.0, idle_seconds: float = 1_800.0) -> None:
        self.holder, self.taker = Holder(), Taker()
        self.limits = ConnectionLimits(idle_seconds=idle_seconds)
        self.sockets = [FakeSocket()]
        self.tether = Tether(Connection(self.sockets[0], self.limits, "test"), self.holder)
        self.tether.wait_up_to(seconds)
        self.loop = asyncio.get_running_loop()

    def at(self, at: float, number: int, *messages: str | Gone) -> None:
        """Connection ``number`` hears something."""
        self.loop.call_at(at, lambda: self.sockets[number].hears(*messages))

    def comes_back(self, at: float) -> None:
        """There is another connection."""
        self.loop.call_at(at, self._take)

    def _take(self) -> None:
        self.sockets.append(FakeSocket())
        self.tether.take(Connection(self.sockets[-1], self.limits, "test"))

    async def serve(self) -> str:
        """Serve to the end, and close."""
        reason = await self.tether.serve(self.taker.take, self.taker.floods.append)
        ended = now()
        await self.tether.close(reason)
        self.holder.told.append((ended, reason))
        return reason

    @property
    def closed(self) -> list[list[tuple[float, int, str]]]:
        return [socket.closed for socket in self.sockets]


async def test_who_is_lost_and_back_is_served_on() -> None:
    client = Client()
    client.at(1.0, 0, "one", Gone(1006))
    client.loop.call_at(2.0, client.tether.put, "to nobody")
    client.comes_back(4.0)
    client.at(5.0, 1, "two", Gone(1000))
    client.loop.call_at(4.5, client.tether.put, "news")
    assert await client.serve() == "client left"
    assert client.taker.taken == [(1.0, "one"), (5.0, "two")]
    assert client.holder.told == [
        (1.0, "connection lost"),
        (4.0, "back after 3.0"),
        (5.0, "left"),
        (5.0, "client left"),
    ]
    assert [socket.sent for socket in client.sockets] == [[], ["news"]]


@pytest.mark.parametrize(
    ("seconds", "idle_seconds", "ends"),
    [(30.0, 1_800.0, 31.0), (30.0, 8.0, 9.0), (0.5, 8.0, 1.5), (0.0, 8.0, 1.0)],
)
async def test_who_is_not_back_in_time_has_left(seconds: float, idle_seconds: float, ends: float) -> None:
    client = Client(seconds, idle_seconds)
    client.at(1.0, 0, "one", Gone(1006))
    assert await client.serve() == "connection lost"
    assert client.holder.told[-1] == (ends, "connection lost")


@pytest.mark.parametrize("code", [1000, 1001, 1005])
async def test_who_leaves_in_good_order_is_not_waited_for(code: int) -> None:
    client = Client()
    client.at(1.0, 0, Gone(code))
    assert await client.serve() == "client left"
    assert client.holder.told == [(1.0, "left"), (1.0, "client left")]


async def test_who_is_sent_away_is_not_waited_for() -> None:
    client = Client()
    client.taker.leaves_at, client.taker.leave = "one", Leave(1008, "too much")
    client.at(1.0, 0, "one")
    assert await client.serve() == "too much"
    assert client.closed == [[(1.0, 1008, "too much")]]


async def test_a_second_connection_takes_over_from_one_that_seems_open() -> None:
    client = Client()
    client.comes_back(1.0)
    client.comes_back(2.0)
    client.at(3.0, 2, "here", Gone(1000))
    assert await client.serve() == "client left"
    assert client.closed[:2] == [[(1.0, 1000, TAKEN_OVER)], [(2.0, 1000, TAKEN_OVER)]]
    assert client.taker.taken == [(3.0, "here")]


async def test_of_two_that_come_at_once_the_last_one_stays() -> None:
    client = Client()
    client.at(1.0, 0, Gone(1006))
    client.comes_back(2.0)
    client.comes_back(2.0)
    client.at(3.0, 2, Gone(1000))
    assert await client.serve() == "client left"
    assert client.closed[1] == [(2.0, 1000, TAKEN_OVER)]


@pytest.mark.parametrize("told_at", [0.5, 5.0])
async def test_who_is_not_waited_for_any_more_has_left(told_at: float) -> None:
    client = Client()
    client.at(1.0, 0, Gone(1006))
    client.loop.call_at(told_at, client.tether.wait_no_more)
    assert await client.serve() == "connection lost"
    assert client.holder.told[-1] == (max(1.0, told_at), "connection lost")


async def test_who_is_lost_as_soon_as_it_is_back_is_waited_for_anew() -> None:
    client = Client(seconds=10.0)
    client.at(1.0, 0, Gone(1006))
    client.comes_back(9.0)
    client.at(9.1, 1, Gone(1006))
    client.comes_back(18.1)
    client.at(19.0, 2, "here", Gone(1000))
    assert await client.serve() == "client left"
    assert client.holder.told == [
        (1.0, "connection lost"),
        (9.0, "back after 8.0"),
        (9.1, "connection lost"),
        (18.1, "back after 9.0"),
        (19.0, "left"),
        (19.0, "client left"),
    ]


async def test_what_is_sent_to_who_is_back_before_it_is_served_goes_to_nobody() -> None:
    client = Client()
    client.at(1.0, 0, Gone(1006))
    client.comes_back(2.0)
    client.loop.call_at(2.0, client.tether.put, "too early")
    client.loop.call_at(3.5, client.tether.put, "news")
    client.at(4.0, 1, Gone(1000))
    await client.serve()
    assert [socket.sent for socket in client.sockets] == [[], ["news"]]


async def test_a_retired_connection_that_cannot_be_closed_keeps_nobody_waiting() -> None:
    client = Client()
    client.sockets[0].write_seconds = 60.0
    for _ in range(2):
        client.tether.put("what nobody reads")
    client.comes_back(1.0)
    client.at(1.5, 1, Gone(1000))
    assert await client.serve() == "client left"
    assert client.sockets[0].aborted == [3.0]
    assert client.holder.told[-1] == (1.5, "client left")


async def test_a_fault_while_serving_is_raised_and_nobody_is_waited_for() -> None:
    client = Client()

    def fails(message: object) -> Leave | None:
        raise LookupError(f"what is {message!r}")

    client.at(1.0, 0, "this")
    with pytest.raises(LookupError, match="what is 'this'"):
        await client.tether.serve(fails, client.taker.floods.append)
    assert client.holder.told == [(1.0, "left")]
    assert not client.tether.resumable


async def test_who_stops_serving_leaves_nothing_open() -> None:
    client = Client()
    client.at(1.0, 0, Gone(1006))
    serving = asyncio.create_task(client.serve())
    await asyncio.sleep(2.0)
    serving.cancel()
    with pytest.raises(asyncio.CancelledError):
        await serving
    client.comes_back(2.0)
    await asyncio.sleep(0.1)
    await client.tether.close("the end")
    assert client.closed[1] == [(2.1, 1000, "the end")]
    assert client.holder.told[-1] == (2.0, "left")
