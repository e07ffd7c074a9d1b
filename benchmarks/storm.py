"""A storm of new calls on a server that is at work: what the running calls notice, and how the new ones fare.

python -m benchmarks.storm --running 50 --new 100 --over 2
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from loguru import logger
from rich import box
from rich.console import Console
from rich.table import Table

from benchmarks.density import RESULTS, machine
from benchmarks.figures import LABELS, Providers, System, Transport, percentile
from benchmarks.lag import read_lag
from benchmarks.load import Pace
from benchmarks.measuring import Bench, bench, run_load
from benchmarks.servers import BenchmarkError
from benchmarks.storm_load import StormJob, StormReport, Stretch, read_storm
from benchmarks.table import OK, printer


@dataclass(frozen=True, slots=True)
class Storm:
    """A storm over one transport, and how late the server's loop was in it, 99th percentile."""

    system: System
    transport: Transport
    providers: Providers
    running: int
    new: int
    report: StormReport
    lag_p99_ms: float | None

    @property
    def held(self) -> bool:
        """No running call was dropped or heard a hole, and every new one was set up or turned away."""
        report = self.report
        return not (report.dropped or report.storm.holes_ms or report.failed) and bool(report.setup_ms)


def main(argv: Sequence[str] | None = None) -> int:
    """Measure, print and write; 0 when every storm was held."""
    options = arguments().parse_args(argv)
    logger.remove()
    console = printer()
    storms = []
    with bench(Providers(options.providers), Pace(window=40.0)) as at:
        console.print(at.cores.said)
        for transport in map(Transport, options.transport):
            for system in map(System, options.systems):
                try:
                    one = storm(at, system, transport, options)
                except BenchmarkError as error:
                    console.print(f"{LABELS[system]}, {transport}: {error}", markup=False)
                    continue
                show(one, options, console)
                storms.append(one)
    console.print(f"Written: {write(storms, options.results)}")
    wanted = len(options.transport) * len(options.systems)
    return 0 if len(storms) == wanted and all(one.held for one in storms) else 1


def arguments() -> argparse.ArgumentParser:
    """The command line."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.storm",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    systems, transports, providers = ([str(one) for one in kind] for kind in (System, Transport, Providers))
    parser.add_argument("--running", type=int, default=50, help="calls that run")
    parser.add_argument("--new", type=int, default=100, help="calls of the storm")
    parser.add_argument("--over", type=float, default=2.0, help="seconds in which they begin")
    parser.add_argument("--watch", type=float, default=8.0, help="seconds watched before, and after")
    parser.add_argument("--systems", nargs="+", choices=systems, default=["vantum"], help="on what")
    parser.add_argument("--transport", nargs="+", choices=transports, default=transports, help="over what")
    parser.add_argument("--providers", choices=providers, default="fakes", help="as of benchmarks.density")
    parser.add_argument("--results", type=Path, default=RESULTS, help="folder for the results")
    return parser


def storm(at: Bench, system: System, transport: Transport, options: argparse.Namespace) -> Storm:
    """One storm on a fresh server, which may turn calls away as it would in service; raises BenchmarkError."""
    with ExitStack() as running:
        stand_ins = running.enter_context(at.stand_ins()) if system is not System.FLOOR else None
        server = running.enter_context(at.server(system, transport, stand_ins, admit_all=False))
        words = at.words(system, transport)
        job = StormJob(
            target=at.target(server, stand_ins),
            words=words,
            running=options.running,
            new=options.new,
            seconds=options.over,
            watch=options.watch,
        )
        text = run_load("benchmarks.storm_load", json.dumps(asdict(job)), job.pace, at.cores)
        report = read_storm(text)
        lag = percentile(read_lag(server.lag, report.start, report.end), 0.99)
    ms = None if lag is None else 1000 * lag
    return Storm(system, transport, at.providers, options.running, options.new, report, ms)


def show(one: Storm, options: argparse.Namespace, console: Console) -> None:
    """What the storm did, as a table."""
    report = one.report
    title = f"{LABELS[one.system]}, {one.transport}: {one.new} calls in {options.over:g} s on {one.running} running"
    table = Table(box=box.SIMPLE_HEAD, title=title, title_justify="left")
    for heading in ("", "before", f"in the storm and {options.watch:g} s after"):
        table.add_column(heading, justify="right" if heading else "left")
    stretches = (report.calm, report.storm)
    for share in (0.5, 0.95, 0.99):
        table.add_row(
            f"running calls, added latency, p{100 * share:.0f} ms",
            *(_number(percentile(stretch.added_ms, share)) for stretch in stretches),
        )
    table.add_row("running calls, turns not answered", *(str(_unanswered(one)) for one in stretches))
    table.add_row("running calls, underruns", *(str(len(stretch.holes_ms)) for stretch in stretches))
    table.add_row(
        "running calls, longest hole, ms", *(_number(max(one.holes_ms, default=0.0)) for one in stretches)
    )
    table.add_row("running calls dropped", "", str(report.dropped))
    for share in (0.5, 0.95, 0.99, 1.0):
        table.add_row(
            f"new calls, set-up, p{100 * share:.0f} ms", "", _number(percentile(report.setup_ms, share))
        )
    table.add_row("new calls set up", "", f"{len(report.setup_ms)}, {report.setup_rate:.0f} a second")
    turned_away = ", ".join(f"{number} with {status}" for status, number in report.refused.items())
    table.add_row("new calls refused", "", turned_away or "0")
    table.add_row("new calls neither", "", str(report.failed))
    table.add_row("event loop late, p99 ms", "", _number(one.lag_p99_ms))
    table.add_row("the load itself late, p99 ms", "", _number(report.load_late_p99_ms))
    table.add_row("the server, cores", "", f"{report.server_cores:.2f}")
    table.add_row(
        "others / stolen by the host, cores", "", f"{report.others_cores:.2f} / {report.stolen_cores:.2f}"
    )
    console.print(table)
    console.print(f"No underrun and no call dropped in running calls, no new call lost: {OK[one.held]}\n")


def _unanswered(stretch: Stretch) -> int:
    return stretch.turns - len(stretch.added_ms)


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.0f}" if abs(value) >= 10 else f"{value:.1f}"


def write(storms: Sequence[Storm], folder: Path) -> Path:
    """The results as JSON, in ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    now = datetime.now(UTC)
    file = folder / f"storm-{now:%Y-%m-%d-%H%M}.json"
    result = {
        "when": now.isoformat(timespec="seconds"),
        "machine": machine(),
        "storms": [asdict(one) for one in storms],
    }
    file.write_text(json.dumps(result, indent=1) + "\n")
    return file


if __name__ == "__main__":
    sys.exit(main())
