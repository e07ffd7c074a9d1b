"""The stage of a measurement: the providers' stand-ins in this process, a server in another, and calls to it."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from enum import StrEnum
from http import HTTPStatus
from pathlib import Path

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import InvalidStatus

from benchmarks.conversation.caller import Caller
from benchmarks.conversation.model import Model
from benchmarks.conversation.recogniser import Ear, Recogniser
from benchmarks.conversation.speaker import Speaker
from benchmarks.conversation.wires import StockWire, VantumWire, Wire
from benchmarks.servers import ROOT, BenchmarkError

KEY = "test-key"
START_SECONDS = 90.0
STOP_SECONDS = 15.0
LINK_SECONDS = 20.0
BUSY_SECONDS = 1.0
POLL_SECONDS = 0.02
CONNECT_POLL_SECONDS = 0.1
SHOWN_LOG = 2_000
SETTLE_SECONDS = 0.5
"""From the last link of a call to its first word."""


class Partner(StrEnum):
    """Who is spoken with."""

    STOCK = "stock"
    VANTUM = "vantum"
    PLAIN = "plain"


LABELS = {
    Partner.STOCK: "stock pipecat",
    Partner.VANTUM: "Vantum",
    Partner.PLAIN: "Vantum, no speculation",
}


class Stage:
    """A server that listens at ``url``, and what stands in for its providers."""

    def __init__(self, partner: Partner, url: str, pid: int, recogniser: Recogniser, model: Model) -> None:
        self.pid = pid
        self.model = model
        self._partner = partner
        self._url = url
        self._recogniser = recogniser
        self._calls = 0
        self._one_at_a_time = asyncio.Lock()

    @asynccontextmanager
    async def call(self) -> AsyncIterator[Caller]:
        """A call that speaks and listens as long as the block runs."""
        wire: Wire = StockWire() if self._partner is Partner.STOCK else VantumWire()
        # Opened one after the other: so the n-th link of the recogniser is that of the n-th call.
        async with self._one_at_a_time:
            opened = len(self._recogniser.ears)
            connection = await self._connected()
            for message in wire.opening():
                await connection.send(message)
            ear = await self._ear(opened)
            caller = Caller(connection, wire, self._calls, ear, self.model)
            self._calls += 1
        tasks = [asyncio.create_task(work) for work in (caller.speak(), caller.listen())]
        try:
            await asyncio.sleep(SETTLE_SECONDS)
            yield caller
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await connection.close()

    async def _connected(self) -> ClientConnection:
        """A connection; a server that is too busy for one more call is asked again for a while."""
        until = time.monotonic() + LINK_SECONDS
        while True:
            try:
                return await connect(self._url, compression=None, max_size=None, ping_interval=None)
            except InvalidStatus as refusal:
                busy = refusal.response.status_code == HTTPStatus.SERVICE_UNAVAILABLE
                if not busy or time.monotonic() > until:
                    raise BenchmarkError(f"{LABELS[self._partner]} took no call: {refusal}") from None
            await asyncio.sleep(BUSY_SECONDS)

    async def _ear(self, number: int) -> Ear:
        """The link of this number; raises BenchmarkError if the server never opens it."""
        until = time.monotonic() + LINK_SECONDS
        while len(self._recogniser.ears) <= number:
            if time.monotonic() > until:
                raise BenchmarkError(f"{LABELS[self._partner]} opened no link to the recogniser.")
            await asyncio.sleep(POLL_SECONDS)
        return self._recogniser.ears[number]


@asynccontextmanager
async def stage(partner: Partner) -> AsyncIterator[Stage]:
    """Everything runs as long as the block does; raises BenchmarkError if the server does not start."""
    async with Recogniser() as recogniser, Model() as model, Speaker() as speaker:
        urls = {
            "DEEPGRAM_URL": recogniser.url,
            "OPENAI_BASE_URL": model.url,
            "CARTESIA_URL": speaker.url,
        }
        with (
            tempfile.TemporaryDirectory(prefix="conversation-") as folder,
            _server(partner, Path(folder), urls) as (process, port),
        ):
            await _listening(process, port, Path(folder))
            yield Stage(partner, f"ws://127.0.0.1:{port}/ws", process.pid, recogniser, model)


@contextmanager
def _server(
    partner: Partner, folder: Path, urls: dict[str, str]
) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    port = _free_port()
    keys = dict.fromkeys(("DEEPGRAM_API_KEY", "OPENAI_API_KEY", "CARTESIA_API_KEY"), KEY)
    own = {"VANTUM_DATA": str(folder / "data"), "VANTUM_LOG_LEVEL": "WARNING"}
    if partner is Partner.PLAIN:
        own["VANTUM_SPECULATION"] = "false"
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", *_command(partner), "--port", str(port)],
            cwd=ROOT,
            env=_environment() | keys | urls | own,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        try:
            yield process, port
        finally:
            process.terminate()
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _command(partner: Partner) -> list[str]:
    if partner is Partner.STOCK:
        return ["benchmarks.conversation.stock_server"]
    return ["vantum.run", str(Path(__file__).with_name("pipeline.py"))]


def _environment() -> dict[str, str]:
    """Ours, without what would make one machine's benchmark unlike another's."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("VANTUM_", "PIPECAT_"))}


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


async def _listening(process: subprocess.Popen[bytes], port: int, folder: Path) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        if process.poll() is not None:
            raise BenchmarkError(f"The server ended with {process.returncode}:\n{_tail(folder)}")
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(CONNECT_POLL_SECONDS)
        else:
            writer.close()
            await writer.wait_closed()
            return
    raise BenchmarkError(f"The server did not listen within {START_SECONDS:g} s:\n{_tail(folder)}")


def _tail(folder: Path) -> str:
    return (folder / "log").read_text(errors="replace")[-SHOWN_LOG:]
