"""Which core is the server's and which are the load's: so that neither takes what the other is measured by."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Cores:
    """The numbers of the cores of each; empty for a machine that has but one.

    ``helpers`` are the cores of the processes that the server starts: its own, or the load's.
    """

    server: tuple[int, ...] = ()
    load: tuple[int, ...] = ()
    helpers: tuple[int, ...] = ()

    @property
    def shared(self) -> bool:
        """Whether the server's helpers are on its core."""
        return self.helpers == self.server

    @property
    def said(self) -> str:
        """The sentence for the output."""
        if not self.server:
            return "One core for all: the server and the load take from each other, so latencies say little."
        others = ", ".join(map(str, self.load))
        helpers = "with its helpers" if self.shared else "its helpers, the load"
        rest = f"the load and the stand-ins on {others}" if self.shared else f"and the stand-ins on {others}"
        return f"The server is held on core {self.server[0]}, {helpers}, {rest}."


def shared_out(available: Iterable[int] | None = None) -> Cores:
    """The first core for the server and its helpers, and the rest for the load."""
    first, *rest = sorted(os.sched_getaffinity(0) if available is None else available)
    return Cores((first,), tuple(rest), (first,)) if rest else Cores()
