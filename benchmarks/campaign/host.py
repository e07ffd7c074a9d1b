"""How much of its cores the machine had while campaigns ran: late words on a machine that had none say little."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from itertools import pairwise
from statistics import mean
from typing import Final

from benchmarks.machine import whole

EVERY_SECONDS: Final = 1.0


@dataclass(frozen=True, slots=True)
class Look:
    """A moment, and the CPU seconds until then: those used, and those that the host took."""

    at: float
    busy: float
    stolen: float


@asynccontextmanager
async def watched() -> AsyncIterator[list[Look]]:
    """Looks at the machine, one a second, while the block lasts."""
    looks: list[Look] = []

    async def watch() -> None:
        while True:
            looks.append(Look(time.monotonic(), *whole()))
            await asyncio.sleep(EVERY_SECONDS)

    watching = asyncio.create_task(watch(), name="host")
    try:
        yield looks
    finally:
        watching.cancel()
        with suppress(asyncio.CancelledError):
            await watching


def said(looks: Sequence[Look], cores: int = os.cpu_count() or 1) -> str:
    """What was seen, in a sentence."""
    spans = [
        (after.at - before.at, before, after) for before, after in pairwise(looks) if after.at > before.at
    ]
    if not spans:
        return "nothing is known of the host"
    busy = [(after.busy - before.busy) / seconds for seconds, before, after in spans]
    stolen = [(after.stolen - before.stolen) / seconds for seconds, before, after in spans]
    return (
        f"of {cores} cores {mean(busy):.2f} were busy, and the host took {mean(stolen):.2f},"
        f" {max(stolen):.2f} in the worst second"
    )
