"""Which worker a process is: what the front tells it on its command line."""

from __future__ import annotations

import socket
from dataclasses import dataclass
from typing import Self

from vantum.workers.channel import Ends

OPTION = "--worker"


@dataclass(frozen=True, slots=True)
class Badge:
    """The worker in ``slot`` of ``workers``, whose ids end in ``stamp``; ``lines`` and ``connections`` are the
    descriptors of its sockets to the front."""

    slot: int
    workers: int
    stamp: str
    lines: int
    connections: int

    def __str__(self) -> str:
        return f"{self.slot},{self.workers},{self.stamp},{self.lines},{self.connections}"

    @classmethod
    def read(cls, text: str) -> Self:
        """The badge that was written; raises ValueError."""
        slot, workers, stamp, lines, connections = text.split(",")
        return cls(int(slot), int(workers), stamp, int(lines), int(connections))

    def ends(self) -> Ends:
        """The sockets, which are this process's from here on."""
        return Ends(socket.socket(fileno=self.lines), socket.socket(fileno=self.connections))
