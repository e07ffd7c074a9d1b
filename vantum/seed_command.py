"""What ``vantum seed demo`` does: fill the database with people who do not exist, to try things out."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime

from rich.console import Console

from vantum.org_option import add_org_option
from vantum.settings import Settings
from vantum.store.address import database, shown
from vantum.store.demo import DEMO_SLUG, Sown, sow
from vantum.store.engine import open_store
from vantum.terminal import add_common_options, run_command, settings_of


def arguments() -> argparse.ArgumentParser:
    """The command line."""
    parser = argparse.ArgumentParser(
        prog="vantum seed",
        description="Add an organisation with contacts, consents, suppressions and two campaigns. All numbers are "
        "reserved for fiction: nobody has them.",
    )
    parser.add_argument(
        "what", choices=["demo"], help="200 contacts, a campaign in draft, and a finished one"
    )
    add_org_option(parser, DEMO_SLUG)
    add_common_options(parser)
    return parser


def main(argv: list[str] | None = None) -> int:
    """Run the command: 0 when all is there, 2 for a mistake. What is there already is left as it is."""
    options = arguments().parse_args(argv)
    return run_command(lambda: _run(settings_of(options), options.org), debug=options.debug)


async def _run(settings: Settings, slug: str) -> int:
    url = database(settings.database_url, settings.data)
    moment = datetime.now(UTC)
    async with open_store(url) as store:
        sown = await store.write(lambda session: sow(session, slug, moment))
    console = Console(soft_wrap=True, highlight=False, markup=False)
    console.print(f"{shown(url)}: {told(sown)}")
    return 0


def told(sown: Sown) -> str:
    """What was added, in a line."""
    counts = {
        "organisations": sown.orgs,
        "companies": sown.companies,
        "contacts": sown.contacts,
        "consents": sown.consents,
        "suppressions": sown.suppressions,
        "campaigns": sown.campaigns,
        "leads": sown.leads,
        "calls": sown.calls,
    }
    added = ", ".join(f"{count} {what}" for what, count in counts.items() if count)
    return f"added {added}" if added else "everything is there already"
