"""The command with several workers, as real processes, and what is done to them."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import sys
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import msgpack  # type: ignore[import-untyped]
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.protocol import State

from tests.live_server import KEYS, Message, message_of, request

ROOT = Path(__file__).parents[3]
START_SECONDS = 60.0
PATIENCE_SECONDS = 20.0
NOTHING: Mapping[str, str] = {}

PIPELINE = """
from processors.break_splitter import BreakSplitter
from processors.context_aggregator import ContextAggregator
from vantum.testing import ScriptedLLM, ScriptedSTT, ScriptedTTS

def build(call):
    return [call.vad(), ScriptedSTT([]), ContextAggregator(prompt="", greeting="Hello there."),
            ScriptedLLM([]), BreakSplitter(), ScriptedTTS(first_audio=0.01, speed=50.0)]
"""


@dataclass(slots=True)
class Server:
    """The command at work. ``lines`` are those of its log, of all processes."""

    process: asyncio.subprocess.Process
    url: str
    folder: Path
    http: httpx.AsyncClient
    welcome: list[str] = field(default_factory=list)

    @property
    def socket_url(self) -> str:
        """Where a browser opens its call."""
        return self.url.replace("http", "ws") + "ws"

    @property
    def log(self) -> str:
        """What all processes have logged."""
        return (self.folder / "log").read_text()

    async def health(self) -> dict[str, object]:
        """What the server tells of itself."""
        return dict((await self.http.get("/health")).json())

    async def workers(self) -> dict[int, dict[str, object]]:
        """What is told of each worker, by its process."""
        told = (await self.health())["workers"]
        assert isinstance(told, list)
        return {worker["pid"]: worker for worker in told}

    async def spread(self) -> list[object]:
        """How many calls each worker has."""
        return [worker["live"] for worker in (await self.workers()).values()]

    async def listed(self, number: int) -> list[dict[str, object]]:
        """The calls that the API lists, once there are so many: records are written a moment later."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while len(calls := (await self.http.get("/api/calls")).json()["calls"]) < number:  # noqa: ASYNC110
                await asyncio.sleep(0.05)
        return list(calls)

    async def ended(self) -> int:
        """Wait for its end; returns its exit code."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            return await self.process.wait()


class NotServingError(Exception):
    """The command ended before it served anything: its exit code and its log."""

    def __init__(self, code: int, log: str) -> None:
        super().__init__(code, log)
        self.code = code
        self.log = log


@asynccontextmanager
async def serving(
    folder: Path, pipeline: str = PIPELINE, workers: int = 2, settings: Mapping[str, str] = NOTHING
) -> AsyncIterator[Server]:
    """The command with ``workers`` until the block is left; whatever it has started is gone then."""
    (folder / "own.py").write_text(pipeline)
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    own = {"PYTHONPATH": str(ROOT), "VANTUM_DATA": str(folder / "data"), "VANTUM_SMART_TURN": "false"}
    # A busy machine is no reason to spread calls otherwise.
    own["VANTUM_MAX_LAG_MS"] = "0"
    given = {**kept, **KEYS, **own, **settings}
    with (folder / "log").open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "vantum.run", "own.py", "--port", "0", "--workers", str(workers)),
            cwd=folder,
            env=given,
            stdout=asyncio.subprocess.PIPE,
            stderr=log,
        )
    assert process.stdout is not None
    try:
        async with asyncio.timeout(START_SECONDS):
            welcome = [(await process.stdout.readline()).decode()]
        found = re.search(r"http://\S+", welcome[0])
        if found is None:
            raise NotServingError(await process.wait(), (folder / "log").read_text())
        async with httpx.AsyncClient(base_url=found[0], trust_env=False) as http:
            yield Server(process, found[0], folder, http, welcome)
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
            process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(PATIENCE_SECONDS):
            await process.communicate()
        await until(lambda: not started_by(folder))


def started_by(folder: Path) -> list[int]:
    """The processes that work in ``folder``."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and (entry / "cwd").readlink() == folder:
                found.append(int(entry.name))
        except OSError:
            continue
    return found


class Browser:
    """A client in a call: it takes all that the server sends."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket
        self.session = ""
        self.token = ""
        self.resumed = False
        self.heard: list[Message] = []
        self._reading: asyncio.Task[None] | None = None

    @property
    def stamp(self) -> str:
        """Which worker it is with."""
        return self.session[-8:]

    @property
    def words(self) -> list[str]:
        """What the bot has said."""
        said = [one for one in self.heard if one["eventType"] == "conversation.response.words"]
        return " ".join(str(one["payload"]["text"]) for one in said).split()  # type: ignore[index]

    async def begin(self, session: str = "", **payload: object) -> None:
        """Begin a call, or go on with one."""
        ack = await message_of(self._socket, "connection.ack")
        self.session = str(ack["sessionId"])
        self.token = str(ack["payload"]["resumeToken"])  # type: ignore[index]
        start: Message = msgpack.unpackb(request("audio.input.start", **payload))
        await self._socket.send(msgpack.packb({**start, "sessionId": session or self.session}))
        began = await message_of(self._socket, "audio.input.start")
        self.resumed = began["payload"].get("resumed", False)  # type: ignore[attr-defined]
        self._reading = asyncio.create_task(self._read())

    async def still_heard(self) -> None:
        """Its call goes on: a ping is answered, and no end has come."""
        await (await self._socket.ping())
        assert self._socket.state is State.OPEN

    async def drop(self) -> None:
        """Break the connection, without a goodbye."""
        self._socket.transport.abort()
        await self.over()

    async def close(self) -> None:
        """Leave the call."""
        await self._socket.close()
        await self.over()

    async def over(self) -> int | None:
        """Wait for the end of the connection; returns its code."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            await self._socket.wait_closed()
            if self._reading is not None:
                await self._reading
        return self._socket.close_code

    @property
    def is_over(self) -> bool:
        """Whether the connection has ended."""
        return self._socket.state is not State.OPEN

    async def _read(self) -> None:
        with suppress(ConnectionClosed):
            async for packed in self._socket:
                self.heard.append(msgpack.unpackb(packed))


@asynccontextmanager
async def calling(url: str, session: str = "", **payload: object) -> AsyncIterator[Browser]:
    """A browser in a call that has begun."""
    async with connect(url, compression=None, max_size=None) as socket:
        browser = Browser(socket)
        await browser.begin(session, **payload)
        yield browser
        await browser.close()


async def until(condition: Callable[[], object], seconds: float = PATIENCE_SECONDS) -> None:
    """Return as soon as the condition holds."""
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 - other processes tell nobody
            await asyncio.sleep(0.05)


async def until_told(server: Server, condition: Callable[[dict[int, dict[str, object]]], object]) -> None:
    """Return as soon as the condition holds of the workers."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            # Who was just killed may have been given the question.
            with suppress(httpx.TransportError):
                if condition(await server.workers()):
                    return
            await asyncio.sleep(0.1)
