"""What the server holds, looked at from outside: in ``/proc``, and in its own metrics and health."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass

import httpx

from benchmarks.machine import PROC
from benchmarks.servers import BenchmarkError
from benchmarks.soak.processes import Server

TIMEOUT_SECONDS = 10.0
STATUS = re.compile(r"^(VmRSS|RssAnon|Threads):\s+(\d+)", re.MULTILINE)
TASKS, HEAP, BLOCKS = "vantum_tasks", "vantum_heap_used_bytes", "vantum_python_blocks"
FIGURES = re.compile(rf"^({TASKS}|{HEAP}|{BLOCKS}) (\S+)", re.MULTILINE)
KB_PER_MB = 1024
BLOCK_BYTES = 80
"""Of a small object of Python, about."""


@dataclass(frozen=True, slots=True)
class Sample:
    """The server at a moment, ``at`` seconds after the first call.

    ``anon_mb`` is memory that is no file's. ``heap_mb`` and ``blocks`` are what is in use of what the process has:
    the C library's heap, and small objects of Python.
    """

    at: float
    rss_mb: float
    anon_mb: float
    tasks: int
    threads: int
    fds: int
    live: int
    heap_mb: float
    blocks: int

    @property
    def used_mb(self) -> float:
        """What is in use, in MB: all that grows for as long as something leaks."""
        return self.heap_mb + self.blocks * BLOCK_BYTES / KB_PER_MB**2


class Observer:
    """Looks at ``server`` through ``http``; its clock begins now."""

    def __init__(self, server: Server, http: httpx.AsyncClient) -> None:
        self.began = time.monotonic()
        self._server = server
        self._http = http

    async def look(self) -> Sample:
        """A sample; raises httpx.HTTPError or OSError when the server is gone, BenchmarkError without all figures."""
        metrics = (await self._http.get("/metrics")).raise_for_status().text
        health = (await self._http.get("/health")).raise_for_status().json()
        process = PROC / str(self._server.pid)
        status = {name: int(value) for name, value in STATUS.findall((process / "status").read_text())}
        figures = {name: float(value) for name, value in FIGURES.findall(metrics)}
        for name in (TASKS, HEAP, BLOCKS):
            if name not in figures:
                raise BenchmarkError(
                    f"The server's /metrics have no {name}: its memory cannot be judged here."
                )
        return Sample(
            at=time.monotonic() - self.began,
            rss_mb=status["VmRSS"] / KB_PER_MB,
            anon_mb=status["RssAnon"] / KB_PER_MB,
            tasks=int(figures[TASKS]),
            threads=status["Threads"],
            fds=len(list((process / "fd").iterdir())),
            live=int(health["calls"]["live"]),
            heap_mb=figures[HEAP] / KB_PER_MB**2,
            blocks=int(figures[BLOCKS]),
        )
