"""Clients that leave at any moment of a call's set-up and life leave nothing behind."""

from __future__ import annotations

import asyncio
import gc
import random
import threading
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from weakref import WeakSet

import pytest
from pipecat.processors.frame_processor import FrameProcessor

from processors.context_aggregator import ContextAggregator
from processors.silero import SileroBatch
from processors.vad import VAD
from tests.live_server import LiveServer, client, live_server, message_of, request
from vantum.testing import ScriptedTTS

LEAVERS = 36
AT_A_TIME = 12
SETTLE_SECONDS = 10.0
LOOK_SECONDS = 0.1
LOOKS = 20
UPGRADE = (
    "GET /ws HTTP/1.1\r\nHost: {host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)
BATCH = SileroBatch()

Leaver = Callable[[LiveServer, random.Random], Awaitable[None]]


MADE: WeakSet[FrameProcessor] = WeakSet()
"""What was made for calls and is not garbage: a call that is kept keeps its processors."""


def build(_: object) -> list[FrameProcessor]:
    aggregator = ContextAggregator(prompt="", greeting="Hello, this is a greeting of some length.")
    processors = [VAD(BATCH), aggregator, ScriptedTTS(first_audio=0.01)]
    MADE.update(processors)
    return processors


@dataclass(frozen=True, slots=True)
class Left:
    """What there is in the process."""

    tasks: int
    threads: int
    descriptors: int


def left() -> Left:
    """What there is now."""
    descriptors = len(list(Path("/proc/self/fd").iterdir()))
    return Left(len(asyncio.all_tasks()), threading.active_count(), descriptors)


async def half_an_upgrade(server: LiveServer, chance: random.Random) -> None:
    """Leave before the handshake is over, or right behind it, without a word."""
    host = server.url.removeprefix("http://").rstrip("/")
    reader, writer = await asyncio.open_connection(*host.split(":"))
    asked = UPGRADE.format(host=host).encode()
    writer.write(asked[: chance.randrange(len(asked) + 1)])
    if chance.random() < 0.5:
        await writer.drain()
        await asyncio.sleep(chance.random() * 0.02)
    writer.transport.abort()
    del reader


async def a_farewell(server: LiveServer, chance: random.Random) -> None:
    """Leave in good order, some time after the start."""
    # Nobody reads here: without a queue the client would not see the end of what it closes.
    async with client(server, max_queue=None) as socket:
        await socket.send(request("audio.input.start"))
        await asyncio.sleep(chance.random() * 0.3)


async def a_broken_line(server: LiveServer, chance: random.Random) -> None:
    """The connection breaks, perhaps in the middle of a message or of the bot's words."""
    async with client(server) as socket:
        if chance.random() < 0.8:
            await socket.send(request("audio.input.start"))
            if chance.random() < 0.5:
                await message_of(socket, "audio.output.chunk")
        for _ in range(chance.randrange(4)):
            await socket.send(request("audio.input.chunk", audio=bytes(chance.randrange(2, 6400, 2))))
        if chance.random() < 0.5:
            socket.transport.write(b"\x82\xfe\x10")
        socket.transport.abort()


async def nothing_at_all(server: LiveServer, chance: random.Random) -> None:
    """The call is opened, and nothing is ever sent."""
    async with client(server, max_queue=None):
        await asyncio.sleep(chance.random() * 0.05)


async def settled(server: LiveServer, before: Left | None = None) -> Left:
    """What is left when all calls are over and nothing more goes away; ``before`` is what is expected."""
    now: Left | None = None
    seen: Left | None = None
    for _ in range(round(SETTLE_SECONDS / LOOK_SECONDS)):
        if not server.calls.live and now is not None and now == (before or seen):
            return now
        await asyncio.sleep(LOOK_SECONDS)
        # The files of a call that is over are closed by the writer, in its own time.
        server.services.writer.flush()
        now, seen = left(), now
    return left()


async def forgotten() -> list[str]:
    """What is still in memory when it has had its time: the last callbacks of a loop hold what they were for."""
    for _ in range(LOOKS):
        gc.collect()
        if not MADE:
            break
        await asyncio.sleep(LOOK_SECONDS)
    return [type(processor).__name__ for processor in MADE]


def records(data: Path) -> list[Path]:
    """The folders of all calls."""
    return list(data.glob("calls/*/*"))


@pytest.mark.real_time
@pytest.mark.parametrize("seed", [1, 2])
async def test_leavers_leave_nothing_behind(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    kinds: list[Leaver] = [half_an_upgrade, a_farewell, a_broken_line, nothing_at_all]
    async with live_server(tmp_path, build, VANTUM_RESUME_SECONDS="0") as server:
        # The first call of a process makes what stays: models, caches, a thread for files.
        await a_farewell(server, chance)
        before = await settled(server)
        room = asyncio.Semaphore(AT_A_TIME)

        async def one(leaver: Leaver, own: random.Random) -> None:
            async with room:
                await leaver(server, own)

        leavers = (one(chance.choice(kinds), random.Random(chance.random())) for _ in range(LEAVERS))
        outcomes = await asyncio.gather(*leavers, return_exceptions=True)
        assert [outcome for outcome in outcomes if outcome is not None] == []
        assert await settled(server, before) == before
        assert await forgotten() == []
        server.services.writer.flush()
        begun = records(tmp_path)
        assert len(begun) > LEAVERS // 4
        assert not any(server.services.writer.is_open(folder.name) for folder in begun)
        assert all(b'"call_ended"' in (folder / "events.jsonl").read_bytes() for folder in begun)
