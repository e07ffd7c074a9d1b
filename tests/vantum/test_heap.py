"""Memory that is free is given back while a server runs, and only then."""

from __future__ import annotations

import asyncio
import sys
from types import SimpleNamespace

import pytest

from vantum.heap import EVERY_SECONDS, MOST_SHARE, c_library_trim, keep_heap_small, trimmed_heap


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


async def test_what_takes_long_is_done_less_often(monkeypatch: pytest.MonkeyPatch) -> None:
    loop, times = asyncio.get_running_loop(), list[float]()
    clock = iter([0.0, 0.01, 1.0, 1.001, 2.0, 2.0])
    monkeypatch.setattr("vantum.heap.time", SimpleNamespace(monotonic=lambda: next(clock)))
    began = loop.time()

    def trim(_: int) -> int:
        times.append(round(loop.time() - began, 6))
        return 1

    with trimmed_heap(trim):
        await asyncio.sleep(EVERY_SECONDS + 0.01 / MOST_SHARE + EVERY_SECONDS + 1)
    assert times == [5.0, 25.0, 30.0]


async def test_without_such_a_library_nothing_happens() -> None:
    with trimmed_heap(None):
        await asyncio.sleep(2 * EVERY_SECONDS)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="another C library")
def test_linux_has_it() -> None:
    trim = c_library_trim()
    assert trim is not None
    assert trim(0) in (0, 1)
    assert keep_heap_small()
