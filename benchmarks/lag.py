"""How late the event loop of a server is, measured inside it and read outside of it."""

from __future__ import annotations

import asyncio
import struct
import time
from itertools import count
from pathlib import Path

EVERY_SECONDS = 0.05
"""Seldom enough to cost the server next to nothing: some 2 ms a second on a busy machine."""
FLUSH_SAMPLES = 20
SAMPLE = struct.Struct("dd")


async def measure_lag(path: Path) -> None:
    """Until cancelled, append when the loop was asked to be back (monotonic seconds) and how late it was."""
    with path.open("ab") as file:
        for number in count(1):
            due = time.monotonic() + EVERY_SECONDS
            await asyncio.sleep(EVERY_SECONDS)
            file.write(SAMPLE.pack(due, time.monotonic() - due))
            # A server that does not end in time is killed, and its lag is of interest most of all.
            if number % FLUSH_SAMPLES == 0:
                file.flush()


def read_lag(path: Path, start: float, end: float) -> list[float]:
    """The lags, in seconds, of what was due from ``start`` to ``end``."""
    if not path.exists():
        return []
    data = path.read_bytes()
    whole = data[: len(data) // SAMPLE.size * SAMPLE.size]
    return [lag for due, lag in SAMPLE.iter_unpack(whole) if start <= due < end]
