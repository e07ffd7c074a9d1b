"""What the calls must cost at most, and whether what was measured keeps to it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median

from benchmarks.figures import Providers, Round, System, Transport, spread

OURS = System.VANTUM


@dataclass(frozen=True, slots=True)
class Row:
    """One requirement: in words what it is and must be, and what was measured; ``ok`` is None if it was not."""

    what: str
    transport: Transport
    must: str
    measured: str
    ok: bool | None


@dataclass(frozen=True, slots=True)
class Must:
    """A requirement on rounds with so many calls; ``of`` gives None for rounds from which it cannot be told."""

    what: str
    calls: int
    most: float
    shown: str
    of: Callable[[Sequence[Round]], float | None]
    providers: tuple[Providers, ...] = tuple(Providers)

    def row(self, rounds: Sequence[Round], transport: Transport) -> Row:
        """How it stands over one transport."""
        chosen = [
            one
            for one in rounds
            if one.calls == self.calls and one.transport is transport and one.providers in self.providers
        ]
        value = self.of(chosen) if chosen else None
        must = f"≤ {self.shown.format(self.most)}"
        if value is None:
            return Row(self.what, transport, must, f"not measured (--calls {self.calls})", None)
        return Row(self.what, transport, must, self.shown.format(value), value <= self.most)


def over(system: System, used: Callable[[Round], float]) -> Callable[[Sequence[Round]], float | None]:
    """CPU of ours over that of ``system``: the median of the rounds that followed each other."""

    def of(rounds: Sequence[Round]) -> float | None:
        ours = [one for one in rounds if one.system is OURS]
        theirs = [one for one in rounds if one.system is system]
        pairs = [used(own) / used(other) for own, other in zip(ours, theirs, strict=False)]
        return median(pairs) if pairs else None

    return of


def _middle(field: Callable[[Round], float]) -> Callable[[Sequence[Round]], float | None]:
    def of(rounds: Sequence[Round]) -> float | None:
        values = [field(one) for one in rounds if one.system is OURS]
        return median(values) if values else None

    return of


def _spread(rounds: Sequence[Round]) -> float | None:
    return spread([one for one in rounds if one.system is OURS])


FAKES, SOCKETS = (Providers.FAKES,), (Providers.SDK, Providers.SDK_TLS)
MUSTS = (
    Must(
        "CPU against stock pipecat, N = 10", 10, 1 / 8, "{:.3f} x", over(System.STOCK, lambda one: one.all_ms)
    ),
    Must(
        "  the serving process alone, N = 10",
        10,
        1 / 8,
        "{:.3f} x",
        over(System.STOCK, lambda one: one.cpu_ms),
    ),
    Must(
        "CPU against the floor, N = 100",
        100,
        1.3,
        "{:.2f} x",
        over(System.FLOOR, lambda one: one.cpu_ms),
        FAKES,
    ),
    Must(
        "CPU per call-second, fakes, N = 100", 100, 5.0, "{:.2f} ms", _middle(lambda one: one.cpu_ms), FAKES
    ),
    Must(
        "CPU per call-second, SDK sockets, N = 100",
        100,
        9.0,
        "{:.2f} ms",
        _middle(lambda one: one.cpu_ms),
        SOCKETS,
    ),
    Must(
        "memory per call beyond the first, N = 100",
        100,
        1.5,
        "{:.2f} MiB",
        _middle(lambda one: one.memory_mb),
    ),
    Must("voice-to-voice, p95 less p50, N = 100", 100, 25.0, "{:.1f} ms", _spread),
)
HELD_CALLS, AIM_CALLS = 150, 200
MOST_ADDED_P99_MS = 30.0
MOST_LAG_P99_MS = 10.0


def rows(rounds: Sequence[Round], held: dict[Transport, int], transports: Sequence[Transport]) -> list[Row]:
    """Every requirement over every transport; ``held`` are the calls that a core was found to hold."""
    providers = {one.providers for one in rounds}
    return [
        row
        for transport in transports
        for row in (
            *(
                must.row(rounds, transport)
                for must in MUSTS
                if not providers or providers & set(must.providers)
            ),
            held_row(held.get(transport), transport),
        )
    ]


def held_row(held: int | None, transport: Transport) -> Row:
    """How many calls a core holds."""
    measured = "not measured (--find)" if held is None else str(held)
    ok = None if held is None else held >= HELD_CALLS
    must = f"≥ {HELD_CALLS}, aim {AIM_CALLS}"
    return Row("calls held on one core", transport, must, measured, ok)


def faults(one: Round) -> list[str]:
    """Why these calls do not count as held; nothing if they do."""
    added = sorted(one.added_ms)
    p99 = added[-(-99 * len(added) // 100) - 1] if added else float("inf")
    lag = float("inf") if one.lag_p99_ms is None else one.lag_p99_ms
    found = []
    if one.ready < one.calls:
        found.append(f"{one.calls - one.ready} calls not set up")
    if len(one.added_ms) < one.turns or not one.turns:
        found.append(f"{one.turns - len(one.added_ms)} turns not answered")
    if p99 > MOST_ADDED_P99_MS:
        found.append(f"p99 added {p99:.0f} ms")
    if one.late_chunks:
        found.append(f"{one.late_chunks} underruns")
    if lag > MOST_LAG_P99_MS:
        found.append(f"loop late by {lag:.0f} ms (p99)")
    return found
