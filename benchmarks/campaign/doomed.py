"""A dialer or a server as people run it, that may be told to end at a point as a power cut ends it.

python -m benchmarks.campaign.doomed --die answered:3 dial --server http://127.0.0.1:8080
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from datetime import timedelta
from enum import StrEnum
from typing import Any, Final
from unittest import mock

from transports.twilio.rest import TwilioRest
from vantum.cli import main as vantum
from vantum.dialing import attempts, dialer, janitor
from vantum.dialing.http_placer import HttpPlacer
from vantum.dialing.phone_placer import PhonePlacer
from vantum.phone import dialer as phone_dialer
from vantum.phone import lost_calls

DEAD: Final = 137
"""The exit code of a process that was killed."""
WITHIN_SECONDS: Final = 0.004
"""From the question to the end, where it is to fall between question and answer."""


class Point(StrEnum):
    """Where a process ends."""

    ROW = "row"  # the row says that the phone is asked, and it is not
    ASKED = "asked"  # the phone is asked, and has not answered
    ANSWERED = "answered"  # the phone has answered, and nobody has written it down
    CARRIER = "carrier"  # the carrier is asked, and has not answered


HURRY: Final = (
    (janitor, "SILENT", timedelta(seconds=3)),
    (attempts, "SETTLE", timedelta(seconds=4)),
    (attempts, "LOOK_UP_SECONDS", 0.3),
    (dialer, "BEAT_SECONDS", 0.5),
    (dialer, "BURY_SECONDS", 0.7),
    (dialer, "RECONCILE_SECONDS", 2.0),
    (lost_calls, "LOOK_UP_WAITS", (0.3, 0.5, 1.0)),
    (phone_dialer, "POLL_SECONDS", 3.0),
)
"""What takes others for dead, and what settles a lost answer, takes seconds: for tests."""


def dying(point: Point, at: int, work: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
    """``work``, in the course of whose call number ``at`` the process ends."""
    count = 0

    async def do(*given: Any) -> Any:
        nonlocal count
        count += 1
        if count != at:
            return await work(*given)
        if point is Point.ANSWERED:
            await work(*given)
        elif point is not Point.ROW:
            under_way = asyncio.ensure_future(work(*given))
            await asyncio.wait((under_way,), timeout=WITHIN_SECONDS)
        os._exit(DEAD)

    return do


def main() -> int:
    """Run a command of Vantum."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.campaign.doomed", description=__doc__)
    parser.add_argument("--hurry", action="store_true", help="wait for seconds where minutes are usual")
    parser.add_argument("--die", metavar="POINT:NUMBER", help="end at a point, with that call")
    parser.add_argument("command", nargs=argparse.REMAINDER)
    options = parser.parse_args()
    with ExitStack() as patches:
        for module, name, value in HURRY if options.hurry else ():
            patches.enter_context(mock.patch.object(module, name, value))
        if options.die:
            word, _, number = options.die.partition(":")
            point = Point(word)
            owners = (TwilioRest,) if point is Point.CARRIER else (HttpPlacer, PhonePlacer)
            name = "create" if point is Point.CARRIER else "place"
            for owner in owners:
                doomed = dying(point, int(number), getattr(owner, name))
                patches.enter_context(mock.patch.object(owner, name, doomed))
        return vantum(options.command)


if __name__ == "__main__":
    sys.exit(main())
