"""The real command in a process of its own: killed in a call, asked to stop, and left without providers."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from websockets.asyncio.client import connect

from benchmarks.conversation.speech import RATE
from tests.chaos.caller import Caller
from tests.chaos.faults import Blow
from tests.chaos.gate import Gate
from tests.chaos.hearing import CLIPS
from tests.chaos.play import CLOSED_SECONDS, SOON_SECONDS
from tests.chaos.scene import KEY, KEYS, URLS, Stages, provider
from tests.chaos.traces import MACHINE, traced
from tests.live_server import request
from tests.phone.test_crash import free_port
from tests.wire.conftest import until
from vantum.core.choice import Kind
from vantum.record import read_record

pytestmark = pytest.mark.real_time

ROOT = Path(__file__).parents[2]
START_SECONDS = 60.0
STOP_SECONDS = 20.0
PATIENCE_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Running:
    """The process, where it listens, and its providers."""

    process: asyncio.subprocess.Process
    port: int
    gates: list[Gate]
    folder: Path

    @property
    def log(self) -> str:
        """What it has told."""
        return (self.folder / "log").read_text()

    def record(self) -> dict[str, object]:
        """The record of its only call, as whoever comes after it finds it."""
        [folder] = (self.folder / "data" / "calls").glob("*/*")
        record = read_record(self.folder / "data", folder.name, lambda _: False)
        assert record is not None
        return record


@asynccontextmanager
async def running(folder: Path) -> AsyncIterator[Running]:
    """The command at work, with its three providers."""
    async with AsyncExitStack() as closing:
        stages = Stages(None, lambda: None)
        gates = {kind: await provider(kind, closing, [], stages) for kind in Kind}
        port = free_port()
        told = {
            **dict.fromkeys(KEYS, KEY),
            **{URLS[kind][0]: URLS[kind][1].format(gate.address) for kind, gate in gates.items()},
            "PATH": os.environ["PATH"],
            "VANTUM_DATA": str(folder / "data"),
            "VANTUM_MAX_LAG_MS": "0",
            "VANTUM_PORT": str(port),
            "VANTUM_OUTPUT_RATE": str(RATE),
        }
        log = closing.enter_context((folder / "log").open("wb"))
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "vantum.run", "tests/chaos/pipeline.py"),
            cwd=ROOT,
            env=told,
            stdout=log,
            stderr=log,
        )
        try:
            await _listening(port)
            yield Running(process, port, list(gates.values()), folder)
        finally:
            if process.returncode is None:
                process.kill()
            await process.wait()


async def _listening(port: int) -> None:
    async with httpx.AsyncClient(trust_env=False) as http, asyncio.timeout(START_SECONDS):
        while True:
            try:
                await http.get(f"http://127.0.0.1:{port}/health")
            except httpx.TransportError:
                await asyncio.sleep(0.05)
            else:
                return


@asynccontextmanager
async def call_to(server: Running) -> AsyncIterator[Caller]:
    """A caller in a call."""
    async with connect(f"ws://127.0.0.1:{server.port}/ws", compression=None, max_size=None) as socket:
        await socket.send(request("audio.input.start", samplingRate=RATE))
        caller = Caller(socket)
        tasks = [asyncio.create_task(work) for work in (caller.speak(), caller.listen())]
        try:
            yield caller
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)


async def _take_a_turn(caller: Caller) -> None:
    """Hear the greeting, say something, and begin to hear the answer."""
    assert await caller.sound_after(caller.began_at, PATIENCE_SECONDS) is not None
    await until(lambda: caller.state == "listening", PATIENCE_SECONDS)
    caller.begin(CLIPS[0])
    turn = await caller.finish(CLIPS[0])
    heard_at = await caller.sound_after(turn.ended_at, SOON_SECONDS)
    assert heard_at is not None


async def test_a_process_that_is_killed_leaves_a_record_that_can_be_read(tmp_path: Path) -> None:
    async with running(tmp_path) as server, call_to(server) as caller:
        await _take_a_turn(caller)
        server.process.send_signal(signal.SIGKILL)
        await server.process.wait()
        record = server.record()
        await until(lambda: sum(gate.open for gate in server.gates) == 0, CLOSED_SECONDS)
        await until(lambda: caller.gone)
    assert record["state"] == "aborted"
    said = {(line["speaker"], line["text"]) for line in record["transcript"]}  # type: ignore[attr-defined]
    assert ("caller", CLIPS[0].text) in said


async def test_a_process_that_is_stopped_says_goodbye(tmp_path: Path) -> None:
    async with running(tmp_path) as server, call_to(server) as caller:
        await _take_a_turn(caller)
        server.process.terminate()
        async with asyncio.timeout(STOP_SECONDS):
            assert await server.process.wait() == 0
        await until(lambda: caller.gone)
        assert sum(gate.open for gate in server.gates) == 0
        record = server.record()
    assert record["state"] == "ended"
    assert "Goodbye" in str(record["transcript"][-1]["text"])  # type: ignore[index]
    assert KEY not in server.log
    assert "Traceback" not in server.log


async def test_a_process_whose_providers_never_answer_ends_the_call_with_recorded_words(
    tmp_path: Path,
) -> None:
    with traced():
        async with running(tmp_path) as server:
            for gate in server.gates:
                gate.strike(Blow.HALF_OPEN)
            async with call_to(server) as caller:
                heard_at = await caller.sound_after(caller.began_at, PATIENCE_SECONDS)
                assert heard_at is not None
                assert heard_at - caller.began_at < SOON_SECONDS + MACHINE.lost(caller.began_at, SOON_SECONDS)
                await until(lambda: caller.gone, PATIENCE_SECONDS)
            await until(lambda: server.record()["state"] == "ended")
            record = server.record()
    assert "Goodbye" in str(record["transcript"][-1]["text"])  # type: ignore[index]
    assert KEY not in server.log
