"""One connection: messages in and out in order, and every way in which it is over."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from transports.connection import CLOSE_SECONDS, LAST_READ_SECONDS, Connection, ConnectionLimits, Leave
from transports.outbox import Message
from transports.socket import Gone


@dataclass
class FakeSocket:
    """A connection in memory; ``write_seconds`` is what a message takes, and ``broken`` is raised instead."""

    incoming: asyncio.Queue[Message | Gone] = field(default_factory=asyncio.Queue)
    sent: list[Message] = field(default_factory=list)
    closed: list[tuple[float, int, str]] = field(default_factory=list)
    aborted: list[float] = field(default_factory=list)
    write_seconds: float = 0.0
    broken: Exception | None = None

    def hears(self, *messages: Message | Gone) -> None:
        for message in messages:
            self.incoming.put_nowait(message)

    async def receive(self) -> Message:
        message = await self.incoming.get()
        if isinstance(message, Gone):
            raise message
        return message

    def deliver(self, take: Callable[[Message], None]) -> None:
        pass

    def write_now(self, message: Message) -> bool:
        return False

    async def send(self, message: Message) -> None:
        if self.broken is not None:
            raise self.broken
        await asyncio.sleep(self.write_seconds)
        self.sent.append(message)

    async def close(self, code: int, reason: str) -> None:
        if self.broken is not None:
            raise self.broken
        self.closed.append((now(), code, reason))

    def abort(self) -> None:
        self.aborted.append(now())


@dataclass
class Taker:
    """Keeps what it is given with the time, and leaves at ``leaves_at``."""

    taken: list[tuple[float, Message]] = field(default_factory=list)
    floods: list[str] = field(default_factory=list)
    leaves_at: Message = ""
    leave: Leave | None = None

    def take(self, message: Message) -> Leave | None:
        self.taken.append((now(), message))
        return self.leave if message == self.leaves_at else None


def now() -> float:
    return round(asyncio.get_running_loop().time(), 9)


async def test_messages_are_taken_in_order_until_the_client_leaves() -> None:
    socket, taker = FakeSocket(), Taker()
    connection = Connection(socket, ConnectionLimits(), "test")
    socket.hears(b"one", "two")
    loop = asyncio.get_running_loop()
    loop.call_later(1.0, socket.hears, b"three", Gone(1000), b"never")
    assert await connection.serve(taker.take, taker.floods.append) == "client left"
    assert taker.taken == [(0.0, b"one"), (0.0, "two"), (1.0, b"three")]


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (1000, "client left"),
        (1001, "client left"),
        (1005, "client left"),
        (1006, "connection lost"),
        (1011, "connection lost"),
    ],
)
async def test_how_the_client_left(code: int, reason: str) -> None:
    socket, taker = FakeSocket(), Taker()
    socket.hears(Gone(code))
    assert (
        await Connection(socket, ConnectionLimits(), "test").serve(taker.take, taker.floods.append) == reason
    )


async def test_who_takes_the_messages_may_end_it_with_a_code_of_its_own() -> None:
    socket, taker = FakeSocket(), Taker(leaves_at="two", leave=Leave(1011, "no room"))
    connection = Connection(socket, ConnectionLimits(), "test")
    socket.hears("one", "two", "three")
    reason = await connection.serve(taker.take, taker.floods.append)
    await connection.close(reason)
    assert [message for _, message in taker.taken] == ["one", "two"]
    assert socket.closed == [(0.0, 1011, "no room")]


async def test_messages_out_are_written_in_order_while_others_come_in() -> None:
    socket, taker = FakeSocket(write_seconds=0.1), Taker()
    connection = Connection(socket, ConnectionLimits(), "test")
    connection.put("early")
    connection.put(None)
    loop = asyncio.get_running_loop()
    loop.call_later(0.5, connection.put, b"late")
    loop.call_later(2.0, socket.hears, Gone(1000))
    await connection.serve(taker.take, taker.floods.append)
    assert socket.sent == ["early", b"late"]


# --- clients that misbehave -----------------------------------------------------------------------------


async def test_a_flood_is_told_and_closed() -> None:
    socket, taker = FakeSocket(), Taker()
    connection = Connection(socket, ConnectionLimits(messages_per_second=3), "test")
    socket.hears("1", "2", "3", "4", "5")
    reason = await connection.serve(taker.take, taker.floods.append)
    await connection.close(reason)
    assert len(taker.taken) == 3
    assert taker.floods == ["Too many messages: at most 3 a second are allowed."]
    assert socket.closed == [(0.0, 1008, "too many messages")]


@pytest.mark.parametrize(
    ("messages", "taken"),
    [
        ((b"x" * 600, b"x" * 400, b"x"), 2),
        (("x" * 600, "x" * 400, "x"), 2),
        ((b"x" * 5_000, b"x"), 1),
        ((b"x" * 400, b"x" * 601), 1),
    ],
)
async def test_too_many_bytes_are_told_and_closed(messages: tuple[Message, ...], taken: int) -> None:
    socket, taker = FakeSocket(), Taker()
    connection = Connection(socket, ConnectionLimits(bytes_per_second=1_000), "test")
    socket.hears(*messages)
    await connection.close(await connection.serve(taker.take, taker.floods.append))
    assert len(taker.taken) == taken
    assert taker.floods == ["Too much data: at most 1000 bytes a second are allowed."]
    assert socket.closed == [(0.0, 1008, "too many bytes")]


async def test_four_times_the_sound_of_the_best_microphone_is_no_flood() -> None:
    socket, taker = FakeSocket(), Taker()
    connection = Connection(socket, ConnectionLimits(), "test")
    loop = asyncio.get_running_loop()
    chunk = b"x" * (48_000 * 2 // 25 * 4 // 3)  # 40 ms in base64
    for number in range(300):
        loop.call_later(number * 0.01, socket.hears, chunk)
    loop.call_later(4.0, socket.hears, Gone(1000))
    assert await connection.serve(taker.take, taker.floods.append) == "client left"
    assert len(taker.taken) == 300


async def test_as_many_as_are_allowed_are_no_flood() -> None:
    socket, taker = FakeSocket(), Taker()
    connection = Connection(socket, ConnectionLimits(messages_per_second=3), "test")
    loop = asyncio.get_running_loop()
    for second in range(5):
        loop.call_later(second * 1.0, socket.hears, "1", "2", "3")
    loop.call_later(5.0, socket.hears, Gone(1000))
    assert await connection.serve(taker.take, taker.floods.append) == "client left"
    assert len(taker.taken) == 15


async def test_a_reader_too_slow_is_dropped() -> None:
    socket, taker = FakeSocket(write_seconds=60.0), Taker()
    connection = Connection(socket, ConnectionLimits(backlog_bytes=100), "test")
    loop = asyncio.get_running_loop()
    for at in (1.0, 2.0, 3.0):
        loop.call_later(at, connection.put, b"x" * 40)
    assert await connection.serve(taker.take, taker.floods.append) == "client read too slowly"
    assert socket.aborted == [3.0]
    assert socket.sent == []


async def test_silence_ends_it_and_every_message_puts_that_off() -> None:
    socket, taker = FakeSocket(), Taker()
    connection = Connection(socket, ConnectionLimits(idle_seconds=30.0), "test")
    loop = asyncio.get_running_loop()
    for at in (10.0, 25.0):
        loop.call_later(at, socket.hears, "still here")
    reason = await connection.serve(taker.take, taker.floods.append)
    await connection.close(reason)
    assert socket.closed == [(55.0, 1001, "nothing was sent for too long")]


async def test_what_is_sent_to_a_silent_client_does_not_count() -> None:
    socket, taker = FakeSocket(), Taker()
    connection = Connection(socket, ConnectionLimits(idle_seconds=30.0), "test")
    asyncio.get_running_loop().call_later(20.0, connection.put, "news")
    assert await connection.serve(taker.take, taker.floods.append) == "nothing was sent for too long"
    assert now() == 30.0


# --- faults ---------------------------------------------------------------------------------------------


async def test_a_client_that_cannot_be_written_to_is_lost() -> None:
    socket, taker = FakeSocket(broken=Gone(1006)), Taker()
    connection = Connection(socket, ConnectionLimits(), "test")
    asyncio.get_running_loop().call_later(1.0, connection.put, "news")
    assert await connection.serve(taker.take, taker.floods.append) == "connection lost"
    assert now() == 1.0 + LAST_READ_SECONDS


async def test_a_client_that_left_in_good_order_while_it_was_written_to_is_not_lost() -> None:
    socket, taker = FakeSocket(broken=Gone(1006)), Taker()
    connection = Connection(socket, ConnectionLimits(), "test")
    loop = asyncio.get_running_loop()
    loop.call_later(1.0, connection.put, "news")
    loop.call_later(1.2, socket.hears, Gone(1000))
    assert await connection.serve(taker.take, taker.floods.append) == "client left"
    assert now() == 1.2


# --- another connection takes over -----------------------------------------------------------------------


def number(message: Message) -> int | None:
    return int(message) if message in ("1", "2") else None


async def test_who_says_first_who_it_is_is_known_and_nothing_of_it_is_lost() -> None:
    socket, taker = FakeSocket(), Taker()
    connection = Connection(socket, ConnectionLimits(), "test")
    connection.put("welcome")
    socket.hears("what", "2", "later", Gone(1000))
    assert await connection.first(number, 1.0) == 2
    assert socket.sent == ["welcome"]
    await connection.serve(taker.take, taker.floods.append)
    assert [message for _, message in taker.taken] == ["what", "2", "later"]


async def test_who_is_gone_before_it_says_anything_is_gone_for_who_serves() -> None:
    socket, taker = FakeSocket(), Taker()
    connection = Connection(socket, ConnectionLimits(), "test")
    socket.hears("what", Gone(1000))
    assert await connection.first(number, 1.0) is None
    assert await connection.serve(taker.take, taker.floods.append) == "client left"
    assert taker.taken == [(0.0, "what")]


@pytest.mark.parametrize(
    ("heard", "at"), [((), 2.0), (("what", "a", "long", "story", "1"), 0.0), ((Gone(1006),), 0.0)]
)
async def test_who_does_not_say_who_it_is_is_not_waited_for(heard: tuple[str | Gone, ...], at: float) -> None:
    socket = FakeSocket()
    socket.hears(*heard)
    assert await Connection(socket, ConnectionLimits(), "test").first(number, 2.0) is None
    assert now() == at


async def test_a_connection_that_is_given_up_is_closed_and_not_dropped() -> None:
    socket, taker = FakeSocket(), Taker()
    connection = Connection(socket, ConnectionLimits(), "test")
    asyncio.get_running_loop().call_later(1.0, connection.give_up)
    reason = await connection.serve(taker.take, taker.floods.append)
    connection.leave_with(4000)
    await connection.close(reason)
    assert socket.closed == [(1.0, 4000, "the call goes on in another connection")]
    assert (socket.aborted, connection.closed.is_set()) == ([], True)


async def test_a_fault_in_the_writing_is_no_departure() -> None:
    socket, taker = FakeSocket(broken=TypeError("no such message")), Taker()
    connection = Connection(socket, ConnectionLimits(), "test")
    connection.put("news")
    with pytest.raises(TypeError, match="no such message"):
        await connection.serve(taker.take, taker.floods.append)


async def test_a_fault_of_who_takes_the_messages_is_raised() -> None:
    def take(message: Message) -> Leave | None:
        raise LookupError(f"what is {message!r}")

    socket = FakeSocket()
    socket.hears("this")
    with pytest.raises(LookupError, match="what is 'this'"):
        await Connection(socket, ConnectionLimits(), "test").serve(take, print)


async def test_who_stops_serving_leaves_nothing_behind() -> None:
    taker = Taker()
    connection = Connection(FakeSocket(), ConnectionLimits(), "test")
    serving = asyncio.create_task(connection.serve(taker.take, taker.floods.append))
    await asyncio.sleep(1.0)
    serving.cancel()
    with pytest.raises(asyncio.CancelledError):
        await serving
    assert {task.get_name() for task in asyncio.all_tasks()} & {
        "test-read",
        "test-write",
        "test-idle",
    } == set()


# --- the close ------------------------------------------------------------------------------------------


async def test_what_waits_is_written_before_the_close_and_nothing_after_it() -> None:
    socket = FakeSocket(write_seconds=0.5)
    connection = Connection(socket, ConnectionLimits(), "test")
    for message in ("one", "two", "three"):
        connection.put(message)
    await connection.close("goodbye")
    connection.put("too late")
    assert socket.sent == ["one", "two", "three"]
    assert socket.closed == [(1.5, 1000, "goodbye")]
    assert socket.aborted == []


async def test_a_client_that_does_not_read_is_dropped_after_two_seconds() -> None:
    socket = FakeSocket(write_seconds=60.0)
    connection = Connection(socket, ConnectionLimits(), "test")
    connection.put("news")
    await connection.close("goodbye")
    assert (socket.aborted, socket.closed) == ([CLOSE_SECONDS], [])


async def test_a_client_that_is_gone_is_dropped() -> None:
    socket = FakeSocket(broken=Gone(1006))
    await Connection(socket, ConnectionLimits(), "test").close("goodbye")
    assert socket.aborted == [0.0]
