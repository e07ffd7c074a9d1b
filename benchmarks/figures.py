"""From what clients heard and the machine counted to the figures of the benchmark; nothing is measured here."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from statistics import median

SATURATED_LAG_MS = 50.0
ANSWERED_SHARE = 0.9


class System(StrEnum):
    """What is compared."""

    FLOOR = "floor"
    VANTUM = "vantum"
    RECORDING = "vantum-recording"
    STOCK = "stock"


class Transport(StrEnum):
    """How the calls come: a browser's messages, or Twilio's media streams."""

    BROWSER = "browser"
    TWILIO = "twilio"


class Providers(StrEnum):
    """Who answers: fakes inside the server, or the real clients against servers of another process."""

    FAKES = "fakes"
    SDK = "sdk"
    SDK_TLS = "sdk-tls"


LABELS = {
    System.FLOOR: "the floor",
    System.VANTUM: "Vantum",
    System.RECORDING: "Vantum, recording",
    System.STOCK: "stock pipecat",
}


@dataclass(frozen=True, slots=True)
class Round:
    """One server under one load; latencies are of the answers to turns that ended in the steady window."""

    system: System
    transport: Transport
    providers: Providers
    calls: int
    ready: int
    cpu_ms: float
    """CPU of the process that serves calls, in milliseconds for each second of each call."""
    helpers_ms: float
    """The same of the processes that it started."""
    cores: float
    lag_p50_ms: float | None
    lag_p99_ms: float | None
    turns: int
    added_ms: tuple[float, ...]
    chunks: int
    late_chunks: int
    hole_ms: float
    memory_mb: float
    setup_ms: tuple[float, ...]
    setup_rate: float
    """Calls set up a second."""
    load_late_p99_ms: float | None
    """How late the load itself sent: what the machine adds, and not the server."""
    load_cores: float
    stand_ins_late_p99_ms: float | None
    stand_ins_cores: float
    others_cores: float
    core_others: float
    """What others used of the server's own core."""
    stolen_cores: float

    @property
    def saturated(self) -> bool:
        """The server does not keep up: its CPU is only a lower bound of what the calls need."""
        overdue = self.lag_p50_ms is None or self.lag_p50_ms > SATURATED_LAG_MS
        return overdue or self.ready < self.calls or len(self.added_ms) < ANSWERED_SHARE * self.turns

    @property
    def all_ms(self) -> float:
        """CPU of the server and its helpers."""
        return self.cpu_ms + self.helpers_ms


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of several rounds: its key in the JSON file, its heading in the table, how it is made."""

    key: str
    heading: str
    of: Callable[[Sequence[Round]], float | None]


@dataclass(frozen=True, slots=True)
class Summary:
    """All rounds of one system at one number of calls, over one transport."""

    system: System
    transport: Transport
    calls: int
    rounds: int
    saturated: bool
    figures: dict[str, float | None]


@dataclass(frozen=True, slots=True)
class Ratio:
    """How many times the CPU of ``under`` the system ``over`` uses, in rounds that followed each other."""

    over: System
    under: System
    transport: Transport
    calls: int
    median: float
    least: float
    most: float
    lower_bound: bool
    """The system ``over`` was saturated, and would need more than it could get."""


def percentile(values: Iterable[float], share: float) -> float | None:
    """The nearest-rank percentile; None of nothing."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)] if ordered else None


def spread(rounds: Sequence[Round]) -> float | None:
    """p95 less p50 of the latency; what the providers wait is the same for all answers, so it is not in it."""
    pooled = [value for one in rounds for value in one.added_ms]
    high, middle = percentile(pooled, 0.95), percentile(pooled, 0.5)
    return None if high is None or middle is None else high - middle


def _middle(field: Callable[[Round], float | None]) -> Callable[[Sequence[Round]], float | None]:
    def of(rounds: Sequence[Round]) -> float | None:
        known = [value for one in rounds if (value := field(one)) is not None]
        return median(known) if known else None

    return of


def _pooled(
    field: Callable[[Round], tuple[float, ...]], share: float
) -> Callable[[Sequence[Round]], float | None]:
    return lambda rounds: percentile((value for one in rounds for value in field(one)), share)


def _unanswered(rounds: Sequence[Round]) -> float | None:
    turns = sum(one.turns for one in rounds)
    return 100 * (1 - sum(len(one.added_ms) for one in rounds) / turns) if turns else None


def _late(rounds: Sequence[Round]) -> float | None:
    chunks = sum(one.chunks for one in rounds)
    return 1000 * sum(one.late_chunks for one in rounds) / chunks if chunks else None


FIGURES = (
    Figure("cpu_ms", "CPU, ms per call-second", _middle(lambda one: one.cpu_ms)),
    Figure("helpers_ms", "  and of its helper processes", _middle(lambda one: one.helpers_ms)),
    Figure("cores", "CPU, cores", _middle(lambda one: one.cores)),
    Figure("lag_p50_ms", "event loop late, p50 ms", _middle(lambda one: one.lag_p50_ms)),
    Figure("lag_p99_ms", "event loop late, p99 ms", _middle(lambda one: one.lag_p99_ms)),
    Figure("added_p50_ms", "added latency, p50 ms", _pooled(lambda one: one.added_ms, 0.5)),
    Figure("added_p95_ms", "added latency, p95 ms", _pooled(lambda one: one.added_ms, 0.95)),
    Figure("added_p99_ms", "added latency, p99 ms", _pooled(lambda one: one.added_ms, 0.99)),
    Figure("spread_ms", "voice-to-voice, p95 less p50, ms", spread),
    Figure("turns", "turns measured", lambda rounds: float(sum(one.turns for one in rounds))),
    Figure("unanswered_percent", "turns not answered, %", _unanswered),
    Figure(
        "late_chunks", "late audio (underruns)", lambda rounds: float(sum(one.late_chunks for one in rounds))
    ),
    Figure("late_per_1000", "late audio, of 1000 chunks", _late),
    Figure("hole_ms", "holes in the audio, ms", lambda rounds: sum(one.hole_ms for one in rounds)),
    Figure("memory_mb", "memory per call, MiB", _middle(lambda one: one.memory_mb)),
    Figure("setup_p50_ms", "call set-up, p50 ms", _pooled(lambda one: one.setup_ms, 0.5)),
    Figure("setup_p99_ms", "call set-up, p99 ms", _pooled(lambda one: one.setup_ms, 0.99)),
    Figure("setup_rate", "calls set up a second", _middle(lambda one: one.setup_rate)),
    Figure("load_late_p99_ms", "the load itself late, p99 ms", _middle(lambda one: one.load_late_p99_ms)),
    Figure("load_cores", "the load, cores", _middle(lambda one: one.load_cores)),
    Figure(
        "stand_ins_late_p99_ms",
        "the providers' stand-ins late, p99 ms",
        _middle(lambda one: one.stand_ins_late_p99_ms),
    ),
    Figure("stand_ins_cores", "the stand-ins, cores", _middle(lambda one: one.stand_ins_cores)),
    Figure("others_cores", "other processes, cores", _middle(lambda one: one.others_cores)),
    Figure("core_others", "  of them on the server's core", _middle(lambda one: one.core_others)),
    Figure("stolen_cores", "stolen by the host, cores", _middle(lambda one: one.stolen_cores)),
)
RATIOS = (
    (System.STOCK, System.VANTUM, lambda one: one.all_ms),
    (System.STOCK, System.RECORDING, lambda one: one.all_ms),
    (System.VANTUM, System.FLOOR, lambda one: one.cpu_ms),
    (System.RECORDING, System.FLOOR, lambda one: one.cpu_ms),
)
"""Stock pipecat judges turns in its process, so what helpers use counts; the floor judges none, so it does not."""


def summaries(rounds: Sequence[Round]) -> list[Summary]:
    """One summary for each system, transport and number of calls, in the order of first appearance."""
    groups: dict[tuple[int, Transport, System], list[Round]] = {}
    for one in rounds:
        groups.setdefault((one.calls, one.transport, one.system), []).append(one)
    return [
        Summary(
            system,
            transport,
            calls,
            len(group),
            any(one.saturated for one in group),
            {figure.key: figure.of(group) for figure in FIGURES},
        )
        for (calls, transport, system), group in groups.items()
    ]


def ratios(rounds: Sequence[Round]) -> list[Ratio]:
    """Who uses how many times the CPU of whom, round by round."""
    found = []
    for calls, transport in dict.fromkeys((one.calls, one.transport) for one in rounds):
        here = [one for one in rounds if (one.calls, one.transport) == (calls, transport)]
        for over, under, used in RATIOS:
            large = [one for one in here if one.system is over]
            pairs = [
                used(one) / used(other)
                for one, other in zip(large, (one for one in here if one.system is under), strict=False)
            ]
            if pairs:
                bound = any(one.saturated for one in large)
                found.append(
                    Ratio(over, under, transport, calls, median(pairs), min(pairs), max(pairs), bound)
                )
    return found
