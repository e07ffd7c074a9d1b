"""What ``vantum contacts`` does: hand out everything that is known of a person, or erase it."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Final

from rich.console import Console

from vantum.core.errors import UsageError
from vantum.core.legal.case import Reason, Scope, Suppression
from vantum.core.outreach.cells import shown
from vantum.core.outreach.line import WORDS, Line
from vantum.numbering import read_number
from vantum.org_option import add_org_option
from vantum.outreach.dossier_file import write_dossier
from vantum.outreach.eraser import Erased, erase
from vantum.settings import Settings
from vantum.store import orgs, suppressions
from vantum.store.address import database
from vantum.store.engine import Store, open_store
from vantum.store.models import Org
from vantum.terminal import add_common_options, run_command, settings_of

FILE: Final = "person.zip"
_E164: Final = re.compile(r"\+[1-9][0-9]{6,14}")


def arguments() -> argparse.ArgumentParser:
    """The command line."""
    parser = argparse.ArgumentParser(
        prog="vantum contacts", description="Everything that is known of a person: hand it out, or erase it."
    )
    actions = parser.add_subparsers(dest="action", required=True)
    export = actions.add_parser(
        "export", help="write it to a zip file: rows of the database as JSON, and the files of calls"
    )
    export.add_argument("--to", type=Path, default=Path(FILE), metavar="FILE", help=f"a new file ({FILE})")
    erasure = actions.add_parser(
        "erase", help="erase it, files of calls included; that somebody is not to be called is kept"
    )
    erasure.add_argument(
        "--never-call", action="store_true", help="the number is not to be called again, either"
    )
    for action in (export, erasure):
        action.add_argument("number", help="with its country code, or as it is written in your country")
        add_org_option(action)
        add_common_options(action)
    return parser


def main(argv: list[str] | None = None) -> int:
    """Run the command: 0 when it is done, also when there was nothing to erase; 2 for a mistake."""
    options = arguments().parse_args(argv)
    return run_command(lambda: _run(options, settings_of(options)), debug=options.debug)


async def _run(options: argparse.Namespace, settings: Settings) -> int:
    console = Console(soft_wrap=True, highlight=False, markup=False)
    async with open_store(database(settings.database_url, settings.data)) as store:
        async with store.reading() as session:
            org = await orgs.named(session, options.org)
        number = _number(options.number, org)
        if options.action == "export":
            lines = await _export(store, org, number, settings.data, options.to)
        else:
            if options.never_call:
                never = Suppression(Scope.NUMBER, number, Reason.ASKED)
                await store.write(partial(suppressions.add, org_id=org.id, suppression=never))
            lines = await _erase(store, org, number, settings.data)
    for line in lines:
        console.print(line)
    return 0


async def _export(store: Store, org: Org, number: str, data: Path, path: Path) -> Iterator[str]:
    counts = await write_dossier(store, org.id, number, data, path, datetime.now(UTC))
    if counts is None:
        raise UsageError(
            f"Nothing is known of {number} in {org.slug!r}.", "Check the number and the organisation."
        )
    return iter([f"{path}: {_counted(counts)}"])


async def _erase(store: Store, org: Org, number: str, data: Path) -> Iterator[str]:
    try:
        erased = await erase(store, org.id, number, data, datetime.now(UTC))
    except OSError as error:
        problem = f"Files of calls cannot be removed ({error.strerror}); the person is called no more."
        raise UsageError(problem, f"See who may write under {data}, and do it again.") from error
    return iter([f"Nothing is known of {number} in {org.slug!r}."]) if erased is None else told(erased)


def told(erased: Erased) -> Iterator[str]:
    """What was done, without telling who it was."""
    rows, files, kept = (erased.proof[name] for name in ("rows", "files", "suppressions_kept"))
    removed = len(files) if isinstance(files, list) else 0
    yield f"Erased as {erased.subject}: {_counted(rows if isinstance(rows, dict) else {})}, {removed} files"
    if kept:
        yield f"Kept: {kept} times that the number is not to be called"
    if erased.carrier_calls:
        yield f"The carrier may have records of its own: {', '.join(erased.carrier_calls)}"
    yield "The proof is in the audit log. Backups still hold the person."


def _counted(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in counts.items()) or "no rows"


def _number(text: str, org: Org) -> str:
    """The number in E.164; raises UsageError for what is none."""
    line = read_number(text, org.country)
    if isinstance(line, Line):
        return line.number
    if _E164.fullmatch(text.strip()):
        # Not assigned by now, or never: somebody called from it all the same.
        return text.strip()
    raise UsageError(
        f"{shown(text)!r} is no number: {WORDS[line]}", "Write it with its country code, like +14155550100."
    )
