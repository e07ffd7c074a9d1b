"""What a process and the machine around it used, as Linux counts it."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Self

TICKS = os.sysconf("SC_CLK_TCK")
PROC = Path("/proc")
CPU_CLOCK = 2
"""The kind of a process's clock that counts user and system time of all its threads (``clock_getcpuclockid``)."""


@dataclass(frozen=True, slots=True)
class Usage:
    """CPU seconds used so far, user and system.

    ``server`` is the process that serves calls, ``helpers`` are those that it started, ``load`` is the load and
    ``stand_ins`` are the providers'; ``busy`` is all of the machine, ``core`` the server's core, if it has one.
    ``stolen`` was taken by the host.
    """

    server: float
    load: float
    busy: float
    stolen: float
    helpers: float = 0.0
    stand_ins: float = 0.0
    core: float = 0.0

    def since(self, before: Self) -> Usage:
        """What was used from ``before`` to now."""
        names = [field.name for field in fields(self)]
        return Usage(**{name: getattr(self, name) - getattr(before, name) for name in names})

    @property
    def others(self) -> float:
        """What all other processes used."""
        return max(0.0, self.busy - self.server - self.helpers - self.load - self.stand_ins)


def usage(server: int, stand_ins: int | None = None, core: int | None = None) -> Usage:
    """Read now; this process is the load. ``core`` is the number of the server's own."""
    own = os.times()
    lines = (PROC / "stat").read_text().split("\n")
    busy, stolen = _seconds(lines[0])
    on_core = next((_seconds(line)[0] for line in lines if line.startswith(f"cpu{core} ")), 0.0)
    return Usage(
        server=process_seconds(server),
        load=own.user + own.system,
        busy=busy,
        stolen=stolen,
        helpers=sum(map(_seconds_if_alive, descendants(server))),
        stand_ins=0.0 if stand_ins is None else process_seconds(stand_ins),
        core=on_core,
    )


def whole() -> tuple[float, float]:
    """CPU seconds that the whole machine has been busy so far, and that the host took from it."""
    return _seconds((PROC / "stat").read_text().split("\n", 1)[0])


def process_seconds(pid: int) -> float:
    """User and system time of all threads of a process, those that have ended too, without its children."""
    # The kernel's number for the clock of another process; /proc counts in hundredths of a second only.
    return time.clock_gettime((~pid << 3) | CPU_CLOCK)


def descendants(pid: int) -> Iterator[int]:
    """The processes that a process has started, and those that they have; none of one that is gone."""
    for children in (PROC / str(pid) / "task").glob("*/children"):
        with suppress(OSError):
            for child in map(int, children.read_text().split()):
                yield child
                yield from descendants(child)


def pin(pid: int, cores: Iterable[int]) -> None:
    """Hold a process, with all of its threads and what they start from now on, on these cores."""
    wanted = set(cores)
    for thread in (PROC / str(pid) / "task").iterdir():
        with suppress(ProcessLookupError):
            os.sched_setaffinity(int(thread.name), wanted)


def resident_mb(pid: int) -> float:
    """The memory of a process that is in RAM, in MiB."""
    pages = int((PROC / str(pid) / "statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def _seconds_if_alive(pid: int) -> float:
    try:
        return process_seconds(pid)
    except OSError:
        return 0.0


def _seconds(line: str) -> tuple[float, float]:
    """Busy and stolen time of a line of ``/proc/stat``."""
    user, nice, system, _, _, irq, softirq, stolen, *_ = map(int, line.split()[1:])
    return (user + nice + system + irq + softirq) / TICKS, stolen / TICKS
