"""All three providers fail at once, and callers who vanish: what ends is ended in order."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from benchmarks.conversation.speech import RATE
from processors.tts.last_words import TEXTS
from tests.chaos.caller import Caller
from tests.chaos.faults import Blow, Fault, Setting, Stage
from tests.chaos.hearing import CLIPS
from tests.chaos.play import CLOSED_SECONDS, SOON_SECONDS
from tests.chaos.scene import Scene, scene
from tests.chaos.traces import CALL, MACHINE, left_of, traced
from tests.live_server import client, request
from tests.wire.conftest import until
from vantum.core.choice import Kind
from vantum.record import read_record

pytestmark = pytest.mark.real_time

LONGEST_SECONDS = 15.0
PATIENCE_SECONDS = 30.0


@asynccontextmanager
async def caller_in(at: Scene) -> AsyncIterator[Caller]:
    """A caller who has begun a call."""
    async with client(at.server) as socket:
        at.stages.reach(Stage.CONNECT)
        await socket.send(request("audio.input.start", samplingRate=RATE))
        caller = Caller(socket)
        tasks = [asyncio.create_task(work) for work in (caller.speak(), caller.listen())]
        try:
            yield caller
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)


async def closed_within(at: Scene, since: float) -> None:
    """All links and the call itself are over soon after a moment."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while sum(gate.open for gate in at.gates) or at.server.calls.live:  # noqa: ASYNC110 - sockets tell nobody
            await asyncio.sleep(0.02)
    assert time.monotonic() - since < CLOSED_SECONDS + MACHINE.lost(since, CLOSED_SECONDS)


def record_of(data: Path) -> dict[str, object]:
    """The record of the only call."""
    [folder] = (data / "calls").glob("*/*")
    record = read_record(data, folder.name, lambda _: False)
    assert record is not None
    return record


async def _with_nobody(data: Path, blow: Blow) -> list[str]:
    """What the bot says in a call that has no provider at all."""
    CALL.set(f"nobody-{blow}")
    async with scene(None, Setting.ALONE, data) as at:
        for gate in at.gates:
            gate.strike(blow)
        async with caller_in(at) as caller:
            heard_at = await caller.sound_after(caller.began_at, LONGEST_SECONDS)
            soon = SOON_SECONDS + MACHINE.lost(caller.began_at, SOON_SECONDS)
            assert heard_at is not None
            assert heard_at - caller.began_at < soon
            await until(lambda: caller.gone, PATIENCE_SECONDS)
            assert caller.closed_at is not None
            await closed_within(at, caller.closed_at)
        at.server.services.writer.flush()
        said = [str(line["text"]) for line in record_of(data)["transcript"]]  # type: ignore[attr-defined]
    assert await left_of(CALL.get()) == []
    return said


async def test_with_nobody_at_all_the_caller_hears_a_goodbye(tmp_path: Path) -> None:
    blows = [Blow.REFUSE, Blow.HALF_OPEN, Blow.UNAUTHORIZED, Blow.GARBAGE]
    with traced():
        said = await asyncio.gather(*(_with_nobody(tmp_path / blow, blow) for blow in blows))
    assert said == [[TEXTS["en"]]] * len(blows)


async def _vanish_at(data: Path, stage: Stage) -> None:
    CALL.set(f"vanishes-{stage}")
    vanished: list[float] = []
    # Nothing strikes here but the caller, who is gone as soon as the call is so far.
    fault = Fault(Kind.STT, Blow.CLOSE, stage)
    async with scene(fault, Setting.ALONE, data, VANTUM_RESUME_SECONDS="0") as at:
        async with client(at.server) as socket:

            def vanish() -> None:
                vanished.append(time.monotonic())
                socket.transport.abort()

            at.stages.strike = vanish
            await _talk(Caller(socket), at)
        assert vanished
        await closed_within(at, vanished[0])
        at.server.services.writer.flush()
        assert record_of(data)["state"] == "ended"
    assert await left_of(CALL.get()) == []


async def test_callers_who_vanish_leave_nothing_behind(tmp_path: Path) -> None:
    stages = [stage for stage in Stage if stage is not Stage.INTERRUPTING]
    with traced():
        await asyncio.gather(*(_vanish_at(tmp_path / stage, stage) for stage in stages))


async def _talk(caller: Caller, at: Scene) -> None:
    """A greeting, a turn and its answer, for as long as the caller is there."""
    await caller.socket.send(request("audio.input.start", samplingRate=RATE))
    at.stages.reach(Stage.CONNECT)
    tasks = [asyncio.create_task(work) for work in (caller.speak(), caller.listen())]
    await caller.sound_after(caller.began_at, SOON_SECONDS)
    at.stages.reach(Stage.GREETING)
    await caller.silence(0.5, PATIENCE_SECONDS)
    caller.begin(CLIPS[0])
    await asyncio.sleep(0.4)
    at.stages.reach(Stage.SPEAKING)
    turn = await caller.finish(CLIPS[0])
    at.stages.reach(Stage.END_OF_SPEECH)
    await caller.sound_after(turn.ended_at, SOON_SECONDS)
    await caller.silence(0.5, PATIENCE_SECONDS)
    at.stages.reach(Stage.BETWEEN)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
