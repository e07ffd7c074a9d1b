"""How many calls a core holds: this product against stock pipecat, alternating, on the same machine and load.

python -m benchmarks.density --calls 10 50 --seconds 15 --rounds 3
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from loguru import logger
from rich.console import Console

from benchmarks.chart import bar_chart
from benchmarks.fakes import ANSWER_WAIT
from benchmarks.figures import LABELS, Ratio, Round, Summary, System, percentile, ratios, summaries
from benchmarks.lag import read_lag
from benchmarks.load import Job, Pace, Report, read_report
from benchmarks.script import caller_stream, stock_turn_ends, vantum_turn_ends
from benchmarks.servers import ROOT, BenchmarkError, Server, running_server
from benchmarks.table import said, show

RESULTS = Path(__file__).with_name("results")
LOAD_SPARE_SECONDS = 120.0
"""Beyond the script of a job, what starting, connecting and reporting may take."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What to measure."""

    calls: tuple[int, ...]
    systems: tuple[System, ...]
    rounds: int
    pace: Pace

    def order(self) -> Iterator[tuple[int, System]]:
        """Numbers of calls and systems, alternating; every other round backwards, against slow drifts."""
        for calls in self.calls:
            for index in range(self.rounds):
                for system in self.systems if index % 2 == 0 else reversed(self.systems):
                    yield calls, system


@dataclass(frozen=True, slots=True)
class Speech:
    """The callers' script, and the chunks with which each system's detector knows that a turn has ended."""

    file: Path
    turn_ends: dict[System, tuple[int, ...]]


def main(argv: Sequence[str] | None = None) -> int:
    """Measure, print, and write the results; returns the exit code."""
    options = arguments().parse_args(argv)
    logger.remove()
    plan = Plan(
        tuple(options.calls), tuple(map(System, options.systems)), options.rounds, Pace(options.seconds)
    )
    console = Console(highlight=False, soft_wrap=True)
    rounds = measure(plan, console)
    summed, compared = summaries(rounds), ratios(rounds)
    show(summed, compared, console)
    for file in write(plan, rounds, options.results):
        console.print(f"Written: {file}")
    return 0 if len(rounds) == len(list(plan.order())) else 1


def arguments() -> argparse.ArgumentParser:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.density", description=__doc__)
    every = [str(system) for system in System]
    parser.add_argument("--calls", type=int, nargs="+", default=[10, 50], help="calls at a time")
    parser.add_argument("--seconds", type=float, default=15.0, help="length of the steady window")
    parser.add_argument("--rounds", type=int, default=3, help="rounds of each system")
    parser.add_argument("--systems", nargs="+", choices=every, default=every, help="what to compare")
    parser.add_argument("--results", type=Path, default=RESULTS, help="folder for the results")
    return parser


def measure(plan: Plan, console: Console) -> list[Round]:
    """All rounds of the plan; one in which a server or the load fails is told and left out."""
    rounds = []
    with tempfile.TemporaryDirectory(prefix="density-") as folder:
        speech = prepare_speech(plan, Path(folder))
        for number, (calls, system) in enumerate(plan.order()):
            place = Path(folder) / str(number)
            place.mkdir()
            try:
                with running_server(system, place) as server:
                    report = run_load(plan, calls, server, speech)
            except BenchmarkError as error:
                console.print(f"{LABELS[system]}, {calls} calls: {error}", markup=False)
                continue
            one = as_round(system, calls, report, read_lag(server.lag, report.start, report.end))
            console.print(_progress(one))
            rounds.append(one)
    return rounds


def prepare_speech(plan: Plan, folder: Path) -> Speech:
    """The script, written to ``folder`` and heard by both detectors."""
    stream = caller_stream(plan.pace.longest_call)
    file = folder / "speech"
    file.write_bytes(stream)
    stock, ours = tuple(asyncio.run(stock_turn_ends(stream))), tuple(vantum_turn_ends(stream))
    return Speech(file, {System.STOCK: stock, System.VANTUM: ours, System.RECORDING: ours})


def run_load(plan: Plan, calls: int, server: Server, speech: Speech) -> Report:
    """One job in a process of its own."""
    job = Job(
        system=server.system,
        port=server.port,
        pid=server.pid,
        calls=calls,
        pace=plan.pace,
        speech=str(speech.file),
        turn_ends=speech.turn_ends[server.system],
    )
    try:
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks.load"],
            cwd=ROOT,
            input=json.dumps(asdict(job)),
            capture_output=True,
            text=True,
            timeout=plan.pace.longest_call + LOAD_SPARE_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise BenchmarkError(f"The load did not end within {error.timeout:g} s.") from error
    if done.returncode:
        raise BenchmarkError(f"The load ended with {done.returncode}:\n{done.stderr[-2000:]}")
    return read_report(done.stdout)


def as_round(system: System, calls: int, report: Report, lags: Sequence[float]) -> Round:
    """What the load and the probe in the server saw, as figures."""
    seconds = report.end - report.start
    lag_p50, lag_p99 = percentile(lags, 0.5), percentile(lags, 0.99)
    return Round(
        system=system,
        calls=calls,
        ready=len(report.setup_ms),
        cpu_ms=1000 * report.used.server / seconds / calls,
        cores=report.used.server / seconds,
        lag_p50_ms=None if lag_p50 is None else 1000 * lag_p50,
        lag_p99_ms=None if lag_p99 is None else 1000 * lag_p99,
        turns=report.turns,
        added_ms=report.added_ms,
        chunks=report.chunks,
        late_chunks=report.late_chunks,
        hole_ms=report.hole_ms,
        memory_mb=report.memory_mb,
        setup_ms=report.setup_ms,
        load_late_p99_ms=report.load_late_p99_ms,
        others_cores=report.used.others / seconds,
        stolen_cores=report.used.stolen / seconds,
    )


def _progress(one: Round) -> str:
    added = percentile(one.added_ms, 0.5)
    latency = "nothing answered" if added is None else f"{added:.0f} ms added"
    overload = ", overloaded" if one.saturated else ""
    return (
        f"{LABELS[one.system]}, {one.calls} calls: {one.cpu_ms:.2f} ms of CPU per call-second, {latency},"
        f" others {one.others_cores:.2f} cores{overload}"
    )


def write(plan: Plan, rounds: Sequence[Round], folder: Path) -> list[Path]:
    """The results as JSON and as a chart, in ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    now = datetime.now(UTC)
    stem = f"density-{now:%Y-%m-%d-%H%M}"
    summed: list[Summary] = summaries(rounds)
    compared: list[Ratio] = ratios(rounds)
    result = {
        "when": now.isoformat(timespec="seconds"),
        "machine": machine(),
        "plan": asdict(plan),
        "configured_wait_seconds": ANSWER_WAIT,
        "said": [said(ratio) for ratio in compared],
        "ratios": [asdict(ratio) for ratio in compared],
        "summaries": [asdict(summary) for summary in summed],
        "rounds": [asdict(one) for one in rounds],
    }
    data, chart = folder / f"{stem}.json", folder / f"{stem}.svg"
    data.write_text(json.dumps(result, indent=1) + "\n")
    note = f"{now:%Y-%m-%d}, {machine()['cpu']}, medians of {plan.rounds} rounds of {plan.pace.window:g} s"
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
