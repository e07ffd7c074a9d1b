"""The command line of ``vantum campaign``."""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path
from typing import Final

from vantum.campaigns.plan import CampaignPlan
from vantum.core.legal.case import Audience, Purpose, RecordingWish
from vantum.org_option import add_org_option
from vantum.store.words import MachinePolicy
from vantum.terminal import add_common_options

PIPELINE: Final = "pipelines/outreach.py"
USUAL: Final = CampaignPlan("usual", PIPELINE)
MOVES: Final = {
    "pause": "call nobody until it is resumed; calls under way end by themselves",
    "resume": "go on with a paused or failed campaign",
    "stop": "end it: who was not called yet is not called any more",
    "archive": "put away a campaign that is over",
}


def words(kind: Iterable[StrEnum]) -> list[str]:
    """The words of an enum."""
    return [each.value for each in kind]


def arguments() -> argparse.ArgumentParser:
    """All of it."""
    parser = argparse.ArgumentParser(
        prog="vantum campaign",
        description="Make campaigns, look at what they will come to, start, hold and follow them. CAMPAIGN is a "
        "name, how a name begins, or an id.",
    )
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    _plans(actions)
    _lists(actions)
    _life(actions)
    for action in actions.choices.values():
        add_org_option(action)
        add_common_options(action)
    return parser


Actions = argparse._SubParsersAction  # noqa: SLF001 - argparse has no public name for it


def _plans(actions: Actions[argparse.ArgumentParser]) -> None:
    create = actions.add_parser("create", help="make a campaign in draft")
    create.add_argument("name", help="its name")
    change = _of_one(actions, "change", "change what it says, whom it calls when, and its limits")
    change.add_argument("--name", help="another name")
    for parser, pipeline in ((create, f" ({PIPELINE})"), (change, "")):
        _plan(parser, pipeline)
        _json(parser)
    caller = actions.add_parser(
        "caller", help="tell or change who calls: legal name, number to call back, place"
    )
    caller.add_argument("--legal-name", help="who the organisation is in law; the bot says it")
    caller.add_argument("--callback-number", help="where people can call back, with its country code")
    caller.add_argument("--country", help="the caller's end, for the law: US, DE ...")
    caller.add_argument("--region", help="its state: NY ...")
    caller.add_argument("--timezone", help="such as America/New_York: in it times are told")
    _json(caller)


def _plan(parser: argparse.ArgumentParser, pipeline: str) -> None:
    add = parser.add_argument
    add("--pipeline", help=f"what a call is{pipeline}")
    add(
        "--hours",
        dest="windows",
        metavar="HOURS",
        help="when people are called, by their clocks: 'Mon-Fri 9:00-18:00, Sat 10-14', 'daily 8-21' "
        "(weekdays 9:00-18:00); the law's hours hold besides",
    )
    add(
        "--concurrency",
        dest="max_concurrency",
        metavar="N",
        help=f"calls at a time ({USUAL.max_concurrency})",
    )
    add("--rate", dest="calls_per_second", metavar="N", help=f"calls a second ({USUAL.calls_per_second:g})")
    add("--budget", dest="budget_micros", metavar="MONEY", help="what it may cost, or none (none)")
    add(
        "--from", dest="from_numbers", action="append", metavar="NUMBER", help="call from it; may be repeated"
    )
    add(
        "--start-at",
        metavar="TIME",
        help="not before, like '2026-11-23 09:00' in the organisation's time zone",
    )
    add("--end-at", metavar="TIME", help="not after")
    add("--language", help=f"of who has none of their own ({USUAL.language})")
    add("--purpose", choices=words(Purpose), help=f"why people are called ({USUAL.purpose})")
    add("--audience", choices=words(Audience), help=f"as whom they are called ({USUAL.audience})")
    add("--recording", choices=words(RecordingWish), help=f"whether calls are recorded ({USUAL.recording})")
    add(
        "--machines",
        dest="machine_policy",
        choices=words(MachinePolicy),
        help=f"when an answering machine takes the call ({USUAL.machine_policy})",
    )
    add("--voicemail", dest="voicemail_text", metavar="TEXT", help="what is said to machines")
    add("--priority", metavar="N", help=f"0 to 9, and 9 goes first ({USUAL.priority})")
    add(
        "--var",
        dest="variables",
        action="append",
        metavar="NAME=VALUE",
        help="what the pipeline is told; may be repeated",
    )
    add("--brief", metavar="TEXT|@FILE", help="what the analysis is told of the campaign")
    add("--schema", dest="analysis_schema", metavar="FILE", help="JSON Schema of the analysis' own fields")


def _lists(actions: Actions[argparse.ArgumentParser]) -> None:
    listed = actions.add_parser("list", help="tell which campaigns there are")
    _json(listed)
    sample = actions.add_parser(
        "sample", help="write a list to try things with: the local carrier's prospects"
    )
    sample.add_argument("file", type=Path, help="the CSV to be written")
    sample.add_argument("--who", default="", metavar="NAME,...", help="only these of them")
    brought = _of_one(actions, "import", "bring a list of prospects (CSV, XLSX) into it")
    brought.add_argument("file", type=Path, help="the list")
    brought.add_argument(
        "--map", default="", metavar="FIELD=COLUMN,...", help="such as phone=Telefon,name=Wer"
    )
    brought.add_argument("--country", default="", help="of numbers without a country code, such as DE")
    brought.add_argument("--sheet", default="", help="the sheet of a workbook (the first that can be seen)")
    brought.add_argument("--source", default="", help="where the numbers come from (the name of the file)")
    brought.add_argument(
        "--dry-run", action="store_true", help="tell what would come of it, and change nothing"
    )
    brought.add_argument("--again", action="store_true", help="also when the same file was imported before")


def _life(actions: Actions[argparse.ArgumentParser]) -> None:
    _json(
        _of_one(
            actions, "preflight", "tell what it will come to: who is called when, until when, for how much"
        )
    )
    _json(_of_one(actions, "start", "look ahead, and start it if nothing is missing"))
    for name, about in MOVES.items():
        _json(_of_one(actions, name, about))
    status = _of_one(actions, "status", "tell how far it is")
    status.add_argument("--watch", action="store_true", help="again every second, until it is over")
    _json(status)
    report = _of_one(actions, "report", "write a page with its numbers and the people who are interested")
    report.add_argument(
        "--to", type=Path, metavar="FOLDER", help="where to put it (reports/ID under VANTUM_DATA)"
    )


def _of_one(actions: Actions[argparse.ArgumentParser], name: str, about: str) -> argparse.ArgumentParser:
    parser = actions.add_parser(name, help=about, description=f"{about[0].upper()}{about[1:]}.")
    parser.add_argument("campaign", metavar="CAMPAIGN", help="name, how the name begins, or id")
    return parser


def _json(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="as JSON, for programs")
