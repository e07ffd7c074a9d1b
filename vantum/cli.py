"""The command ``vantum``: run a server, call somebody, or find out what is wrong."""

from __future__ import annotations

import os
import sys
from importlib import import_module
from typing import Final

from loguru import logger

from vantum.importing import without_collector

# The engine greets on stderr while it is imported; what this command has to say stands there alone.
logger.remove()

COMMANDS: Final = {
    "run": ("vantum.command", "serve calls through one pipeline"),
    "call": ("vantum.call_command", "call a phone number and follow the call"),
    "doctor": ("vantum.doctor", "check keys, numbers, addresses and models, with a remedy for each fault"),
    "simulate": ("vantum.simulation", "have scripted callers call a pipeline, and check what came of it"),
    "providers": (
        "vantum.providers_command",
        "list the providers, or use one of them once to see if it works",
    ),
    "retention": ("vantum.retention_command", "remove the records of old calls"),
    "dial": ("vantum.dial_command", "dial for campaigns, beside any number of others (Postgres)"),
    "migrate": (
        "vantum.migrate_command",
        "bring the database to the shape of this version, or tell which it has",
    ),
    "analyze": ("vantum.analyze_command", "have old calls analysed again, with other questions"),
    "seed": ("vantum.seed_command", "fill the database with a demo: people who do not exist"),
    "campaign": (
        "vantum.campaign_command",
        "make campaigns, look ahead, start, hold and follow them, write their reports",
    ),
    "import": ("vantum.import_command", "bring a list of prospects (CSV, XLSX) into the database"),
    "contacts": ("vantum.contacts_command", "hand out or erase everything that is known of a person"),
    "webhooks": ("vantum.webhooks_command", "receive webhooks, to try them out"),
    "decisions": (
        "vantum.decisions_command",
        "check the record of why calls were placed or not, and read it",
    ),
}

BEHIND_CALLS: Final = frozenset({"dial"})
"""Commands that give way to calls on the same machine, from their start on: to load all that they need takes the
better part of a core for some seconds."""
NICENESS: Final = 5
"""To give way and still do what must be done within a second: a third of a core beside one that is wanted whole."""


def main(argv: list[str] | None = None) -> int:
    """Run the command that the first argument names; returns the exit code."""
    arguments = sys.argv[1:] if argv is None else argv
    name = arguments[0] if arguments else "--help"
    if name in COMMANDS:
        if name in BEHIND_CALLS:
            give_way()
        with without_collector():
            command = import_module(COMMANDS[name][0])
        exit_code: int = command.main(arguments[1:])
        return exit_code
    asked = name in ("-h", "--help")
    print(usage(None if asked else name), file=sys.stdout if asked else sys.stderr)
    return 0 if asked else 2


def give_way(process: int = 0) -> None:
    """Have this process, or another one, give way to calls; one that does so already is left alone."""
    if os.getpriority(os.PRIO_PROCESS, process) < NICENESS:
        os.setpriority(os.PRIO_PROCESS, process, NICENESS)


def usage(unknown: str | None = None) -> str:
    """What the command can do; ``unknown`` is what was asked instead."""
    lines = [f"vantum: there is no command {unknown!r}."] if unknown is not None else []
    lines += ["usage: vantum COMMAND ...", ""]
    lines += [f"  {name:10}{about}" for name, (_, about) in COMMANDS.items()]
    return "\n".join([*lines, "", "vantum COMMAND --help tells more."])


if __name__ == "__main__":
    sys.exit(main())
