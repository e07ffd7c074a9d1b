"""What ``vantum campaign`` does, by the action that the command line names."""

from __future__ import annotations

import argparse
from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from vantum.campaign_command import living, planning
from vantum.campaign_command.desk import Desk, open_desk
from vantum.campaign_command.options import MOVES, arguments
from vantum.settings import Settings
from vantum.terminal import run_command, settings_of


# What reads sheets and draws pages is large: it is loaded by those who ask for it.
async def _sample(desk: Desk) -> int:
    from vantum.campaign_command.bringing import sample  # noqa: PLC0415

    return await sample(desk)


async def _bring(desk: Desk) -> int:
    from vantum.campaign_command.bringing import bring  # noqa: PLC0415

    return await bring(desk)


async def _report(desk: Desk) -> int:
    from vantum.campaign_command.reporting import report  # noqa: PLC0415

    return await report(desk)


ACTIONS: Final[Mapping[str, Callable[[Desk], Awaitable[int]]]] = {
    "create": planning.create,
    "change": planning.change,
    "caller": planning.caller,
    "list": planning.show_list,
    "sample": _sample,
    "import": _bring,
    "preflight": living.preflight,
    "start": living.start,
    **dict.fromkeys(MOVES, living.move),
    "status": living.show_status,
    "report": _report,
}


def main(argv: list[str] | None = None) -> int:
    """Run the command: 0 when it is done, 1 for a campaign that cannot start, 2 for a mistake."""
    options = arguments().parse_args(argv)
    return run_command(lambda: _run(options, settings_of(options)), debug=options.debug)


async def _run(options: argparse.Namespace, settings: Settings) -> int:
    async with open_desk(options, settings) as desk:
        return await ACTIONS[options.action](desk)
