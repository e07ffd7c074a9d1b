"""Runs campaigns on real processes that are killed, and holds them against what a stand-in for Twilio saw.

python -m benchmarks.campaign --prospects 500 --database sqlite --kills 10
.ci/postgres python -m benchmarks.campaign --prospects 500 --database postgres --dialers 3 --kills 10
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from loguru import logger
from rich import box
from rich.console import Console
from rich.table import Table
from sqlalchemy import URL

from benchmarks.campaign.checks import Row, checked
from benchmarks.campaign.databases import database
from benchmarks.campaign.host import said, watched
from benchmarks.campaign.journal import read
from benchmarks.campaign.moments import Moments
from benchmarks.campaign.play import Play, Plot
from benchmarks.campaign.processes import Kept, pipeline_of, running, tail
from benchmarks.campaign.scene import seed
from benchmarks.campaign.spoken import spoken
from benchmarks.servers import BenchmarkError
from benchmarks.table import OK, printer
from vantum.store.engine import open_store
from vantum.store.migrate import upgrade


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be run. On SQLite the server dials by itself, and there are no ``dialers``."""

    prospects: int
    dialers: int
    per_second: float
    concurrency: int
    plot: Plot
    hurry: Sequence[str] = ()
    speaking: bool = False


def main(argv: Sequence[str] | None = None) -> int:
    """Run, and print; 0 when all holds."""
    options = arguments().parse_args(argv)
    logger.remove()
    console = printer()
    plot = Plot(options.kills, options.seed, options.seconds, talks=options.speaking)
    dialers = 0 if options.database == "sqlite" else options.dialers
    hurry = ("--hurry",) if options.hurry else ()
    asked = Asked(
        options.prospects, dialers, options.per_second, options.concurrency, plot, hurry, options.speaking
    )
    with tempfile.TemporaryDirectory(prefix="campaign-") as name:
        folder = options.keep or Path(name)
        folder.mkdir(parents=True, exist_ok=True)
        try:
            with database(options.database, folder) as url:
                rows = asyncio.run(
                    benchmark(asked, url, folder, lambda text: console.print(text, markup=False))
                )
        except BenchmarkError as error:
            console.print(str(error), markup=False)
            return 1
    return show(rows, console)


def arguments() -> argparse.ArgumentParser:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.campaign", description=__doc__)
    parser.add_argument("--prospects", type=int, default=500)
    parser.add_argument("--database", choices=("sqlite", "postgres"), default="sqlite")
    parser.add_argument("--dialers", type=int, default=3, help="processes that dial, on Postgres")
    parser.add_argument("--kills", type=int, default=10, help="every second of them at a forced point")
    parser.add_argument(
        "--per-second", type=float, default=8.0, help="calls that the carrier takes in a second"
    )
    parser.add_argument("--concurrency", type=int, default=20, help="calls at a time")
    parser.add_argument("--speaking", action="store_true", help="who answers speaks, and wants something")
    parser.add_argument("--seed", type=int, default=1, help="of the kills")
    parser.add_argument("--seconds", type=float, default=900.0, help="how long it may take")
    parser.add_argument("--hurry", action="store_true", help="take others for dead after seconds")
    parser.add_argument("--keep", type=Path, help="folder for all files; without it they are removed")
    return parser


async def benchmark(asked: Asked, url: URL, folder: Path, tell: Callable[[str], None]) -> list[Row]:
    """Run it, and tell what must hold; raises BenchmarkError for processes that do not start."""
    await asyncio.to_thread(upgrade, url)
    settings = {
        "VANTUM_CALLS_PER_SECOND": str(asked.per_second),
        "VANTUM_MAX_CALLS": str(asked.concurrency + 5),
    }
    moments = Moments()
    async with open_store(url) as store:
        pipeline = pipeline_of(speaking=asked.speaking).stem
        scene = await seed(store, asked.prospects, asked.concurrency, asked.per_second, pipeline)
        async with running(
            folder, url, asked.dialers, settings, asked.hurry, speaking=asked.speaking
        ) as cast:
            async with watched() as looks:
                await Play(store, scene, cast, asked.plot, tell, moments).run()
            deaths, faults = sum(len(each.deaths) for each in cast.all), _faults(cast.all)
        entries = list(read(folder / "carrier.jsonl"))
        rows = await checked(store, scene, entries, moments, asked.per_second)
        if asked.speaking:
            rows += await spoken(store, scene, entries, folder / "data", cast.server.deaths)
    tell(
        f"{deaths} processes were killed; {len(entries)} lines of the carrier; {time.time() - moments.begun:.0f} s"
    )
    tell(said(looks))
    kills = Row("processes killed", f"at least {asked.plot.kills}", str(deaths), deaths >= asked.plot.kills)
    trouble = [*moments.trouble, *faults]
    return [*rows, kills, Row("other trouble", "0", str(len(trouble)), not trouble, trouble)]


def _faults(processes: Sequence[Kept]) -> list[str]:
    return [f"{each.name} ended with {each.faults}: {tail(each.log)}" for each in processes if each.faults]


def show(rows: Sequence[Row], console: Console) -> int:
    """Print what must hold and what does; 0 when all of it does."""
    table = Table(box=box.SIMPLE_HEAD, title="What must hold", title_justify="left")
    for heading in ("", "must", "measured", ""):
        table.add_column(heading)
    for row in rows:
        table.add_row(row.what, row.must, row.measured, OK[row.holds])
    console.print(table)
    for row in rows:
        for detail in row.details:
            console.print(f"{row.what}: {detail}", markup=False)
    passed = all(row.holds for row in rows)
    console.print("PASS" if passed else "FAIL")
    return 0 if passed else 1


if __name__ == "__main__":
    sys.exit(main())
