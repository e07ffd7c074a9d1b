"""Keeps calls going on the real server, with faults, and tells whether it grows, loses turns or keeps dead calls.

python -m benchmarks.soak --calls 20 --minutes 30 --faults 0.1 --seed 1
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import tempfile
import time
from asyncio.subprocess import Process
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import httpx
from loguru import logger
from rich.console import Console

from benchmarks.density import machine
from benchmarks.figures import percentile
from benchmarks.lag import read_lag
from benchmarks.servers import BenchmarkError
from benchmarks.soak.chart import line_chart
from benchmarks.soak.processes import Server, load, running
from benchmarks.soak.samples import TIMEOUT_SECONDS, Observer, Sample
from benchmarks.soak.tally import Outcome, Tally, read_tally
from benchmarks.soak.verdict import MOST_MB_PER_HOUR, PER_CALLS, Verdict, judged, warm_up

RESULTS = Path(__file__).parents[1] / "results"
SAMPLE_SECONDS = 1.0
TELL_SECONDS = 60.0
OVER_SECONDS = 15.0
"""From the end of the load to that of the last call."""


@dataclass(slots=True)
class Run:
    """What was seen: ``before`` the first call, during the calls, and ``after`` the last."""

    before: Sample
    samples: list[Sample] = field(default_factory=list)
    tally: Tally = field(default_factory=Tally)
    after: Sample | None = None


def main(argv: Sequence[str] | None = None) -> int:
    """Soak, print, and write the results; 0 when the server may be left alone."""
    options = arguments().parse_args(argv)
    logger.remove()
    console = Console(highlight=False, soft_wrap=True)
    with tempfile.TemporaryDirectory(prefix="soak-") as folder:
        try:
            run, lags = asyncio.run(soak(options, Path(folder), console))
        except BenchmarkError as error:
            console.print(str(error), markup=False)
            return 1
    left = run.after.live if run.after else 0
    verdict = judged(run.samples, run.tally, options.calls, 60 * options.minutes, left)
    show(verdict, run, lags, console)
    for file in write(options, verdict, run, lags):
        console.print(f"Written: {file}")
    return 0 if verdict.passed else 1


def arguments() -> argparse.ArgumentParser:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.soak", description=__doc__)
    parser.add_argument("--calls", type=int, default=20, help="calls at a time")
    parser.add_argument(
        "--minutes", type=float, default=30.0, help="how long; a third, at most 15, is warm-up"
    )
    parser.add_argument("--faults", type=float, default=0.0, help="share of what goes wrong at the providers")
    parser.add_argument("--seed", type=int, default=1, help="of the faults and of what callers do")
    parser.add_argument(
        "--keep", type=Path, help="folder for the records of calls with a lost turn or no end"
    )
    parser.add_argument("--results", type=Path, default=RESULTS, help="folder for the results")
    return parser


async def soak(options: argparse.Namespace, folder: Path, console: Console) -> tuple[Run, list[float]]:
    """The run, and by how many ms the server's loop was late; raises BenchmarkError if a process fails."""
    seconds, kept = 60 * options.minutes, options.keep or folder / "kept"
    async with (
        running(folder, options.faults, options.seed) as server,
        httpx.AsyncClient(
            base_url=f"http://127.0.0.1:{server.port}", trust_env=False, timeout=TIMEOUT_SECONDS
        ) as http,
    ):
        observer = Observer(server, http)
        run = Run(await observer.look())
        try:
            async with load(server, kept, options.calls, seconds, options.seed) as callers:
                await _watch(callers, observer, run, server, console)
            run.after = await _over(observer)
        except (httpx.HTTPError, OSError) as error:
            raise BenchmarkError(f"The server is gone: {error!r}\n{_tail(server.log)}") from error
        finally:
            if options.keep is not None:
                options.keep.mkdir(parents=True, exist_ok=True)
                (options.keep / "server.log").write_bytes(server.log.read_bytes())
        return run, _lags(server, observer.began, time.monotonic())


async def _watch(callers: Process, observer: Observer, run: Run, server: Server, console: Console) -> None:
    """Look at the server until the load is over, and tell of it every minute."""
    reading = asyncio.create_task(_read(callers, run))
    told = observer.began
    try:
        while not reading.done():
            await asyncio.wait((reading,), timeout=SAMPLE_SECONDS)
            run.samples.append(await observer.look())
            if time.monotonic() >= told + TELL_SECONDS:
                console.print(_progress(run, _lags(server, told, told + TELL_SECONDS)))
                told += TELL_SECONDS
        await reading
    finally:
        reading.cancel()


async def _read(callers: Process, run: Run) -> None:
    assert callers.stdout is not None
    async for line in callers.stdout:
        run.tally = read_tally(line)
    if code := await callers.wait():
        raise BenchmarkError(f"The load ended with {code}.")


async def _over(observer: Observer) -> Sample:
    """The server when its calls are over, or when they should be."""
    until = time.monotonic() + OVER_SECONDS
    while True:
        seen = await observer.look()
        if not seen.live or time.monotonic() >= until:
            return seen
        await asyncio.sleep(SAMPLE_SECONDS)


def _lags(server: Server, start: float, end: float) -> list[float]:
    return [1000 * lag for lag in read_lag(server.lag, start, end)]


def _progress(run: Run, lags: Sequence[float]) -> str:
    seen, tally, late = run.samples[-1], run.tally, percentile(lags, 0.99) or 0.0
    return (
        f"{seen.at / 60:5.1f} min: {seen.rss_mb:.1f} MB, {seen.used_mb:.1f} in use, {seen.tasks} tasks,"
        f" {seen.threads} threads, {seen.fds} fds, {seen.live} live, loop late by {late:.1f} ms (p99) |"
        f" {tally.calls} calls, {_turns(tally)}, {len(tally.stuck)} stuck"
    )


def _turns(tally: Tally) -> str:
    lost, answered = tally.turns[Outcome.LOST], tally.turns[Outcome.ANSWERED]
    return f"{tally.asked} turns asked, {answered} answered, {lost} lost"


def show(verdict: Verdict, run: Run, lags: Sequence[float], console: Console) -> None:
    """What came of it."""
    tally, slope = run.tally, verdict.slope
    console.print(
        f"{tally.calls} calls: {tally.hung_up} hung up, {tally.ended} ended by the server, {tally.refused}"
        f" that nobody let in. {tally.dropped} connections dropped, {tally.resumed} of them back in their call."
    )
    console.print(
        f"{_turns(tally)}; in {tally.turns[Outcome.LEFT]} the caller left before,"
        f" in {tally.turns[Outcome.OVER]} the call was over."
    )
    console.print(
        f"Event loop late by {percentile(lags, 0.5) or 0.0:.1f} ms (median), {percentile(lags, 0.99) or 0.0:.1f} ms"
        f" (p99); callers by {tally.late_p99_ms:.1f} ms (p99)."
    )
    if run.after is not None:
        console.print(
            f"After the last call {run.after.tasks} tasks, {run.after.threads} threads and {run.after.fds} fds;"
            f" before the first {run.before.tasks}, {run.before.threads} and {run.before.fds}."
        )
    must = f"must be below {MOST_MB_PER_HOUR:g}" if slope.judged else "too short to judge"
    console.print(
        f"Memory: {slope.mb_per_hour:+.2f} ± {slope.error:.2f} MB an hour for {PER_CALLS} calls ({must})."
    )
    console.print(
        f"Of it in use: {verdict.used.mb_per_hour:+.2f} ± {verdict.used.error:.2f} MB an hour"
        f" ({'grows' if verdict.leaks else 'no growth beyond chance'})."
    )
    for call, at, words in tally.lost:
        console.print(f'Lost at {at} in {call}: "{words}"', markup=False)
    console.print(
        f"{verdict.lost} turns lost, {verdict.stuck} calls stuck: {'PASS' if verdict.passed else 'FAIL'}"
    )


def write(options: argparse.Namespace, verdict: Verdict, run: Run, lags: Sequence[float]) -> list[Path]:
    """The results as JSON and as a chart."""
    options.results.mkdir(parents=True, exist_ok=True)
    now, seconds = datetime.now(UTC), 60 * options.minutes
    stem = f"soak-{now:%Y-%m-%d-%H%M}"
    asked = {name: getattr(options, name) for name in ("calls", "minutes", "faults", "seed")}
    result = {
        "when": now.isoformat(timespec="seconds"),
        "machine": machine(),
        "asked": asked,
        "verdict": asdict(verdict) | {"passed": verdict.passed},
        "loop_late_ms": {"p50": percentile(lags, 0.5), "p99": percentile(lags, 0.99)},
        "tally": asdict(run.tally),
        "before": asdict(run.before),
        "after": asdict(run.after) if run.after else None,
        "samples": [[round(value, 3) for value in asdict(sample).values()] for sample in run.samples],
        "columns": list(asdict(run.before)),
    }
    data, chart = options.results / f"{stem}.json", options.results / f"{stem}.svg"
    data.write_text(json.dumps(result) + "\n")
    note = f"{now:%Y-%m-%d}, {options.calls} calls, faults {options.faults:g}, {machine()['cpu']}"
    chart.write_text(line_chart(run.samples, warm_up(seconds), note))
    return [data, chart]


def _tail(log: Path) -> str:
    return log.read_text(errors="replace")[-2_000:]


if __name__ == "__main__":
    sys.exit(main())
