"""What a process knows of its providers: who works, how often they fail, how quick they are.

Every call reports to it and asks it; the operator reads it. Times are seconds on any steady clock.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from statistics import median

from vantum.core.breaker import Breaker, Circuit
from vantum.core.choice import Kind
from vantum.core.faults import Fault

WINDOW_SECONDS = 300.0
"""What is told of a provider counts the last five minutes, and so many requests at most."""
MOST_OUTCOMES = 500

Job = tuple[Kind, str]
"""What is done, and the name of the provider who does it."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """One thing that was asked of a provider; ``seconds`` to its first result, where that means something."""

    at: float
    fault: Fault | None = None
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """How a provider does; rates and times are of the last five minutes, None where nothing was asked."""

    kind: Kind
    name: str
    circuit: Circuit
    requests: int
    error_rate: float | None
    median_seconds: float | None
    last_fault: Fault | None
    last_problem: str


@dataclass(slots=True)
class _Entry:
    breaker: Breaker = field(default_factory=Breaker)
    outcomes: deque[Outcome] = field(default_factory=lambda: deque(maxlen=MOST_OUTCOMES))
    last_fault: Fault | None = None
    last_problem: str = ""


class ProviderBoard:
    """The providers that the calls of a process may use, in the order of the operator's wish."""

    def __init__(self, order: Mapping[Kind, Iterable[str]]) -> None:
        self._entries = {(kind, name): _Entry() for kind, names in order.items() for name in names}

    def usable(self, kind: Kind, name: str) -> bool:
        """Whether calls should use it."""
        return self._entries[kind, name].breaker.usable

    def served(self, kind: Kind, name: str, now: float, seconds: float | None = None) -> None:
        """It did what it was asked to, after ``seconds``."""
        entry = self._entries[kind, name]
        entry.outcomes.append(Outcome(now, None, seconds))
        entry.breaker.succeeded(now)

    def failed(self, kind: Kind, name: str, now: float, fault: Fault, problem: str = "") -> bool:
        """It failed a call; True when calls leave it alone from here on, which the operator is to know."""
        entry = self._entries[kind, name]
        was_usable = entry.breaker.usable
        entry.outcomes.append(Outcome(now, fault))
        entry.breaker.failed(now, fault)
        entry.last_fault, entry.last_problem = fault, problem
        return was_usable and not entry.breaker.usable

    def to_probe(self, now: float) -> list[Job]:
        """Those that rested long enough: each is to be probed, and is told so here."""
        due = [job for job, entry in self._entries.items() if _is_due(entry.breaker.probe_at, now)]
        for job in due:
            self._entries[job].breaker.probing()
        return due

    def probed(self, job: Job, now: float, *, well: bool) -> None:
        """What the probe of a provider found."""
        self._entries[job].breaker.probed(now, well=well)

    def standings(self, now: float) -> list[Standing]:
        """Every provider's, in order."""
        return [self._standing(job, entry, now) for job, entry in self._entries.items()]

    def _standing(self, job: Job, entry: _Entry, now: float) -> Standing:
        recent = [outcome for outcome in entry.outcomes if outcome.at >= now - WINDOW_SECONDS]
        faults = sum(outcome.fault is not None for outcome in recent)
        times = [outcome.seconds for outcome in recent if outcome.seconds is not None]
        return Standing(
            *job,
            circuit=entry.breaker.circuit,
            requests=len(recent),
            error_rate=faults / len(recent) if recent else None,
            median_seconds=median(times) if times else None,
            last_fault=entry.last_fault,
            last_problem=entry.last_problem,
        )


def _is_due(at: float | None, now: float) -> bool:
    return at is not None and at <= now
