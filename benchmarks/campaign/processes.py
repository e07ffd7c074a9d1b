"""The processes of the campaign's benchmark: each is started anew when it has ended, until all is over."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import sys
import time
from asyncio.subprocess import DEVNULL, PIPE, STDOUT, Process
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import httpx
from sqlalchemy import URL

from benchmarks.campaign.carrier import ACCOUNT, PUBLIC_URL, TOKEN
from benchmarks.campaign.cast import OWN_NUMBER
from benchmarks.campaign.doomed import DEAD, Point
from benchmarks.servers import ROOT, BenchmarkError
from vantum.cli import BEHIND_CALLS, give_way
from vantum.listener import listening_socket

START_SECONDS: Final = 60.0
STOP_SECONDS: Final = 20.0
STEADY_SECONDS: Final = 6.0
"""A process that has run for so long is up."""
POLL_SECONDS: Final = 0.05
SHOWN_LOG: Final = 4_000
TALKS: Final = ROOT / "pipelines" / "outreach.py"
SPEAKING: Final = {"VANTUM_LLM": "local", "VANTUM_RECORD": "true"}
"""Who answers is the demo's script, and what is said is kept with its sound."""
KEYS: Final = ("DEEPGRAM_API_KEY", "OPENAI_API_KEY", "CARTESIA_API_KEY")


@dataclass(slots=True)
class Kept:
    """A command that is started again whenever it ends. ``deaths`` are the moments of ends that were wanted,
    in seconds since the epoch."""

    name: str
    command: Sequence[str]
    env: Mapping[str, str]
    log: Path
    deaths: list[float] = field(default_factory=list)
    faults: list[int] = field(default_factory=list)
    _process: Process | None = None
    _doom: tuple[str, ...] = ()
    _closing: asyncio.Event = field(default_factory=asyncio.Event)
    _doomed: bool = False
    _since: float = 0.0

    @property
    def doomed(self) -> bool:
        """Whether the one that runs is to end at a point."""
        return self._doomed

    @property
    def steady(self) -> bool:
        """Whether it has run for a while, and is not about to end."""
        runs = self._process is not None and self._process.returncode is None
        return runs and not self._doomed and time.monotonic() - self._since > STEADY_SECONDS

    async def keep(self) -> None:
        """Run it until it is closed."""
        while not self._closing.is_set():
            doom, self._doom = self._doom, ()
            self._doomed, self._since = bool(doom), time.monotonic()
            with self.log.open("ab") as file:
                self._process = await asyncio.create_subprocess_exec(
                    sys.executable,
                    "-m",
                    "benchmarks.campaign.doomed",
                    *doom,
                    *self.command,
                    cwd=ROOT,
                    env=self.env,
                    stdin=DEVNULL,
                    stdout=file,
                    stderr=STDOUT,
                )
            if BEHIND_CALLS.intersection(self.command):
                # As it does itself before it loads anything; what ends it at a point has loaded much by then.
                give_way(self._process.pid)
            code = await self._process.wait()
            if self._closing.is_set():
                return
            if code in (DEAD, -signal.SIGKILL):
                self.deaths.append(time.time())
            else:
                self.faults.append(code)
                await asyncio.sleep(1.0)

    def kill(self, point: Point | None = None, at: int = 1) -> None:
        """End it at once; with ``point``, the one that follows ends there, with its call number ``at``."""
        self._doom = () if point is None else ("--die", f"{point}:{at}")
        if self._process is not None and self._process.returncode is None:
            self._process.kill()

    async def close(self) -> None:
        """End it for good."""
        self._closing.set()
        process = self._process
        if process is None or process.returncode is not None:
            return
        process.terminate()
        try:
            await asyncio.wait_for(process.wait(), STOP_SECONDS)
        except TimeoutError:
            process.kill()
            await process.wait()


@dataclass(frozen=True, slots=True)
class Cast:
    """What runs: one server, and dialers where it does not dial by itself."""

    server: Kept
    dialers: Sequence[Kept]
    url: str

    @property
    def victims(self) -> Sequence[Kept]:
        """Whom to kill: the dialers, or the server that is one."""
        return self.dialers or (self.server,)

    @property
    def all(self) -> Sequence[Kept]:
        """Every one of them."""
        return (self.server, *self.dialers)


@asynccontextmanager
async def running(
    folder: Path,
    url: URL,
    dialers: int,
    settings: Mapping[str, str],
    hurry: Sequence[str] = (),
    *,
    speaking: bool = False,
) -> AsyncIterator[Cast]:
    """The carrier, the server and the dialers; raises BenchmarkError for a server that does not start.

    When those who answer are ``speaking``, the server talks to them in the demo's pipeline; else it only greets.
    """
    port, carrier_port = free_port(), free_port()
    reach = f"http://127.0.0.1:{port}"
    env = _environment(folder, url, port, carrier_port) | dict(settings)
    async with AsyncExitStack() as closing:
        if speaking:
            env |= await closing.enter_async_context(_providers(folder)) | SPEAKING
        pipeline = pipeline_of(speaking=speaking)
        await closing.enter_async_context(_carrier(folder, carrier_port, reach, speaking))
        yield await closing.enter_async_context(_customer(folder, str(pipeline), reach, dialers, env, hurry))


def pipeline_of(*, speaking: bool) -> Path:
    """The pipeline that is served."""
    return TALKS if speaking else Path(__file__).with_name("pipeline.py")


@asynccontextmanager
async def _customer(
    folder: Path, pipeline: str, reach: str, dialers: int, env: Mapping[str, str], hurry: Sequence[str]
) -> AsyncIterator[Cast]:
    """The processes under test."""
    server = Kept("server", (*hurry, "run", pipeline), env, folder / "server.log")
    others = [
        Kept(f"dialer-{place}", (*hurry, "dial", "--server", reach), env, folder / f"dialer-{place}.log")
        for place in range(dialers)
    ]
    cast = Cast(server, others, reach)
    tasks = [asyncio.create_task(server.keep(), name=server.name)]
    try:
        await listening(reach, server.log)
        tasks += [asyncio.create_task(each.keep(), name=each.name) for each in others]
        yield cast
    finally:
        await asyncio.gather(*(each.close() for each in (*others, server)))
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


@asynccontextmanager
async def _carrier(folder: Path, port: int, reach: str, speaking: bool) -> AsyncIterator[None]:
    options = ["--port", str(port), "--journal", str(folder / "carrier.jsonl"), "--reach", reach]
    options += ["--speaking"] if speaking else []
    with (folder / "carrier.log").open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "benchmarks.campaign.carrier", *options, cwd=ROOT, stdout=log, stderr=STDOUT
        )
    try:
        await listening(f"http://127.0.0.1:{port}", folder / "carrier.log")
        yield
    finally:
        process.terminate()
        await process.wait()


@asynccontextmanager
async def _providers(folder: Path) -> AsyncIterator[dict[str, str]]:
    """The stand-ins of who hears and who speaks, as settings."""
    with (folder / "providers.log").open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "benchmarks.campaign.providers",
            cwd=ROOT,
            stdin=PIPE,
            stdout=PIPE,
            stderr=log,
        )
    try:
        assert process.stdout is not None
        line = await asyncio.wait_for(process.stdout.readline(), START_SECONDS)
        if not line:
            raise BenchmarkError(f"The providers did not start:\n{tail(folder / 'providers.log')}")
        yield json.loads(line)
    finally:
        process.terminate()
        await process.wait()


async def listening(url: str, log: Path) -> None:
    """Wait until somebody answers there, well or not; raises BenchmarkError."""
    async with httpx.AsyncClient(base_url=url, trust_env=False, timeout=2.0) as http:
        try:
            async with asyncio.timeout(START_SECONDS):
                while not await _answers(http):  # noqa: ASYNC110 - another process tells nobody
                    await asyncio.sleep(POLL_SECONDS)
        except TimeoutError:
            raise BenchmarkError(f"Nobody listens at {url}:\n{tail(log)}") from None


async def _answers(http: httpx.AsyncClient) -> bool:
    try:
        return not (await http.get("/health")).is_server_error
    except httpx.TransportError:
        return False


def tail(log: Path) -> str:
    """The end of what a process has said."""
    return log.read_text(errors="replace")[-SHOWN_LOG:] if log.exists() else ""


def free_port() -> int:
    """A port that nobody listens on."""
    taken: socket.socket
    with listening_socket("127.0.0.1", 0) as taken:
        port: int = taken.getsockname()[1]
        return port


def _environment(folder: Path, url: URL, port: int, carrier_port: int) -> dict[str, str]:
    own = {name: value for name, value in os.environ.items() if not name.startswith(("VANTUM_", "TWILIO_"))}
    return own | {
        **dict.fromkeys(KEYS, "test"),
        # Calls are analysed when they are over: not by anybody outside.
        "OPENAI_BASE_URL": "http://127.0.0.1:9/v1",
        "PYTHONPATH": str(ROOT),
        "TWILIO_ACCOUNT_SID": ACCOUNT,
        "TWILIO_AUTH_TOKEN": TOKEN,
        "TWILIO_API_URL": f"http://127.0.0.1:{carrier_port}",
        "TWILIO_FROM": OWN_NUMBER,
        "VANTUM_PUBLIC_URL": PUBLIC_URL,
        "VANTUM_DATA": str(folder / "data"),
        "VANTUM_DATABASE_URL": url.render_as_string(hide_password=False),
        "VANTUM_PORT": str(port),
        "VANTUM_LOG_LEVEL": "WARNING",
        "VANTUM_RECORD": "false",
        "VANTUM_MAX_LAG_MS": "0",
    }
