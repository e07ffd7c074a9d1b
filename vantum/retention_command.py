"""What ``vantum retention run`` does: remove what has been kept for as long as it may be."""

from __future__ import annotations

import argparse
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from sqlalchemy import URL

from vantum.core.errors import UsageError
from vantum.outreach.retention import Thing, count, forget
from vantum.retention import Keep, Removed, Sweep
from vantum.settings import Settings
from vantum.store import expiry
from vantum.store.address import database, is_sqlite
from vantum.store.engine import Store, open_store
from vantum.terminal import add_common_options, run_command, settings_of


def arguments() -> argparse.ArgumentParser:
    """The command line."""
    parser = argparse.ArgumentParser(
        prog="vantum retention",
        description="Remove what is kept of old calls and of people: VANTUM_KEEP_DAYS_AUDIO, VANTUM_KEEP_DAYS and "
        "each organisation's retention_days say how old.",
    )
    parser.add_argument("action", choices=["run"], help="remove them now; a server does so every hour")
    parser.add_argument("--dry-run", action="store_true", help="count them and remove nothing")
    add_common_options(parser)
    return parser


def main(argv: list[str] | None = None) -> int:
    """Run the command: 0 when all was removed, 1 when something could not be, 2 when nothing says what to remove."""
    options = arguments().parse_args(argv)
    return run_command(lambda: _run(settings_of(options), dry=options.dry_run), debug=options.debug)


async def _run(settings: Settings, *, dry: bool) -> int:
    keep = Keep(settings.keep_days, settings.keep_days_audio)
    now = datetime.now(UTC)
    url = database(settings.database_url, settings.data)
    console = Console(soft_wrap=True, highlight=False, markup=False)
    if not _is_there(url):
        _check(anything=keep.anything_removed)
        return _swept(console, settings.data, keep, now, dry=dry)
    async with open_store(url) as store:
        _check(anything=keep.anything_removed or await _is_bounded(store))
        # Before the folders: whose they are stands in the rows, and the proof names their files.
        gone = await _forgotten(store, settings.data, keep, now, dry=dry)
    failed = _swept(console, settings.data, keep, now, dry=dry) if keep.anything_removed else 0
    for line in told_of(gone, dry=dry):
        console.print(line)
    return failed


def _swept(console: Console, data: Path, keep: Keep, now: datetime, *, dry: bool) -> int:
    removed = Sweep(data, keep, now, dry=dry).run()
    console.print(told(removed, dry=dry))
    return 1 if removed.failed else 0


async def _forgotten(store: Store, data: Path, keep: Keep, now: datetime, *, dry: bool) -> Counter[Thing]:
    try:
        return await count(store, keep, now) if dry else await forget(store, data, keep, now)
    except OSError as error:
        problem = f"Files of calls cannot be removed ({error.strerror})."
        raise UsageError(problem, f"See who may write under {data}, and do it again.") from error


async def _is_bounded(store: Store) -> bool:
    """Whether an organisation keeps things for a time."""
    async with store.reading() as session:
        return any((await expiry.days(session)).values())


def _check(*, anything: bool) -> None:
    if not anything:
        raise UsageError(
            "All records are kept for ever.",
            "Set VANTUM_KEEP_DAYS, VANTUM_KEEP_DAYS_AUDIO or an organisation's retention_days to remove old ones.",
        )


def _is_there(url: URL) -> bool:
    """Whether there is a database; none is made to remove something from it."""
    return not is_sqlite(url) or Path(str(url.database)).exists()


def told(removed: Removed, *, dry: bool) -> str:
    """What came of it, in a line."""
    done = "would be removed" if dry else "removed"
    size = removed.bytes / 1_000_000
    line = f"{done}: {removed.records} records, {removed.recordings} recordings of others, {size:.1f} MB"
    return f"{line}; {removed.failed} could not be" if removed.failed else line


def told_of(gone: Counter[Thing], *, dry: bool) -> list[str]:
    """The same of the database; nothing where there was nothing."""
    done = "would be removed" if dry else "removed"
    counts = [f"{gone[thing]:,} {thing}" for thing in Thing if gone[thing]]
    return [f"{done} from the database: {', '.join(counts)}"] if counts else []
