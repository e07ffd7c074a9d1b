"""Gives the memory that calls have left back to the system, so that a server is as large as what it holds.

The C library keeps what is freed between two pieces that are still in use, and has a heap for each of some threads;
over hours of calls that come and go a process only grows by it. So there is one heap, large pieces, which are sound,
are kept apart from all others, and what is free is given back now and again.
"""

from __future__ import annotations

import asyncio
import ctypes
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

EVERY_SECONDS = 5.0
"""What has come together by then is given back in a millisecond or two."""
MOST_SHARE = 0.0005
"""Of the time: where it takes longer, because a great many calls have left much, it is done less often."""

LARGE_BYTES = 131_072
"""From here on a piece of memory is one of its own. Left alone, the C library takes ever larger ones for small."""
_M_MMAP_THRESHOLD = -3
_M_ARENA_MAX = -8

Trim = Callable[[int], int]


def c_library_trim() -> Trim | None:
    """``malloc_trim`` of the C library; None where it has none."""
    try:
        trim: Trim = ctypes.CDLL(None).malloc_trim
    except (OSError, AttributeError):
        return None
    return trim


def keep_heap_small() -> bool:
    """Have the C library use one heap, for all threads, and never mix large pieces of memory with the others.

    For threads that begin after this; False where the library cannot be told.
    """
    try:
        tell = ctypes.CDLL(None).mallopt
    except (OSError, AttributeError):
        return False
    return bool(tell(_M_ARENA_MAX, 1) and tell(_M_MMAP_THRESHOLD, LARGE_BYTES))


@contextmanager
def trimmed_heap(trim: Trim | None) -> Iterator[None]:
    """Call ``trim`` now and again while the block lasts; None does nothing."""
    if trim is None:
        yield
        return
    trimming = asyncio.create_task(_keep_trimming(trim), name="heap")
    try:
        yield
    finally:
        trimming.cancel()


async def _keep_trimming(trim: Trim) -> None:
    wait = EVERY_SECONDS
    while True:
        await asyncio.sleep(wait)
        began = time.monotonic()
        trim(0)
        wait = max(EVERY_SECONDS, (time.monotonic() - began) / MOST_SHARE)
