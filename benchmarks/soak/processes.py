"""Starts what the soak needs, each in a process of its own, and ends it: every wait has an end."""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from asyncio.subprocess import DEVNULL, PIPE, STDOUT, Process
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.servers import ROOT, BenchmarkError
from benchmarks.soak.pipeline import LAG_FILE
from vantum.listener import listening_socket

KEY = "test-key"
START_SECONDS = 90.0
STOP_SECONDS = 20.0
POLL_SECONDS = 0.1
SHOWN_LOG = 2_000
RESUME_SECONDS = 10.0
SETTINGS = {
    "VANTUM_LOG_LEVEL": "WARNING",
    "VANTUM_RESUME_SECONDS": f"{RESUME_SECONDS:g}",
    # The load is to be the same all the time, from one address, also while others use the machine.
    "VANTUM_MAX_LAG_MS": "0",
    "VANTUM_MAX_CALLS_PER_ADDRESS": "0",
    "VANTUM_CALLS_PER_MINUTE_PER_ADDRESS": "0",
    # A turn counts as answered when the bot speaks: what it says of itself is not to hide a lost one.
    "VANTUM_FILLER_SECONDS": "0",
    "VANTUM_SILENCE_SECONDS": "15",
}


@dataclass(frozen=True, slots=True)
class Server:
    """The server under test. ``lag`` is the file of the probe in its loop, ``log`` what it said."""

    pid: int
    port: int
    data: Path
    lag: Path
    log: Path


@asynccontextmanager
async def running(folder: Path, faults: float, seed: int) -> AsyncIterator[Server]:
    """The providers and the server, with its files in ``folder``; raises BenchmarkError if one does not start."""
    troubles = ("--faults", str(faults), "--seed", str(seed))
    async with _process("benchmarks.soak.providers", *troubles, env=_environment({})) as providers:
        urls = json.loads(await _first_line(providers))
        server = Server(0, _free_port(), folder / "data", folder / "lag", folder / "server.log")
        keys = dict.fromkeys(("DEEPGRAM_API_KEY", "OPENAI_API_KEY", "CARTESIA_API_KEY"), KEY)
        own = {"VANTUM_DATA": str(server.data), LAG_FILE: str(server.lag)}
        pipeline = str(Path(__file__).with_name("pipeline.py"))
        command = ("vantum.run", pipeline, "--port", str(server.port))
        async with _process(
            *command, env=_environment(urls | keys | SETTINGS | own), log=server.log
        ) as process:
            await _listening(process, server)
            yield Server(process.pid, server.port, server.data, server.lag, server.log)


@asynccontextmanager
async def load(server: Server, kept: Path, calls: int, seconds: float, seed: int) -> AsyncIterator[Process]:
    """The callers; their tallies come on the standard output, and its end when all of them have left."""
    options = {
        "--url": f"ws://127.0.0.1:{server.port}/ws",
        "--data": server.data,
        "--kept": kept,
        "--calls": calls,
        "--seconds": seconds,
        "--seed": seed,
        "--resume": RESUME_SECONDS,
    }
    given = [str(part) for pair in options.items() for part in pair]
    async with _process("benchmarks.soak.load", *given, env=_environment({})) as process:
        yield process


@asynccontextmanager
async def _process(
    module: str, *options: str, env: Mapping[str, str], log: Path | None = None
) -> AsyncIterator[Process]:
    """A module at work. Without ``log``, what it prints is piped, and so is what it reads."""
    command = (sys.executable, "-m", module, *options)
    if log is None:
        process = await asyncio.create_subprocess_exec(*command, cwd=ROOT, env=env, stdin=PIPE, stdout=PIPE)
    else:
        with log.open("wb") as file:
            process = await asyncio.create_subprocess_exec(
                *command, cwd=ROOT, env=env, stdin=DEVNULL, stdout=file, stderr=STDOUT
            )
    try:
        yield process
    finally:
        await _stop(process)


async def _stop(process: Process) -> None:
    if process.returncode is None:
        process.terminate()
    try:
        await asyncio.wait_for(process.communicate(), STOP_SECONDS)
    except TimeoutError:
        process.kill()
        await process.wait()


async def _first_line(process: Process) -> bytes:
    assert process.stdout is not None
    line = await asyncio.wait_for(process.stdout.readline(), START_SECONDS)
    if not line:
        raise BenchmarkError("The providers' stand-ins did not start.")
    return line


async def _listening(process: Process, server: Server) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        if process.returncode is not None:
            raise BenchmarkError(f"The server ended with {process.returncode}:\n{_tail(server.log)}")
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", server.port)
        except OSError:
            await asyncio.sleep(POLL_SECONDS)
        else:
            writer.close()
            await writer.wait_closed()
            return
    raise BenchmarkError(f"The server did not listen within {START_SECONDS:g} s:\n{_tail(server.log)}")


def _tail(log: Path) -> str:
    return log.read_text(errors="replace")[-SHOWN_LOG:]


def _free_port() -> int:
    with listening_socket("127.0.0.1", 0) as free:
        port: int = free.getsockname()[1]
        return port


def _environment(given: Mapping[str, str]) -> dict[str, str]:
    """Ours, without what would make one machine's soak unlike another's, and what is given."""
    own = {name: value for name, value in os.environ.items() if not name.startswith(("VANTUM_", "PIPECAT_"))}
    return own | dict(given)
