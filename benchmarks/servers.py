"""Starts the server of a system, and the providers' stand-ins, as processes of their own: every wait has an end."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from select import select

from benchmarks.cores import Cores
from benchmarks.fakes import REAL_CLIENTS
from benchmarks.figures import Providers, System, Transport
from benchmarks.machine import descendants, pin
from benchmarks.providers.tls import CA_FILE

ROOT = Path(__file__).parent.parent
START_SECONDS = 90.0
STOP_SECONDS = 15.0
POLL_SECONDS = 0.1
SHOWN_LOG = 2_000
KEYS = ("DEEPGRAM_API_KEY", "OPENAI_API_KEY", "CARTESIA_API_KEY")
KEY = "test-key"


class BenchmarkError(Exception):
    """A process of the benchmark failed; the message says how."""


@dataclass(frozen=True, slots=True)
class StandIns:
    """The providers' stand-ins: where they are, as variables of the servers, and the file of their probe."""

    pid: int
    urls: dict[str, str]
    lag: Path


@dataclass(frozen=True, slots=True)
class Wanted:
    """A server that is wanted. ``admit_all`` switches off that a late server turns calls away."""

    system: System
    transport: Transport = Transport.BROWSER
    stand_ins: StandIns | None = None
    cores: Cores = field(default_factory=Cores)
    admit_all: bool = True


@dataclass(frozen=True, slots=True)
class Server:
    """A server that listens; ``lag`` is the file of its probe, ``rest_port`` where it looks for Twilio's REST API."""

    system: System
    transport: Transport
    port: int
    pid: int
    lag: Path
    rest_port: int


@contextmanager
def running_server(wanted: Wanted, folder: Path) -> Iterator[Server]:
    """The server with its files in ``folder``; raises BenchmarkError if it does not start."""
    port, rest_port = _free_port(), _free_port()
    lag, log = folder / "lag", folder / "server.log"
    given = {} if wanted.stand_ins is None else wanted.stand_ins.urls | dict.fromkeys(KEYS, KEY)
    with log.open("wb") as output:
        process = subprocess.Popen(
            [
                *(sys.executable, "-m", *_module(wanted, folder, rest_port)),
                *("--port", str(port), "--lag", str(lag)),
            ],
            cwd=ROOT,
            env=_environment() | given,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            if wanted.cores.server:
                pin(process.pid, wanted.cores.server)
            _await_listening(process, port, log)
            if not wanted.cores.shared:
                for helper in descendants(process.pid):
                    pin(helper, wanted.cores.helpers)
            yield Server(wanted.system, wanted.transport, port, process.pid, lag, rest_port)
        finally:
            _stop(process)


@contextmanager
def running_stand_ins(providers: Providers, cores: Cores, folder: Path) -> Iterator[StandIns | None]:
    """The providers' stand-ins; None for fakes, which need none."""
    if providers is Providers.FAKES:
        yield None
        return
    lag = folder / "stand-ins.lag"
    secure = providers is Providers.SDK_TLS
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "benchmarks.providers", "--lag", str(lag)),
            *(("--tls", str(folder)) if secure else ()),
        ],
        cwd=ROOT,
        env=_environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    try:
        if cores.load:
            pin(process.pid, cores.load)
        urls = _first_line(process)
        # Read by OpenSSL itself, and so by every client that asks it for its defaults.
        trust = {"SSL_CERT_FILE": str(folder / CA_FILE)} if secure else {}
        yield StandIns(process.pid, urls | trust | {REAL_CLIENTS: "1"}, lag)
    finally:
        _stop(process)


def _first_line(process: subprocess.Popen[bytes]) -> dict[str, str]:
    assert process.stdout is not None
    readable, _, _ = select([process.stdout], [], [], START_SECONDS)
    line = process.stdout.readline() if readable else b""
    if not line:
        raise BenchmarkError("The providers' stand-ins did not start.")
    urls: dict[str, str] = json.loads(line)
    return urls


def _module(wanted: Wanted, folder: Path, rest_port: int) -> Sequence[str]:
    match wanted.system:
        case System.STOCK:
            return ["benchmarks.stock_server"]
        case System.FLOOR:
            return ["benchmarks.floor_server"]
    phone = wanted.transport is Transport.TWILIO
    return [
        *("benchmarks.vantum_server", "--data", str(folder / "data")),
        *(["--record"] if wanted.system is System.RECORDING else []),
        *(["--admit-all"] if wanted.admit_all else []),
        *(["--twilio", f"http://127.0.0.1:{rest_port}"] if phone else []),
    ]


def _environment() -> dict[str, str]:
    """Ours, without what would make one machine's benchmark unlike another's."""
    foreign = ("VANTUM_", "PIPECAT_", "BENCHMARK_", "TWILIO_", "DEEPGRAM_", "OPENAI_", "CARTESIA_")
    return {name: value for name, value in os.environ.items() if not name.startswith(foreign)}


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


def _await_listening(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        if process.poll() is not None:
            raise BenchmarkError(f"The server ended with {process.returncode}:\n{_tail(log)}")
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1.0).close()
        except OSError:
            time.sleep(POLL_SECONDS)
        else:
            return
    raise BenchmarkError(f"The server did not listen within {START_SECONDS:g} s:\n{_tail(log)}")


def _tail(log: Path) -> str:
    return log.read_text(errors="replace")[-SHOWN_LOG:]


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            pipe.close()
