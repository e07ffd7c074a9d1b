"""Vantum and stock pipecat as partners in a conversation, side by side, and whether Vantum does what it must.

python -m benchmarks.conversation --part latency interruption
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path

from loguru import logger
from rich import box
from rich.console import Console
from rich.table import Table

from benchmarks.conversation.chart import latency_chart
from benchmarks.conversation.judging import Part, Trial
from benchmarks.conversation.measuring import Round, measured
from benchmarks.conversation.stage import LABELS, Partner
from benchmarks.conversation.trials import CONVERSATIONS, Conversation
from benchmarks.conversation.verdict import Row, rows
from benchmarks.density import machine
from benchmarks.servers import BenchmarkError

RESULTS = Path(__file__).parents[1] / "results"
QUICK_TURNS = 1
Job = tuple[Partner, list[Conversation]]
Plan = list[list[Job]]
"""Jobs one after the other; those of an inner list at once."""


def main(argv: Sequence[str] | None = None) -> int:
    """Measure, print, and write the results; 0 when all was measured and Vantum does all that it must."""
    options = arguments().parse_args(argv)
    logger.remove()
    console = Console(highlight=False, soft_wrap=True)
    jobs = plan(options)
    rounds = measure(jobs, console)
    trials = together(rounds)
    verdicts = rows(trials)
    show(verdicts, rounds, console)
    for file in write(verdicts, rounds, trials, options.results):
        console.print(f"Written: {file}")
    complete = len(rounds) == sum(map(len, jobs))
    return 0 if complete and all(row.passed is not False for row in verdicts) else 1


def arguments() -> argparse.ArgumentParser:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.conversation", description=__doc__)
    parts, partners = [str(part) for part in Part], [str(partner) for partner in Partner]
    parser.add_argument("--part", nargs="+", choices=parts, default=parts, help="what to measure")
    parser.add_argument("--with", dest="partners", nargs="+", choices=partners, default=partners, help="whom")
    parser.add_argument("--turns", type=int, help="turns of each part, instead of its own number")
    parser.add_argument("--callers", type=int, help="callers at a time, instead of the part's own number")
    parser.add_argument(
        "--quick",
        action="store_true",
        help="one turn of each part, all at once: shows that it works, measures little",
    )
    parser.add_argument("--results", type=Path, default=RESULTS, help="folder for the results")
    return parser


def plan(options: argparse.Namespace) -> Plan:
    """Who holds which conversations: partner and part one after the other, or with ``--quick`` all at once."""
    wanted = set(map(Part, options.part))
    chosen = [
        replace(
            conversation,
            turns=options.turns or (QUICK_TURNS if options.quick else conversation.turns),
            callers=options.callers or (1 if options.quick else conversation.callers),
        )
        for conversation in CONVERSATIONS
        if wanted & set(conversation.parts)
    ]
    groups = [chosen] if options.quick else [[conversation] for conversation in chosen]
    partners = [Partner(name) for name in options.partners]
    jobs = [(partner, group) for group in groups for partner in partners if _measured_with(partner, group)]
    return [jobs] if options.quick else [[job] for job in jobs]


def _measured_with(partner: Partner, group: Sequence[Conversation]) -> bool:
    """Speculation is switched off for nothing but the latency."""
    return partner is not Partner.PLAIN or any(Part.LATENCY in conversation.parts for conversation in group)


def measure(plan: Plan, console: Console) -> list[Round]:
    """All rounds; one in which a server fails is told and left out."""
    rounds = []
    for jobs in plan:
        done = asyncio.run(_at_once(jobs))
        for (partner, _), one in zip(jobs, done, strict=True):
            if isinstance(one, Round):
                rounds.append(one)
                console.print(_told(one))
            else:
                console.print(f"{LABELS[partner]}: {one}", markup=False)
    return rounds


async def _at_once(jobs: Sequence[Job]) -> list[Round | BenchmarkError]:
    return await asyncio.gather(*(_tried(partner, conversations) for partner, conversations in jobs))


async def _tried(partner: Partner, conversations: Sequence[Conversation]) -> Round | BenchmarkError:
    try:
        return await measured(partner, conversations)
    except BenchmarkError as error:
        return error


def _told(one: Round) -> str:
    good, names = sum(trial.good for trial in one.trials), ", ".join(one.parts)
    return (
        f"{LABELS[one.partner]}, {names}: {good} of {len(one.trials)} as they should be, {one.seconds:.0f} s"
    )


def together(rounds: Sequence[Round]) -> dict[Partner, list[Trial]]:
    """The trials of each partner."""
    return {
        partner: [trial for one in rounds if one.partner is partner for trial in one.trials]
        for partner in Partner
        if any(one.partner is partner for one in rounds)
    }


def show(verdicts: Sequence[Row], rounds: Sequence[Round], console: Console) -> None:
    """The table, and what may have disturbed it."""
    partners = [partner for partner in Partner if any(one.partner is partner for one in rounds)]
    table = Table(box=box.SIMPLE_HEAD)
    for heading in ("", *(LABELS[partner] for partner in partners), "must", ""):
        table.add_column(heading)
    for row in verdicts:
        figures = (row.figures.get(partner, "") for partner in partners)
        verdict = {True: "pass", False: "FAIL", None: ""}[row.passed]
        table.add_row(row.what, *figures, row.must, verdict)
    console.print(table)
    if rounds:
        stolen, others = (
            max(getattr(one, name) for one in rounds) for name in ("stolen_cores", "others_cores")
        )
        late = max(one.late_p99_ms for one in rounds)
        console.print(
            f"At worst {stolen:.2f} cores stolen by the host, {others:.2f} used by other processes,"
            f" callers late by {late:.1f} ms (p99)."
        )


def write(
    verdicts: Sequence[Row], rounds: Sequence[Round], trials: dict[Partner, list[Trial]], folder: Path
) -> list[Path]:
    """The results as JSON and as a chart, in ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    now = datetime.now(UTC)
    stem = f"conversation-{now:%Y-%m-%d-%H%M}"
    result = {
        "when": now.isoformat(timespec="seconds"),
        "machine": machine(),
        "verdicts": [asdict(row) for row in verdicts],
        "rounds": [asdict(one) for one in rounds],
    }
    data, chart = folder / f"{stem}.json", folder / f"{stem}.svg"
    data.write_text(json.dumps(result, indent=1) + "\n")
    chart.write_text(latency_chart(trials, f"{now:%Y-%m-%d}, {machine()['cpu']}"))
    return [data, chart]


if __name__ == "__main__":
    sys.exit(main())
