"""What the server holds, looked at from outside: in ``/proc``, and in its own metrics and health."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass

import httpx

from benchmarks.machine import PROC
from benchmarks.soak.processes import Server

TIMEOUT_SECONDS = 10.0
STATUS = re.compile(r"^(VmRSS|RssAnon|Threads):\s+(\d+)", re.MULTILINE)
TASKS = re.compile(r"^vantum_tasks (\S+)", re.MULTILINE)
KB_PER_MB = 1024


@dataclass(frozen=True, slots=True)
class Sample:
    """The server at a moment, ``at`` seconds after the first call. ``anon_mb`` is memory that is no file's."""

    at: float
    rss_mb: float
    anon_mb: float
    tasks: int
    threads: int
    fds: int
    live: int


class Observer:
    """Looks at ``server`` through ``http``; its clock begins now."""

    def __init__(self, server: Server, http: httpx.AsyncClient) -> None:
        self.began = time.monotonic()
        self._server = server
        self._http = http

    async def look(self) -> Sample:
        """A sample; raises httpx.HTTPError or OSError when the server is gone."""
        metrics = (await self._http.get("/metrics")).raise_for_status().text
        health = (await self._http.get("/health")).raise_for_status().json()
        process = PROC / str(self._server.pid)
        status = {name: int(value) for name, value in STATUS.findall((process / "status").read_text())}
        tasks = TASKS.search(metrics)
        return Sample(
            at=time.monotonic() - self.began,
            rss_mb=status["VmRSS"] / KB_PER_MB,
            anon_mb=status["RssAnon"] / KB_PER_MB,
            tasks=int(float(tasks[1])) if tasks else 0,
            threads=status["Threads"],
            fds=len(list((process / "fd").iterdir())),
            live=int(health["calls"]["live"]),
        )
