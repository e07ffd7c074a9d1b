"""The media stream of a call, on virtual time: what is sent when, what is taken, and how it ends."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from typing import cast

import pytest
from websockets.exceptions import ConnectionClosedOK

from tests.vantum.local_carrier.kit import STREAM, prospect, step
from transports.twilio import codec
from vantum.local_carrier.media_stream import MediaStream, StreamEnd
from vantum.local_carrier.own_server import OwnServer
from vantum.local_carrier.person import Person
from vantum.local_carrier.prospect import Cue, HangsUp, Presses, Prospect, Says, Step
from vantum.local_carrier.verbs import parsed

HELLO = Says("Hello.")
WAITS = step(HELLO, 60.0, Cue.AT)


class Wire:
    """A server of one stream: it takes what comes, with the time, and sends what it is given."""

    def __init__(self) -> None:
        self.sent: list[tuple[float, dict[str, object]]] = []
        self.closed = False
        self.to_send: asyncio.Queue[str | None] = asyncio.Queue()

    async def connect(self, url: str) -> Wire:
        assert url == "ws://server/twilio/media/token"
        return self

    async def send(self, message: str) -> None:
        if self.closed:
            raise ConnectionClosedOK(None, None)
        self.sent.append((round(asyncio.get_running_loop().time(), 6), json.loads(message)))

    async def close(self) -> None:
        self.closed = True

    async def __aiter__(self) -> AsyncIterator[str]:
        while (message := await self.to_send.get()) is not None:
            yield message
        raise ConnectionClosedOK(None, None)

    @property
    def sid(self) -> str:
        return str(self.of("start")[0][1]["streamSid"])

    def of(self, event: str) -> list[tuple[float, dict[str, object]]]:
        return [(at, message) for at, message in self.sent if message["event"] == event]


class Streamed:
    """A stream of somebody who does ``steps``, and what was told of it."""

    def __init__(self, *steps: Step, **facts: object) -> None:
        self.wire = Wire()
        self.told: list[tuple[str, Mapping[str, str]]] = []
        self.known: list[float] = []
        who: Prospect = prospect(*steps, **facts)
        (connect,) = parsed(STREAM)
        noun = connect.child("Stream")
        assert noun is not None
        self.stream = MediaStream(
            noun,
            ("CA1", "AC1"),
            Person(who, {HELLO: b"\x01" * 320}),
            cast("OwnServer", self.wire),
            lambda _, event, facts: self.told.append((event, facts)),
            lambda: self.known.append(asyncio.get_running_loop().time()),
        )


async def test_a_frame_goes_every_20_ms_until_they_hang_up() -> None:
    streamed = Streamed(step(HELLO, 0.02, Cue.AT), step(HangsUp(), 0.1, Cue.AT), verdict_after=0.06)
    assert await streamed.stream.run() is StreamEnd.BY_PROSPECT
    wire = streamed.wire
    assert [message["event"] for _, message in wire.sent] == ["connected", "start", *["media"] * 6, "stop"]
    assert [at for at, _ in wire.of("media")] == [0.02, 0.04, 0.06, 0.08, 0.1, 0.12]
    assert wire.of("start")[0][1]["start"]["customParameters"] == {"call_id": "1"}  # type: ignore[index]
    assert [event for event, _ in streamed.told] == ["stream-started", "stream-stopped"]
    assert streamed.known == [pytest.approx(0.06)]
    assert wire.closed


async def test_keys_go_one_by_one() -> None:
    streamed = Streamed(step(Presses("1#"), 0.02, Cue.AT), step(HangsUp(), 0.04, Cue.AT))
    await streamed.stream.run()
    assert [(at, message["dtmf"]["digit"]) for at, message in streamed.wire.of("dtmf")] == [  # type: ignore[index]
        (0.04, "1"),
        (0.04, "#"),
    ]


async def test_marks_come_back_when_they_were_played_and_at_once_when_cleared() -> None:
    streamed = Streamed(WAITS)
    running = asyncio.create_task(streamed.stream.run())
    await asyncio.sleep(1.0)
    sid = streamed.wire.sid
    for message in (
        codec.media(sid, b"\x00" * 800),
        codec.mark(sid, "played"),
        codec.media(sid, b"\x00" * 8000),
    ):
        streamed.wire.to_send.put_nowait(message)
    streamed.wire.to_send.put_nowait(codec.mark(sid, "cleared"))
    await asyncio.sleep(0.5)
    streamed.wire.to_send.put_nowait(codec.clear(sid))
    await asyncio.sleep(0.1)
    marks = [(at, message["mark"]["name"]) for at, message in streamed.wire.of("mark")]  # type: ignore[index]
    assert [name for _, name in marks] == ["played", "cleared"]
    assert 1.1 <= marks[0][0] <= 1.12
    assert 1.5 <= marks[1][0] <= 1.52
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_what_is_no_message_does_no_harm() -> None:
    streamed = Streamed(step(HangsUp(), 1.0, Cue.AT))
    for message in ("no json", codec.clear("MZ0")):
        streamed.wire.to_send.put_nowait(message)
    assert await streamed.stream.run() is StreamEnd.BY_PROSPECT


async def test_the_server_ends_the_stream() -> None:
    streamed = Streamed(WAITS)
    asyncio.get_running_loop().call_later(1.0, setattr, streamed.wire, "closed", True)
    assert await streamed.stream.run() is StreamEnd.BY_SERVER
    assert asyncio.get_running_loop().time() == pytest.approx(1.0, abs=0.021)
    assert [event for event, _ in streamed.told] == ["stream-started", "stream-stopped"]


async def test_who_is_hung_up_on_says_so_and_leaves_nothing() -> None:
    streamed = Streamed(WAITS)
    before = asyncio.all_tasks()
    running = asyncio.create_task(streamed.stream.run())
    await asyncio.sleep(1.0)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert len(streamed.wire.of("stop")) == 1
    assert asyncio.all_tasks() == before
