"""How fast an embedded call answers: real speech into the real command, and each station of its answers.

    python -m benchmarks.embedded

Starts ``python -m vantum.run pipelines/outreach.py`` without keys, speaks the recordings of ``tests/audio`` into it
in real time, waits for each answer, and prints milliseconds from the last sound of the caller to each station
(median, least, most), the client's own figure, and the memory of the server's processes.
"""

from __future__ import annotations

import asyncio
import os
import re
import statistics
import sys
import tempfile
import time
import wave
from pathlib import Path

import msgpack  # type: ignore[import-untyped]
import numpy as np
import uuid_utils
from rich.console import Console
from rich.table import Table
from websockets.asyncio.client import ClientConnection, connect

ROOT = Path(__file__).parents[1]
CLIPS = (
    "are_you_a_robot",
    "interested_price",
    "who_is_this",
    "weather_question",
    "call_later",
    "not_interested",
)
RATE = 16_000
CHUNK_SECONDS = 0.02
QUIET = 600
"""Samples below this are no part of what a clip says."""
START_SECONDS = 120.0
ANSWER_SECONDS = 30.0


def spoken(name: str) -> bytes:
    """A recording up to its last sound."""
    with wave.open(str(ROOT / "tests" / "audio" / f"{name}.wav")) as clip:
        samples = np.frombuffer(clip.readframes(clip.getnframes()), np.int16)
    return samples[: int(np.flatnonzero(np.abs(samples.astype(int)) > QUIET)[-1]) + 1].tobytes()


class Caller:
    """A client that speaks and notes when it is answered."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket
        self._noise = np.random.default_rng(0)
        self._over = asyncio.Event()
        self._silent_since: float | None = None
        self.stages: list[dict[str, float]] = []
        self.waits: list[float] = []

    async def listen(self) -> None:
        async for packed in self._socket:
            message = msgpack.unpackb(packed)
            match message["eventType"]:
                case "audio.output.chunk" if self._silent_since is not None:
                    self.waits.append(1000 * (time.monotonic() - self._silent_since))
                    self._silent_since = None
                case "audio.output.complete":
                    self._over.set()
                case "conversation.turn.latency":
                    self.stages.append(message["payload"]["stages"])

    async def call(self) -> None:
        await self._send("audio.input.start", samplingRate=RATE)
        await asyncio.wait_for(self._over.wait(), ANSWER_SECONDS)
        for name in CLIPS:
            self._over.clear()
            await self._speak(spoken(name))
            self._silent_since = time.monotonic()
            async with asyncio.timeout(ANSWER_SECONDS):
                while not self._over.is_set():
                    await self._speak(self._noise.normal(0, 8, 320).astype(np.int16).tobytes())

    async def _speak(self, pcm: bytes) -> None:
        """In real time: each chunk leaves when its last sample has been said."""
        size, due = int(2 * RATE * CHUNK_SECONDS), time.monotonic()
        for start in range(0, len(pcm), size):
            due += CHUNK_SECONDS
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            await self._send("audio.input.chunk", audio=pcm[start : start + size])

    async def _send(self, event_type: str, **payload: object) -> None:
        message = {"eventType": event_type, "eventId": str(uuid_utils.uuid7()), "payload": payload}
        await self._socket.send(msgpack.packb(message))


def memory_mib(pid: int) -> float:
    """Resident memory of a process."""
    found = re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())
    return int(found[1]) / 1024 if found else 0.0


def family(pid: int) -> list[int]:
    """A process and its children."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *(int(child) for child in children)]


async def measure(console: Console) -> None:
    """One call, and its figures."""
    with tempfile.TemporaryDirectory() as data:
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        server = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "vantum.run", str(ROOT / "pipelines" / "outreach.py"), "--port", "0"),
            cwd=ROOT,
            env={**kept, "VANTUM_DATA": data},
            stdout=asyncio.subprocess.PIPE,
        )
        try:
            assert server.stdout is not None
            line = await asyncio.wait_for(server.stdout.readline(), START_SECONDS)
            url = line.decode().split()[-1].replace("http", "ws") + "ws"
            idle = memory_mib(server.pid)
            async with connect(url, compression=None, max_size=None) as socket:
                caller = Caller(socket)
                listening = asyncio.create_task(caller.listen())
                await caller.call()
                active = memory_mib(server.pid)
                workers = [memory_mib(pid) for pid in family(server.pid)[1:]]
                listening.cancel()
        finally:
            server.terminate()
            await server.communicate()
    show(caller, console)
    rest = ", ".join(f"{size:.0f}" for size in workers)
    console.print(f"Memory: server {idle:.0f} MiB idle, {active:.0f} MiB in the call; workers {rest} MiB.")


def show(caller: Caller, console: Console) -> None:
    """The stations, in the order in which an answer reaches them."""
    table = Table(title=f"{len(caller.waits)} answers, milliseconds since the caller's last sound")
    for heading in ("station", "median", "least", "most"):
        table.add_column(heading)
    for stage in caller.stages[0]:
        table.add_row(stage, *figures([stages[stage] for stages in caller.stages]))
    table.add_row("first byte at the client", *figures(caller.waits))
    console.print(table)


def figures(values: list[float]) -> list[str]:
    """Median, least and most."""
    return [f"{value:.0f}" for value in (statistics.median(values), min(values), max(values))]


if __name__ == "__main__":
    asyncio.run(measure(Console()))
