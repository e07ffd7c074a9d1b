"""Starts the server of a system as a process of its own, and ends it: every wait has an end."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.figures import System

ROOT = Path(__file__).parent.parent
START_SECONDS = 90.0
STOP_SECONDS = 15.0
POLL_SECONDS = 0.1
SHOWN_LOG = 2_000


class BenchmarkError(Exception):
    """A process of the benchmark failed; the message says how."""


@dataclass(frozen=True, slots=True)
class Server:
    """A server that listens; ``lag`` is the file of its probe."""

    system: System
    port: int
    pid: int
    lag: Path


@contextmanager
def running_server(system: System, folder: Path) -> Iterator[Server]:
    """The server of ``system`` with its files in ``folder``; raises BenchmarkError if it does not start."""
    port, lag, log = _free_port(), folder / "lag", folder / "server.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", *_module(system, folder), "--port", str(port), "--lag", str(lag)],
            cwd=ROOT,
            env=_environment(),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            _await_listening(process, port, log)
            yield Server(system, port, process.pid, lag)
        finally:
            _stop(process)


def _module(system: System, folder: Path) -> list[str]:
    match system:
        case System.STOCK:
            return ["benchmarks.stock_server"]
        case System.VANTUM:
            return ["benchmarks.vantum_server", "--data", str(folder / "data")]
        case System.RECORDING:
            return ["benchmarks.vantum_server", "--data", str(folder / "data"), "--record"]


def _environment() -> dict[str, str]:
    """Ours, without what would make one machine's benchmark unlike another's."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("VANTUM_", "PIPECAT_"))}


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
