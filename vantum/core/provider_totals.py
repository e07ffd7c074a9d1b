"""The board of a process's providers that also counts, from the start of the process, for whoever graphs it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from vantum.core.choice import Kind
from vantum.core.faults import Fault
from vantum.core.provider_board import Job, ProviderBoard

SERVED: Final = "served"
OUTCOMES: Final = (SERVED, *map(str, Fault))
"""What may become of a request: it was served, or the fault for which it was not."""


class CountingBoard(ProviderBoard):
    """A board with ``totals``: how many requests of each job had each outcome. What was never asked has zeros."""

    def __init__(self, order: Mapping[Kind, Sequence[str]]) -> None:
        super().__init__(order)
        self.totals: dict[Job, dict[str, int]] = {
            (kind, name): dict.fromkeys(OUTCOMES, 0) for kind, names in order.items() for name in names
        }

    def served(self, kind: Kind, name: str, now: float, seconds: float | None = None) -> None:
        """It did what it was asked to, after ``seconds``."""
        self.totals[kind, name][SERVED] += 1
        super().served(kind, name, now, seconds)

    def failed(self, kind: Kind, name: str, now: float, fault: Fault, problem: str = "") -> bool:
        """It failed a call; True when calls leave it alone from here on, which the operator is to know."""
        self.totals[kind, name][fault] += 1
        return super().failed(kind, name, now, fault, problem)
