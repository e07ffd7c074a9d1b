"""What a process and the machine around it used, as Linux counts it in ``/proc``."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")
PROC = Path("/proc")


@dataclass(frozen=True, slots=True)
class Usage:
    """CPU seconds used so far: by ``server`` and ``load`` (user and system), by all, and taken by the host."""

    server: float
    load: float
    busy: float
    stolen: float

    def since(self, before: Usage) -> Usage:
        """What was used from ``before`` to now."""
        return Usage(
            self.server - before.server,
            self.load - before.load,
            self.busy - before.busy,
            self.stolen - before.stolen,
        )

    @property
    def others(self) -> float:
        """What all other processes used."""
        return max(0.0, self.busy - self.server - self.load)


def usage(server: int) -> Usage:
    """Read now; this process is the load."""
    own = os.times()
    busy, stolen = _machine_seconds((PROC / "stat").read_text())
    return Usage(process_seconds(server), own.user + own.system, busy, stolen)


def process_seconds(pid: int) -> float:
    """User and system time of all threads of a process, without its children."""
    # The name of the process, in brackets, may hold spaces.
    fields = (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def resident_mb(pid: int) -> float:
    """The memory of a process that is in RAM, in MiB."""
    pages = int((PROC / str(pid) / "statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def _machine_seconds(stat: str) -> tuple[float, float]:
    user, nice, system, _, _, irq, softirq, stolen, *_ = map(int, stat.split("\n", 1)[0].split()[1:])
    return (user + nice + system + irq + softirq) / TICKS, stolen / TICKS
