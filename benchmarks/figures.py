"""From what clients heard and the machine counted to the figures of the benchmark; nothing is measured here."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from statistics import median

LATE_SECONDS = 0.02
"""A client's small reserve: audio that comes later than this after the end of the last leaves a hole."""
SATURATED_LAG_MS = 50.0
ANSWERED_SHARE = 0.9
ANSWER_GAP_SECONDS = 0.5
"""An answer begins after this much silence: what comes sooner belongs to the one before."""


class System(StrEnum):
    """What is compared."""

    STOCK = "stock"
    VANTUM = "vantum"
    RECORDING = "vantum-recording"


LABELS = {
    System.STOCK: "stock pipecat",
    System.VANTUM: "Vantum",
    System.RECORDING: "Vantum, recording",
}


@dataclass(frozen=True, slots=True)
class Heard:
    """Audio of the bot that came ``at`` a time and plays for ``seconds``."""

    at: float
    seconds: float


@dataclass(frozen=True, slots=True)
class Answer:
    """What followed one turn of the caller, ``added`` seconds later than it could; None if nothing did."""

    added: float | None
    chunks: int
    late_chunks: int
    hole_seconds: float


@dataclass(frozen=True, slots=True)
class Round:
    """One server under one load; latencies are of the answers to turns that ended in the steady window."""

    system: System
    calls: int
    ready: int
    cpu_ms: float
    """CPU of the server in milliseconds for each second of each call."""
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
    load_late_p99_ms: float | None
    """How late the load itself sent: what the machine adds, and not the server."""
    others_cores: float
    stolen_cores: float

    @property
    def saturated(self) -> bool:
        """The server does not keep up: its CPU is only a lower bound of what the calls need."""
        overdue = self.lag_p50_ms is None or self.lag_p50_ms > SATURATED_LAG_MS
        return overdue or self.ready < self.calls or len(self.added_ms) < ANSWERED_SHARE * self.turns


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of several rounds: its key in the JSON file, its heading in the table, how it is made."""

    key: str
    heading: str
    of: Callable[[Sequence[Round]], float | None]


@dataclass(frozen=True, slots=True)
class Summary:
    """All rounds of one system at one number of calls."""

    system: System
    calls: int
    rounds: int
    saturated: bool
    figures: dict[str, float | None]


@dataclass(frozen=True, slots=True)
class Ratio:
    """CPU of stock pipecat over that of ``system``, in rounds that followed each other."""

    system: System
    calls: int
    median: float
    least: float
    most: float
    lower_bound: bool
    """Stock pipecat was saturated, and would need more than it could get."""


def answers(expected: Sequence[float], heard: Sequence[Heard]) -> list[Answer]:
    """What was heard from each time on at which an answer could begin, until the next such time."""
    limits = [*expected, math.inf][1:]
    return [
        _answer(begin, [sound for sound in heard if sound.at < limit])
        for begin, limit in zip(expected, limits, strict=True)
    ]


def _answer(begin: float, heard: Sequence[Heard]) -> Answer:
    plays_until = -math.inf
    added: float | None = None
    chunks = late_chunks = 0
    hole_seconds = 0.0
    for sound in heard:
        silence = sound.at - plays_until
        if added is None and sound.at >= begin and silence > ANSWER_GAP_SECONDS:
            added = sound.at - begin
        elif added is not None and silence > LATE_SECONDS:
            late_chunks += 1
            hole_seconds += silence
        chunks += added is not None
        plays_until = max(plays_until, sound.at) + sound.seconds
    return Answer(added, chunks, late_chunks, hole_seconds)


def percentile(values: Iterable[float], share: float) -> float | None:
    """The nearest-rank percentile; None of nothing."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)] if ordered else None


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
    Figure("cores", "CPU, cores", _middle(lambda one: one.cores)),
    Figure("lag_p50_ms", "event loop late, p50 ms", _middle(lambda one: one.lag_p50_ms)),
    Figure("lag_p99_ms", "event loop late, p99 ms", _middle(lambda one: one.lag_p99_ms)),
    Figure("added_p50_ms", "added latency, p50 ms", _pooled(lambda one: one.added_ms, 0.5)),
    Figure("added_p95_ms", "added latency, p95 ms", _pooled(lambda one: one.added_ms, 0.95)),
    Figure("added_p99_ms", "added latency, p99 ms", _pooled(lambda one: one.added_ms, 0.99)),
    Figure("turns", "turns measured", lambda rounds: float(sum(one.turns for one in rounds))),
    Figure("unanswered_percent", "turns not answered, %", _unanswered),
    Figure("late_per_1000", "late audio, of 1000 chunks", _late),
    Figure("hole_ms", "holes in the audio, ms", lambda rounds: sum(one.hole_ms for one in rounds)),
    Figure("memory_mb", "memory per call, MiB", _middle(lambda one: one.memory_mb)),
    Figure("setup_p50_ms", "call set-up, p50 ms", _pooled(lambda one: one.setup_ms, 0.5)),
    Figure("setup_p99_ms", "call set-up, p99 ms", _pooled(lambda one: one.setup_ms, 0.99)),
    Figure("load_late_p99_ms", "the load itself late, p99 ms", _middle(lambda one: one.load_late_p99_ms)),
    Figure("others_cores", "other processes, cores", _middle(lambda one: one.others_cores)),
    Figure("stolen_cores", "stolen by the host, cores", _middle(lambda one: one.stolen_cores)),
)


def summaries(rounds: Sequence[Round]) -> list[Summary]:
    """One summary for each system and number of calls, in the order of first appearance."""
    groups: dict[tuple[int, System], list[Round]] = {}
    for one in rounds:
        groups.setdefault((one.calls, one.system), []).append(one)
    return [
        Summary(
            system,
            calls,
            len(group),
            any(one.saturated for one in group),
            {figure.key: figure.of(group) for figure in FIGURES},
        )
        for (calls, system), group in groups.items()
    ]


def ratios(rounds: Sequence[Round]) -> list[Ratio]:
    """Stock pipecat over each other system, round by round."""
    found = []
    for calls in dict.fromkeys(one.calls for one in rounds):
        stock = [one for one in rounds if one.calls == calls and one.system is System.STOCK]
        for system in (System.VANTUM, System.RECORDING):
            ours = [one for one in rounds if one.calls == calls and one.system is system]
            pairs = [theirs.cpu_ms / own.cpu_ms for theirs, own in zip(stock, ours, strict=False)]
            if pairs:
                bound = any(one.saturated for one in stock)
                found.append(Ratio(system, calls, median(pairs), min(pairs), max(pairs), bound))
    return found
