"""Keeps Vantum from getting slower unnoticed: a short run against the ratios that are committed.

    python -m benchmarks.guard            # compare; the exit code is 1 when a ratio got worse by more than 15 %
    python -m benchmarks.guard --update   # measure, and commit to what was measured

Ratios of CPU in rounds that follow each other bear a noisy machine; milliseconds do not, and are not compared.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

from loguru import logger
from rich.console import Console

from benchmarks.density import machine, progress
from benchmarks.figures import LABELS, Providers, Round, System, Transport
from benchmarks.load import Pace
from benchmarks.measuring import Bench, bench
from benchmarks.servers import BenchmarkError, Server
from benchmarks.table import printer

BASELINE = Path(__file__).with_name("baseline.json")
MOST_WORSE = 1.15
ROUNDS = 3
PACE = Pace(window=5.0, first_call=0.5, stagger=1.5, settle=0.5, linger=0.0)
MOST_OTHERS = 0.25
"""Cores: when others use more of the server's own, what is measured is theirs too."""
MOST_STOLEN = 0.15
MOST_SPREAD = 1.4
"""Rounds of one ratio that differ by more than this factor agree on nothing."""


@dataclass(frozen=True, slots=True)
class Pair:
    """CPU of Vantum over that of another system, with so many calls: less is better."""

    key: str
    against: System
    calls: int


PAIRS = (Pair("vantum/floor", System.FLOOR, 20), Pair("vantum/stock", System.STOCK, 10))


@dataclass(frozen=True, slots=True)
class Measured:
    """The ratios of one run by the keys of the pairs, round by round, and what makes them doubtful."""

    ratios: dict[str, tuple[float, ...]]
    doubts: tuple[str, ...]

    def median(self, pair: Pair) -> float:
        """The ratio."""
        return median(self.ratios[pair.key])


def main(argv: Sequence[str] | None = None) -> int:
    """Compare, or update; returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.guard",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--update", action="store_true", help="write what is measured as the new baseline")
    options = parser.parse_args(argv)
    logger.remove()
    console = printer()
    try:
        return update(console) if options.update else compare(console)
    except BenchmarkError as error:
        console.print(f"THE GUARD COULD NOT MEASURE: {error}", markup=False)
        return 1


def compare(console: Console) -> int:
    """Measure; what looks slower is measured once more before it counts."""
    committed: dict[str, float] = json.loads(BASELINE.read_text())["ratios"]
    for attempt in ("first", "second"):
        measured = run(console)
        slower = [pair for pair in PAIRS if measured.median(pair) > MOST_WORSE * committed[pair.key]]
        for pair in PAIRS:
            console.print(told(pair, measured, committed[pair.key]), markup=False)
        if not slower:
            console.print("The guard is content.")
            return 0
        if attempt == "first":
            console.print("That looks slower: it is measured once more.")
    if measured.doubts:
        console.print(doubtful(measured.doubts), markup=False)
        return 0
    console.print(explanation(slower, measured, committed), markup=False)
    return 1


def update(console: Console) -> int:
    """Measure twice, and write the medians of all rounds; a machine that is busy gives no baseline."""
    runs = [run(console), run(console)]
    doubts = [doubt for one in runs for doubt in one.doubts]
    if doubts:
        console.print(f"No baseline was written. {doubtful(doubts)}", markup=False)
        return 1
    ratios = {pair.key: round(median(r for one in runs for r in one.ratios[pair.key]), 4) for pair in PAIRS}
    written = {
        "when": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": machine(),
        "pairs": [asdict(pair) for pair in PAIRS],
        "ratios": ratios,
    }
    BASELINE.write_text(json.dumps(written, indent=1) + "\n")
    console.print(f"The baseline is now {ratios}.")
    return 0


def run(console: Console) -> Measured:
    """Alternating rounds on servers that all run, but of which one at a time has calls; raises BenchmarkError."""
    began = time.monotonic()
    rounds: list[Round] = []
    with bench(Providers.FAKES, PACE) as at, ExitStack() as running:
        console.print(at.cores.said)
        servers = {
            system: running.enter_context(at.server(system, Transport.BROWSER))
            for system in (System.FLOOR, System.VANTUM, System.STOCK)
        }
        for number in range(ROUNDS):
            for pair in PAIRS if number % 2 == 0 else reversed(PAIRS):
                rounds += _pair(at, servers, pair)
        for one in rounds:
            console.print(progress(one), markup=False)
    console.print(f"Measured in {time.monotonic() - began:.0f} s.")
    return measured_in(rounds)


def _pair(at: Bench, servers: dict[System, Server], pair: Pair) -> list[Round]:
    return [at.round_on(servers[system], None, pair.calls, PACE) for system in (pair.against, System.VANTUM)]


def measured_in(rounds: Sequence[Round]) -> Measured:
    """The ratios of alternating rounds, and what speaks against trusting them."""
    ratios = {}
    doubts = []
    for pair in PAIRS:
        here = [one for one in rounds if one.calls == pair.calls]
        ours = [one for one in here if one.system is System.VANTUM]
        theirs = [one for one in here if one.system is pair.against]
        # Stock pipecat judges turns in its process, and the floor judges none.
        whole = pair.against is System.STOCK
        found = tuple(
            own.all_ms / other.all_ms if whole else own.cpu_ms / other.cpu_ms
            for own, other in zip(ours, theirs, strict=True)
        )
        ratios[pair.key] = found
        if max(found) > MOST_SPREAD * min(found):
            doubts.append(f"the rounds of {pair.key} differ: {_shown(found)}")
    others = median(one.core_others for one in rounds)
    stolen = median(one.stolen_cores for one in rounds)
    if others > MOST_OTHERS:
        doubts.append(f"other processes used {others:.2f} of the server's core")
    if stolen > MOST_STOLEN:
        doubts.append(f"the host took {stolen:.2f} cores")
    return Measured(ratios, tuple(doubts))


def told(pair: Pair, measured: Measured, committed: float) -> str:
    """One ratio in a sentence."""
    value = measured.median(pair)
    return (
        f"{pair.calls} calls: Vantum uses {value:.3f} times the CPU of {LABELS[pair.against]}"
        f" (rounds {_shown(measured.ratios[pair.key])}); committed are {committed:.3f},"
        f" so it is {_change(value, committed)}."
    )


def explanation(slower: Sequence[Pair], measured: Measured, committed: dict[str, float]) -> str:
    """Why the guard fails, and what to do."""
    lines = ["VANTUM GOT SLOWER.", *(told(pair, measured, committed[pair.key]) for pair in slower)]
    return "\n".join(
        [
            *lines,
            f"More than {MOST_WORSE - 1:.0%} is not let pass; two runs in a row said so, on a machine calm enough.",
            "What was measured: browser calls with fake providers in the server, the CPU of the server for each",
            "second of each call, in rounds that alternate with the other system on the same core.",
            "To see where the time goes: make bench ARGS='--calls 50', and a profiler such as py-spy on the server.",
            "If the cost is wanted: python -m benchmarks.guard --update, and commit benchmarks/baseline.json with",
            "the reason.",
        ]
    )


def doubtful(doubts: Sequence[str]) -> str:
    """What is said instead of a judgement."""
    return "\n".join(
        [
            "*** THE MACHINE WAS TOO BUSY TO JUDGE: NOTHING IS KNOWN OF VANTUM'S SPEED, AND NOTHING FAILS. ***",
            *(f"    - {doubt}" for doubt in doubts),
            "    Run it again on a calm machine: python -m benchmarks.guard",
        ]
    )


def _change(value: float, committed: float) -> str:
    change = value / committed - 1
    return f"{abs(change):.0%} {'worse' if change > 0 else 'better'}"


def _shown(values: Sequence[float]) -> str:
    return ", ".join(f"{value:.3f}" for value in values)


if __name__ == "__main__":
    sys.exit(main())
