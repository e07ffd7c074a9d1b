"""What ``vantum import`` does: bring a list of prospects into the store, or tell what would come of it."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from rich.console import Console

from vantum.campaigns.finding import find
from vantum.core.errors import UsageError
from vantum.core.outreach.mapping import read_choices
from vantum.import_progress import counted, progress_bar
from vantum.org_option import add_org_option
from vantum.outreach.findings import Findings, Reason
from vantum.outreach.importer import Before, Imported, import_list, try_list
from vantum.outreach.list_reading import Order, Repeat
from vantum.outreach.verdict_file import verdict_file, write_verdicts
from vantum.settings import Settings
from vantum.sheets.prospect_list import Wish
from vantum.store import orgs
from vantum.store.address import database
from vantum.store.engine import Store, open_store
from vantum.store.staged import StagedRow
from vantum.store.words import RowVerdict
from vantum.terminal import add_common_options, run_command, settings_of

MOST_REASONS: Final = 20
"""Reasons that are shown of each verdict."""


def arguments() -> argparse.ArgumentParser:
    """The command line."""
    parser = argparse.ArgumentParser(
        prog="vantum import",
        description="Bring a list of prospects (CSV or XLSX) into the store, each row with its own verdict. All of "
        "the list is imported, or nothing.",
    )
    parser.add_argument("file", type=Path, help="the list")
    parser.add_argument(
        "--campaign", metavar="NAME", help="the campaign that calls them; none: contacts only"
    )
    parser.add_argument(
        "--map", default="", metavar="FIELD=COLUMN,...", help="such as phone=Telefon,name=Wer"
    )
    parser.add_argument("--country", default="", help="of numbers without a country code, such as DE")
    parser.add_argument("--sheet", default="", help="the sheet of a workbook (the first that can be seen)")
    parser.add_argument("--source", default="", help="where the numbers come from (the name of the file)")
    parser.add_argument(
        "--dry-run", action="store_true", help="tell what would come of it, and change nothing"
    )
    parser.add_argument("--again", action="store_true", help="also when the same file was imported before")
    parser.add_argument(
        "--rows", type=Path, metavar="CSV", help="write the verdict of every row to a new file"
    )
    add_org_option(parser)
    add_common_options(parser)
    return parser


def main(argv: list[str] | None = None) -> int:
    """Run the command: 0 when it is done, or was done before; 2 for a mistake, and then nothing was changed."""
    options = arguments().parse_args(argv)
    return run_command(lambda: _run(options, settings_of(options)), debug=options.debug)


async def _run(options: argparse.Namespace, settings: Settings) -> int:
    if _is_there(options.rows):
        raise UsageError(f"{options.rows} is there already.", "Name another file.")
    console = Console(soft_wrap=True, highlight=False, markup=False)
    async with open_store(database(settings.database_url, settings.data)) as store:
        org_id, campaign_id = await _where(store, options.org, options.campaign)
        order = _order(options, campaign_id)
        if options.dry_run:
            return await _try(store, org_id, order, options.rows, console)
        with progress_bar(Console(stderr=True)) as report:
            done = await import_list(store, org_id, order, settings.data, report)
        for line in _told(order, done, options.campaign):
            console.print(line)
        if options.rows is not None:
            count = await write_verdicts(store, org_id, done.import_id, options.rows)
            console.print(f"{options.rows}: {count:,} verdicts")
    return 0


async def _try(store: Store, org_id: str, order: Order, rows: Path | None, console: Console) -> int:
    with ExitStack() as stack:
        report = stack.enter_context(progress_bar(Console(stderr=True)))
        sink = _drop if rows is None else stack.enter_context(verdict_file(rows)).add
        findings = await try_list(store, org_id, order, sink, report)
    console.print(f"{order.name}: {findings.rows:,} rows, and nothing was changed")
    for line in found(findings):
        console.print(line)
    return 0


async def _where(store: Store, slug: str, campaign: str | None) -> tuple[str, str | None]:
    """The organisation's id and the campaign's; raises UsageError for one that is not there."""
    async with store.reading() as session:
        org = await orgs.named(session, slug)
    return org.id, None if campaign is None else (await find(store, org.id, campaign)).id


def _order(options: argparse.Namespace, campaign_id: str | None) -> Order:
    choices = read_choices(options.map)
    return Order(
        options.file,
        Wish(datetime.now(UTC), options.country, choices, options.sheet),
        campaign_id,
        source=options.source,
        repeat=Repeat.IMPORT if options.again else Repeat.TELL,
    )


def _told(order: Order, done: Imported | Before, campaign: str | None) -> Iterator[str]:
    rows = sum(done.counts.values())
    if isinstance(done, Before):
        day = done.at.isoformat(sep=" ", timespec="minutes")
        yield f"{order.name}: imported before, on {day} ({rows:,} rows), and nothing was added"
        yield "To import it again, add --again."
        return
    where = "" if campaign is None else f"; {done.leads:,} new leads in {campaign!r}"
    yield f"{order.name}: {rows:,} rows: {counted(done.counts)}{where}"
    yield from found(done.findings)
    late = done.counts.get(RowVerdict.SUPPRESSED, 0) - done.findings.counts[RowVerdict.SUPPRESSED]
    if late > 0:
        yield f"{late:,} of them may not be called since the list was read"


def found(findings: Findings) -> Iterator[str]:
    """The verdicts with their reasons, and fields that were left out, each with its first rows."""
    for kind, count in findings.counts.items():
        yield f"  {count:,} {kind}"
        yield from _reasons(findings.reasons[kind])
    if findings.notes:
        yield "  fields that were left out or are worth a look:"
        yield from _reasons(findings.notes)


def _reasons(reasons: tuple[Reason, ...]) -> Iterator[str]:
    for reason in reasons[:MOST_REASONS]:
        yield f"    {reason.count:,} {reason.words} ({'; '.join(reason.examples)})"
    more = reasons[MOST_REASONS:]
    if more:
        yield f"    {sum(reason.count for reason in more):,} for {len(more)} other reasons"


def _is_there(path: Path | None) -> bool:
    return path is not None and path.exists()


def _drop(_rows: Sequence[StagedRow]) -> None:
    """Nobody asked for the verdict of every row."""
