"""The link to Cartesia where the network does not do what a server in a test does: sockets by a script."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Coroutine, Iterable
from contextvars import Context
from dataclasses import dataclass, field
from typing import Any

import pytest
from pipecat.processors.frame_processor import FrameProcessor
from websockets.exceptions import ConnectionClosedError
from websockets.frames import Close
from websockets.protocol import State

from processors.tts import cartesia_link
from processors.tts.cartesia_link import CLOSE_SECONDS, SEND_SECONDS, CartesiaLink, Message
from vantum.core.errors import ProviderError
from vantum.core.faults import Fault

NEVER = 3600.0


class Owner(FrameProcessor):
    """Has tasks."""

    def create_task(
        self, coroutine: Coroutine[Any, Any, Any], name: str | None = None, context: Context | None = None
    ) -> asyncio.Task[Any]:
        return asyncio.create_task(coroutine, name=name, context=context)

    async def cancel_task(self, task: asyncio.Task[None], timeout: float | None = None) -> None:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


@dataclass
class Transport:
    aborted: bool = False

    def abort(self) -> None:
        self.aborted = True


@dataclass
class Socket:
    """Gives ``messages``, and then ends with ``problem`` after ``seconds``."""

    messages: Iterable[str] = ()
    seconds: float = NEVER
    problem: Exception | None = None
    send_seconds: float = 0.0
    close_seconds: float = 0.0
    state: State = State.OPEN
    sent: list[str] = field(default_factory=list)
    transport: Transport = field(default_factory=Transport)

    async def send(self, data: str) -> None:
        await asyncio.sleep(self.send_seconds)
        if self.problem is not None and self.state is State.CLOSED:
            raise self.problem
        self.sent.append(data)

    async def close(self) -> None:
        await asyncio.sleep(self.close_seconds)
        self.state = State.CLOSED

    async def __aiter__(self) -> AsyncIterator[str]:
        for message in self.messages:
            yield message
        await asyncio.sleep(self.seconds)
        self.state = State.CLOSED
        if self.problem is not None:
            raise self.problem


@dataclass
class Network:
    """What each attempt to connect meets: a socket, or an error; at which seconds."""

    answers: deque[Socket | Exception]
    at: list[float] = field(default_factory=list)

    async def connect(self, url: str, **options: object) -> Socket:
        self.at.append(asyncio.get_running_loop().time())
        answer = self.answers.popleft() if self.answers else ConnectionRefusedError("refused")
        if isinstance(answer, Exception):
            raise answer
        return answer


@dataclass
class Line:
    """A link on a network by a script, and what it told."""

    network: Network
    link: CartesiaLink
    taken: list[Message]
    lost: list[ProviderError]


@pytest.fixture(autouse=True)
def _no_jitter(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cartesia_link, "jittered", lambda seconds, _: seconds)


def line(monkeypatch: pytest.MonkeyPatch, *answers: Socket | Exception) -> Line:
    network = Network(deque(answers))
    monkeypatch.setattr(cartesia_link, "connect", network.connect)
    taken: list[Message] = []
    lost: list[ProviderError] = []
    link = CartesiaLink(Owner(), "ws://cartesia.test", {}, taken.append, lost.append)
    return Line(network, link, taken, lost)


def gaps(network: Network) -> list[float]:
    return [round(at - network.at[0], 6) for at in network.at]


async def test_a_link_that_is_refused_is_tried_as_the_table_says(monkeypatch: pytest.MonkeyPatch) -> None:
    made = line(monkeypatch)
    made.link.open()
    await asyncio.sleep(60.0)
    assert gaps(made.network) == [0.0, 0.1, 1.1, 4.1, 9.1]
    assert not made.link.is_up
    await made.link.close()


async def test_who_needs_the_link_does_not_wait_for_the_next_attempt(monkeypatch: pytest.MonkeyPatch) -> None:
    refusals = [ConnectionRefusedError("refused")] * 3
    made = line(monkeypatch, *refusals, Socket())
    made.link.open()
    await asyncio.sleep(2.0)
    await made.link.up()
    assert gaps(made.network) == [0.0, 0.1, 1.1, 2.0]
    assert made.link.is_up
    await made.link.close()


async def test_a_link_given_up_is_opened_again_when_it_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    made = line(monkeypatch, *[ConnectionRefusedError("refused")] * 6, Socket())
    made.link.open()
    await asyncio.sleep(60.0)
    with pytest.raises(ProviderError, match="refused"):
        await made.link.up()
    await made.link.up()
    assert made.link.is_up
    await made.link.close()


async def test_a_stable_link_that_drops_begins_the_table_again(monkeypatch: pytest.MonkeyPatch) -> None:
    idle = ConnectionClosedError(Close(1001, "idle"), None)
    made = line(monkeypatch, *(Socket(seconds=300.0, problem=idle) for _ in range(8)), Socket())
    made.link.open()
    await asyncio.sleep(300.0 * 8 + 1.0)
    assert gaps(made.network) == [300.0 * number for number in range(9)]
    assert [problem.fault for problem in made.lost] == [Fault.NETWORK] * 8
    assert made.link.is_up
    await made.link.close()


async def test_a_link_that_drops_at_once_is_not_opened_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    made = line(monkeypatch, *(Socket(seconds=0.5) for _ in range(20)))
    made.link.open()
    await asyncio.sleep(60.0)
    assert len(made.network.at) == 5
    await made.link.close()


async def test_a_link_that_is_closed_for_its_key_is_not_opened_again(monkeypatch: pytest.MonkeyPatch) -> None:
    closed = ConnectionClosedError(Close(1008, "invalid api key"), None)
    made = line(monkeypatch, Socket(seconds=3.0, problem=closed), Socket())
    made.link.open()
    await asyncio.sleep(10.0)
    assert len(made.network.at) == 1
    with pytest.raises(ProviderError, match="invalid api key"):
        await made.link.up()
    await made.link.close()


async def test_a_link_that_takes_nothing_is_broken_off(monkeypatch: pytest.MonkeyPatch) -> None:
    socket = Socket(send_seconds=NEVER)
    made = line(monkeypatch, socket)
    await made.link.up()
    began = asyncio.get_running_loop().time()
    with pytest.raises(ProviderError, match="takes nothing"):
        await made.link.send({"transcript": "Hello."})
    assert asyncio.get_running_loop().time() - began == SEND_SECONDS
    assert socket.transport.aborted
    await made.link.close()


async def test_what_cannot_be_sent_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    socket = Socket(problem=ConnectionClosedError(Close(1011, "internal"), None))
    made = line(monkeypatch, socket)
    with pytest.raises(ProviderError, match="down"):
        await made.link.send({})
    await made.link.up()
    socket.state = State.CLOSED
    with pytest.raises(ProviderError, match="internal"):
        await made.link.send({})
    await made.link.close()


async def test_a_silent_link_is_left_and_another_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    dead, fresh = Socket(close_seconds=NEVER), Socket(['{"type": "done"}'])
    made = line(monkeypatch, dead, fresh)
    made.link.renew()
    assert made.lost == []
    await made.link.up()
    made.link.renew()
    await made.link.up()
    assert [problem.message for problem in made.lost] == ["the link was silent"]
    await asyncio.sleep(0.0)
    await asyncio.sleep(0.0)
    assert made.taken == [{"type": "done"}]
    await asyncio.sleep(CLOSE_SECONDS)
    assert dead.transport.aborted
    await made.link.close()


async def test_closing_takes_its_time_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    stuck, other = Socket(close_seconds=NEVER), Socket(close_seconds=NEVER)
    made = line(monkeypatch, stuck, other)
    await made.link.up()
    made.link.renew()
    await made.link.up()
    began = asyncio.get_running_loop().time()
    await made.link.close()
    assert asyncio.get_running_loop().time() - began == pytest.approx(CLOSE_SECONDS)
    assert stuck.transport.aborted
    assert other.transport.aborted
    await made.link.close()
