"""How many calls a core holds: Vantum against stock pipecat and the floor, alternating, on one machine and load.

python -m benchmarks.density --calls 10 100 --transport browser twilio
python -m benchmarks.density --find --systems vantum
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from loguru import logger
from rich.console import Console

from benchmarks.chart import bar_chart
from benchmarks.cores import shared_out
from benchmarks.fakes import ANSWER_WAIT
from benchmarks.figures import LABELS, Providers, Round, System, Transport, percentile, ratios, summaries
from benchmarks.find import Search
from benchmarks.load import Pace
from benchmarks.measuring import Bench, bench
from benchmarks.servers import BenchmarkError
from benchmarks.table import printer, said, show, show_rows
from benchmarks.verdict import Row, faults, rows

RESULTS = Path(__file__).with_name("results")
MOST_STOCK_CALLS = 25
"""A core is full of stock pipecat's calls at about 20: what is measured beyond says nothing more."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What to measure."""

    calls: tuple[int, ...]
    systems: tuple[System, ...]
    rounds: int
    pace: Pace
    transports: tuple[Transport, ...] = (Transport.BROWSER,)
    providers: Providers = Providers.FAKES

    def order(self) -> Iterator[tuple[int, Transport, System]]:
        """Calls, transports and systems, alternating; every other round backwards, against slow drifts."""
        for calls in self.calls:
            systems = [one for one in self.systems if one is not System.STOCK or calls <= MOST_STOCK_CALLS]
            for transport in self.transports:
                for index in range(self.rounds):
                    for system in systems if index % 2 == 0 else reversed(systems):
                        yield calls, transport, system


@dataclass(frozen=True, slots=True)
class Found:
    """How many calls a core of a system held over a transport."""

    system: System
    transport: Transport
    held: int


def main(argv: Sequence[str] | None = None) -> int:
    """Measure, print, and write the results; returns the exit code."""
    options = arguments().parse_args(argv)
    logger.remove()
    plan = plan_of(options)
    console = printer()
    cores = shared_out()
    if options.helpers_beside:
        cores = replace(cores, helpers=cores.load)
    with bench(plan.providers, plan.pace, cores) as at:
        console.print(at.cores.said)
        rounds = [] if options.find else measure(plan, at, console)
        searched = find(plan, at, console, Search()) if options.find else ([], [])
    found, tried = searched
    verdicts = rows(
        rounds, {one.transport: one.held for one in found if one.system is System.VANTUM}, plan.transports
    )
    show(summaries(rounds or tried), ratios(rounds), console)
    show_rows(verdicts, console)
    for file in write(plan, rounds or tried, found, verdicts, options.results):
        console.print(f"Written: {file}")
    return 0 if options.find or len(rounds) == len(list(plan.order())) else 1


def arguments() -> argparse.ArgumentParser:
    """The command line."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.density",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    systems, transports, providers = ([str(one) for one in kind] for kind in (System, Transport, Providers))
    parser.add_argument("--calls", type=int, nargs="+", default=[10, 100], help="calls at a time")
    parser.add_argument("--seconds", type=float, default=15.0, help="length of the steady window")
    parser.add_argument("--rounds", type=int, default=3, help="rounds of each system")
    parser.add_argument("--systems", nargs="+", choices=systems, default=systems, help="what to compare")
    parser.add_argument("--transport", nargs="+", choices=transports, default=transports, help="over what")
    parser.add_argument(
        "--providers",
        choices=providers,
        default="fakes",
        help="fakes in the server, or the real clients against servers of another process, without and with TLS",
    )
    parser.add_argument(
        "--find", action="store_true", help="search how many calls one core of each system holds"
    )
    parser.add_argument(
        "--helpers-beside",
        action="store_true",
        help="put the processes that a server starts, such as Smart Turn's, on the core of the load",
    )
    parser.add_argument("--results", type=Path, default=RESULTS, help="folder for the results")
    return parser


def plan_of(options: argparse.Namespace) -> Plan:
    """What the command line asks for."""
    return Plan(
        tuple(options.calls),
        tuple(map(System, options.systems)),
        options.rounds,
        Pace(options.seconds),
        tuple(map(Transport, options.transport)),
        Providers(options.providers),
    )


def measure(plan: Plan, at: Bench, console: Console) -> list[Round]:
    """All rounds of the plan; one in which a server or the load fails is told and left out."""
    rounds = []
    for calls, transport, system in plan.order():
        try:
            one = at.round(system, transport, calls, plan.pace)
        except BenchmarkError as error:
            console.print(f"{LABELS[system]}, {transport}, {calls} calls: {error}", markup=False)
            continue
        console.print(progress(one), markup=False)
        rounds.append(one)
    return rounds


def find(plan: Plan, at: Bench, console: Console, search: Search) -> tuple[list[Found], list[Round]]:
    """How many calls each system holds, and the rounds that were tried for it."""
    tried: list[Round] = []

    def holds(system: System, transport: Transport, calls: int) -> bool:
        # A second round for one that fails: what disturbed it may have been the machine.
        for _ in range(2):
            try:
                one = at.round(system, transport, calls, plan.pace)
            except BenchmarkError as error:
                console.print(f"{LABELS[system]}, {transport}, {calls} calls: {error}", markup=False)
                return False
            tried.append(one)
            wrong = faults(one)
            verdict = ", ".join(wrong) if wrong else "held"
            console.print(f"{progress(one)} -> {verdict}", markup=False)
            if not wrong:
                return True
        return False

    found = []
    for transport in plan.transports:
        for system in plan.systems:
            begin = Search(first=10, step=10, grain=2) if system is System.STOCK else search
            held = begin.run(lambda calls, of=system, over=transport: holds(of, over, calls))  # type: ignore[misc]
            console.print(f"{LABELS[system]}, {transport}: one core holds {held} calls.", markup=False)
            found.append(Found(system, transport, held))
    return found, tried


def progress(one: Round) -> str:
    """A round in a line."""
    added = percentile(one.added_ms, 0.5), percentile(one.added_ms, 0.99)
    latency = (
        "nothing answered" if added[0] is None else f"{added[0]:.0f} ms added (p99 {added[1] or 0.0:.0f})"
    )
    overload = ", overloaded" if one.saturated else ""
    return (
        f"{LABELS[one.system]}, {one.transport}, {one.calls} calls: {one.cpu_ms:.2f} ms of CPU per call-second,"
        f" {latency}, others {one.others_cores:.2f} cores, stolen {one.stolen_cores:.2f}{overload}"
    )


def write(
    plan: Plan, rounds: Sequence[Round], found: Sequence[Found], verdicts: Sequence[Row], folder: Path
) -> list[Path]:
    """The results as JSON and as a chart, in ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    now = datetime.now(UTC)
    stem = f"density-{now:%Y-%m-%d-%H%M}"
    summed, compared = summaries(rounds), ratios(rounds)
    result = {
        "when": now.isoformat(timespec="seconds"),
        "machine": machine(),
        "plan": asdict(plan),
        "configured_wait_seconds": ANSWER_WAIT,
        "verdicts": [asdict(row) for row in verdicts],
        "found": [asdict(one) for one in found],
        "said": [said(ratio) for ratio in compared],
        "ratios": [asdict(ratio) for ratio in compared],
        "summaries": [asdict(summary) for summary in summed],
        "rounds": [asdict(one) for one in rounds],
    }
    data, chart = folder / f"{stem}.json", folder / f"{stem}.svg"
    data.write_text(json.dumps(result, indent=1) + "\n")
    note = (
        f"{now:%Y-%m-%d}, {machine()['cpu']}, providers: {plan.providers}, medians of {plan.rounds} rounds"
        f" of {plan.pace.window:g} s"
    )
    chart.write_text(bar_chart(summed, note))
    return [data, chart]


def machine() -> dict[str, str]:
    """Where and with what was measured."""
    info = Path("/proc/cpuinfo").read_text()
    models = [line.partition(":")[2].strip() for line in info.splitlines() if line.startswith("model name")]
    return {
        "cpu": f"{len(models)} x {models[0] if models else platform.machine()}",
        "python": platform.python_version(),
        "pipecat": version("pipecat-ai"),
        "load_average": " ".join(f"{load:.1f}" for load in os.getloadavg()),
    }


if __name__ == "__main__":
    sys.exit(main())
