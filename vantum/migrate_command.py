"""What ``vantum migrate`` does: bring the database to another shape, or tell which one it has."""

from __future__ import annotations

import argparse
import asyncio

from rich.console import Console
from sqlalchemy import URL

from vantum.core.errors import UsageError
from vantum.settings import Settings
from vantum.store.address import database, shown
from vantum.store.migrate import downgrade, upgrade
from vantum.store.shape import EMPTY, Standing, standing
from vantum.terminal import add_common_options, run_command, settings_of


def arguments() -> argparse.ArgumentParser:
    """The command line."""
    parser = argparse.ArgumentParser(
        prog="vantum migrate",
        description="Bring the database to the shape of another version (docs/store.md).",
    )
    actions = parser.add_subparsers(dest="action", required=True)
    up = actions.add_parser("up", help="to the newest shape that this version knows")
    down = actions.add_parser("down", help="to an older shape: what came later is removed")
    down.add_argument("revision", help=f"the revision to go down to, {EMPTY} for no tables at all")
    down.add_argument(
        "--yes", action="store_true", help="remove the tables that came later, with what is in them"
    )
    status = actions.add_parser("status", help="tell which shape it has; exit code 1 if it is not the newest")
    for action in (up, down, status):
        add_common_options(action)
    return parser


def main(argv: list[str] | None = None) -> int:
    """Run the command: 0 when the database is as asked, 1 when ``status`` finds an old one, 2 for a mistake."""
    options = arguments().parse_args(argv)
    return run_command(lambda: _run(options, settings_of(options)), debug=options.debug)


async def _run(options: argparse.Namespace, settings: Settings) -> int:
    url = database(settings.database_url, settings.data)
    console = Console(soft_wrap=True, highlight=False, markup=False)
    match options.action:
        case "up":
            found = await asyncio.to_thread(upgrade, url)
        case "down":
            await asyncio.to_thread(_check_down, url, options.revision, confirmed=options.yes)
            found = await asyncio.to_thread(downgrade, url, options.revision)
        case _:
            found = await asyncio.to_thread(standing, url)
    console.print(told(url, found))
    return 1 if options.action == "status" and not found.is_current else 0


def _check_down(url: URL, revision: str, *, confirmed: bool) -> None:
    """Raise UsageError for a revision that is none, and where people should think twice."""
    found = standing(url)
    known = (EMPTY, *found.known)
    if revision not in known:
        raise UsageError(f"There is no revision {revision!r}.", f"Known ones: {', '.join(known)}.")
    gone = () if found.is_foreign else found.above(revision)
    if gone and not confirmed:
        raise UsageError(
            f"Going down to {revision} removes what {', '.join(gone)} brought, with all that is in it.",
            "Make a backup, then add --yes.",
        )


def told(url: URL, found: Standing) -> str:
    """Which shape the database has, in a line."""
    line = f"{shown(url)}: revision {found.revision}"
    if found.is_current:
        return f"{line}, the newest"
    if found.is_foreign:
        return f"{line}, which this version does not know"
    return f"{line}; the newest is {found.newest}: `vantum migrate up`"
