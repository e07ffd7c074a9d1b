"""What ``vantum retention run`` does: remove the records that have been kept for as long as the settings say."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime

from rich.console import Console

from vantum.core.errors import UsageError
from vantum.retention import Keep, Removed, Sweep
from vantum.settings import Settings
from vantum.terminal import add_common_options, run_command, settings_of


def arguments() -> argparse.ArgumentParser:
    """The command line."""
    parser = argparse.ArgumentParser(
        prog="vantum retention",
        description="Remove what is kept of old calls: VANTUM_KEEP_DAYS_AUDIO and VANTUM_KEEP_DAYS say how old.",
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
    if not keep.anything_removed:
        raise UsageError(
            "All records are kept for ever.",
            "Set VANTUM_KEEP_DAYS or VANTUM_KEEP_DAYS_AUDIO to remove old ones.",
        )
    removed = Sweep(settings.data, keep, datetime.now(UTC), dry=dry).run()
    Console(soft_wrap=True, highlight=False, markup=False).print(told(removed, dry=dry))
    return 1 if removed.failed else 0


def told(removed: Removed, *, dry: bool) -> str:
    """What came of it, in a line."""
    done = "would be removed" if dry else "removed"
    size = removed.bytes / 1_000_000
    line = f"{done}: {removed.records} records, {removed.recordings} recordings of others, {size:.1f} MB"
    return f"{line}; {removed.failed} could not be" if removed.failed else line
