"""Memory that is free is given back while a server runs, and only then."""

from __future__ import annotations

import asyncio
import sys

import pytest

from vantum.heap import EVERY_SECONDS, c_library_trim, trimmed_heap


async def test_memory_is_given_back_now_and_again() -> None:
    loop, kept = asyncio.get_running_loop(), list[tuple[float, int]]()
    began = loop.time()

    def trim(pad: int) -> int:
        kept.append((loop.time() - began, pad))
        return 1

    with trimmed_heap(trim):
        await asyncio.sleep(2 * EVERY_SECONDS + 1)
    await asyncio.sleep(2 * EVERY_SECONDS)
    assert kept == [(EVERY_SECONDS, 0), (2 * EVERY_SECONDS, 0)]


async def test_without_such_a_library_nothing_happens() -> None:
    with trimmed_heap(None):
        await asyncio.sleep(2 * EVERY_SECONDS)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="another C library")
def test_linux_has_it() -> None:
    trim = c_library_trim()
    assert trim is not None
    assert trim(0) in (0, 1)
