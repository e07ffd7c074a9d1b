"""What ``vantum decisions`` does: check the chain of decisions on calls, or tell why somebody was called or not."""

from __future__ import annotations

import argparse

from rich.console import Console

from vantum.core.errors import UsageError
from vantum.core.legal.document import read
from vantum.core.legal.explanation import explain
from vantum.org_option import add_org_option
from vantum.settings import Settings
from vantum.store import decisions
from vantum.store.address import database
from vantum.store.engine import Store, open_store
from vantum.store.orgs import named
from vantum.terminal import add_common_options, run_command, settings_of


def arguments() -> argparse.ArgumentParser:
    """The command line."""
    parser = argparse.ArgumentParser(
        prog="vantum decisions",
        description="Why calls were placed or not, and whether the record of it is whole.",
    )
    actions = parser.add_subparsers(dest="action", required=True)
    verify = actions.add_parser("verify", help="check that no decision was changed, moved or taken out")
    verify.add_argument(
        "--head", metavar="HASH", help="a last hash as it was written down: it has to be in the chain"
    )
    explanation = actions.add_parser("explain", help="tell in words why a call was placed or not")
    explanation.add_argument("call", help="the id of the call, or of the attempt that was blocked")
    for action in (verify, explanation):
        add_org_option(action)
        add_common_options(action)
    return parser


def main(argv: list[str] | None = None) -> int:
    """Run the command: 0 when all holds, 1 when the chain is broken, 2 for a mistake on the command line."""
    options = arguments().parse_args(argv)
    return run_command(lambda: _run(options, settings_of(options)), debug=options.debug)


async def _run(options: argparse.Namespace, settings: Settings) -> int:
    console = Console(soft_wrap=True, highlight=False, markup=False)
    async with open_store(database(settings.database_url, settings.data)) as store:
        if options.action == "verify":
            return await _verify(store, options.org, options.head, console)
        return await _explain(store, options.org, options.call, console)


async def _verify(store: Store, slug: str, known: str | None, console: Console) -> int:
    async with store.reading() as session:
        org = await named(session, slug)
        broken = await decisions.check(session, org.id)
        if broken is not None:
            attempt = f" (attempt {broken.attempt_id})" if broken.attempt_id else ""
            console.print(f"broken at decision {broken.row + 1}{attempt}: {broken.words}")
            return 1
        if known is not None and await decisions.place_of(session, org.id, known) is None:
            console.print(f"broken: no decision has the hash {known}.")
            return 1
        last, count = await decisions.head(session, org.id)
        console.print(f"{count} decisions hold; the last hash is {last}")
        return 0


async def _explain(store: Store, slug: str, call_id: str, console: Console) -> int:
    async with store.reading() as session:
        org = await named(session, slug)
        row = await decisions.of_attempt(session, org.id, call_id)
    if row is None:
        raise UsageError(
            f"No decision on {call_id!r} is known.", f"Check the id, and that it is a call of {slug!r}."
        )
    for sentence in explain(read(row.document)):
        console.print(sentence)
    return 0
