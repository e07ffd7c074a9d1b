"""What ``vantum analyze`` does: have old calls analysed again, with other questions; older analyses are kept."""

from __future__ import annotations

import argparse
import asyncio
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from vantum.analysts import open_staff
from vantum.call_folder import folder_of
from vantum.campaigns.finding import find
from vantum.core.analysis.schema import read_schema
from vantum.core.errors import UsageError
from vantum.org_option import add_org_option
from vantum.outreach.analyst import Analysing, open_analyst
from vantum.outreach.in_thread import in_thread
from vantum.settings import Settings
from vantum.store import analyses, analysis_jobs, call_list, orgs
from vantum.store.address import database
from vantum.store.engine import Store, open_store
from vantum.store.words import JobState
from vantum.terminal import add_common_options, run_command, settings_of

LOOK_SECONDS: Final = 0.2
LARGEST_SCHEMA: Final = 256 * 1024
"""Bytes."""


def arguments() -> argparse.ArgumentParser:
    """The command line."""
    parser = argparse.ArgumentParser(
        prog="vantum analyze",
        description="Analyse calls again, those of a campaign or a single one. Each gets a new analysis beside those "
        "it has. What is begun is finished by a running server if this command is stopped.",
    )
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument(
        "--campaign", metavar="NAME", help="the calls of a campaign in which a person was reached"
    )
    what.add_argument("--call", metavar="ID", help="one call, by its id or that of its record")
    parser.add_argument(
        "--schema", type=Path, metavar="FILE", help="a JSON Schema of the fields to find (the campaign's own)"
    )
    add_org_option(parser)
    add_common_options(parser)
    return parser


def main(argv: list[str] | None = None) -> int:
    """Run the command: 0 when all were analysed, 1 when some were not, 2 for a mistake: then nothing was begun."""
    options = arguments().parse_args(argv)
    return run_command(lambda: _run(options, settings_of(options)), debug=options.debug)


async def _run(options: argparse.Namespace, settings: Settings) -> int:
    fields = None if options.schema is None else await in_thread(partial(fields_in, options.schema))
    console = Console(soft_wrap=True, highlight=False, markup=False)
    async with (
        open_store(database(settings.database_url, settings.data)) as store,
        open_staff(settings) as staff,
    ):
        org_id, calls = await _wanted(store, options)
        here = await in_thread(partial(_here, settings.data, calls))
        if missing := len(calls) - len(here):
            console.print(f"{missing:,} calls have no record on this machine, and are left out.")
        jobs = await store.write(
            lambda session: analysis_jobs.ask(session, org_id, here, fields, datetime.now(UTC))
        )
        async with open_analyst(Analysing(store, settings.data, staff)):
            counts = await _followed(store, org_id, jobs)
        for line in await _told(store, org_id, here if options.call else (), counts):
            console.print(line)
    return 0 if counts[JobState.DONE] == len(calls) else 1


def fields_in(path: Path) -> dict[str, object]:
    """The JSON Schema in a file, checked; raises UsageError."""
    try:
        if path.stat().st_size > LARGEST_SCHEMA:
            raise UsageError(f"{path} is too large.", f"Allowed: {LARGEST_SCHEMA // 1024} KiB.")
        found: object = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(
            f"{path} cannot be read ({type(error).__name__}).", "Name a file of JSON."
        ) from error
    except ValueError as error:
        raise UsageError(
            f"{path} is no JSON.", "Write a JSON Schema of type object (docs/analysis.md)."
        ) from error
    read_schema(found)
    return dict(found) if isinstance(found, Mapping) else {}


async def _wanted(store: Store, options: argparse.Namespace) -> tuple[str, dict[str, str]]:
    """The organisation's id, and calls with the names of their records; raises UsageError for what is not there."""
    async with store.reading() as session:
        org = await orgs.named(session, options.org)
        if options.call is not None:
            call = await call_list.named(session, org.id, options.call)
            if call is None or call.ended_at is None:
                raise UsageError(f"There is no call {options.call!r} that is over.", "Check its id.")
            return org.id, {call.id: call.record_id or ""}
    campaign = await find(store, org.id, options.campaign)
    async with store.reading() as session:
        return org.id, await analyses.calls_to_analyse(session, org.id, campaign.id)


def _here(data: Path, calls: Mapping[str, str]) -> Sequence[str]:
    """The ids of those whose records lie on this machine."""
    folders = ((call_id, folder_of(data, record_id)) for call_id, record_id in calls.items())
    return [call_id for call_id, folder in folders if folder is not None and folder.is_dir()]


async def _followed(store: Store, org_id: str, jobs: Sequence[str]) -> dict[JobState, int]:
    """Show how far the jobs are, until none is worked on any more; how many are in each state then."""
    columns = (
        TextColumn("analysing"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.fields[failed]}"),
    )
    screen = Console(stderr=True)
    with Progress(*columns, console=screen, disable=not screen.is_terminal) as progress:
        task = progress.add_task("analysing", total=len(jobs), failed="")
        while True:
            async with store.reading() as session:
                counts = await analysis_jobs.counts(session, org_id, jobs)
                near = await analysis_jobs.soon(session, org_id, jobs, datetime.now(UTC))
            failed = f"{counts[JobState.FAILED]:,} failed" if counts[JobState.FAILED] else ""
            done = counts[JobState.DONE] + counts[JobState.FAILED]
            progress.update(task, completed=done, failed=failed)
            if not near:
                return counts
            await asyncio.sleep(LOOK_SECONDS)


async def _told(
    store: Store, org_id: str, call_ids: Sequence[str], counts: Mapping[JobState, int]
) -> list[str]:
    """What came of it; of a single call, what was found."""
    later = counts[JobState.WAITING]
    lines = [f"{counts[JobState.DONE]:,} analysed, {counts[JobState.FAILED]:,} failed"]
    if later:
        lines.append(f"{later:,} are tried again later, by a running server.")
    async with store.reading() as session:
        for call_id in call_ids:
            found = await analyses.newest(session, org_id, call_id)
            if found is not None:
                lines.append(
                    f"{found.model}: {found.disposition or 'unknown'}, interest {_shown(found.interest)}"
                )
                lines += [f"  {found.summary}"] if found.summary else []
                lines += [f"  {name}: {_shown(value)}" for name, value in found.data.items()]
    return lines


def _shown(value: object) -> str:
    return "unknown" if value is None else str(value)
