"""A server takes the memory of its calls when it starts, keeps it, and gives back what is far too much."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from dataclasses import dataclass, field

import pytest

from vantum.heap import BYTES_PER_MB, EVERY_SECONDS, KEPT_FREE, Usage, c_library_heap, reserved, shape

LINUX = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="another C library")


@dataclass
class ToldHeap:
    """A heap that keeps what it was told, with ``free`` bytes."""

    free: int = 0
    told: list[tuple[str, int]] = field(default_factory=list)

    def shape(self, kept_bytes: int) -> None:
        self.told.append(("shape", kept_bytes))

    def fill(self, size: int) -> None:
        self.told.append(("fill", size))

    def usage(self) -> Usage:
        return Usage(0, self.free)

    def give_back(self) -> None:
        self.told.append(("give back", self.free))
        self.free = 0


async def test_the_reserve_is_taken_at_the_start_and_kept() -> None:
    heap = ToldHeap(free=KEPT_FREE * 8 * BYTES_PER_MB)
    shape(heap, 8)
    with reserved(heap, 8, lambda: True):
        await asyncio.sleep(10 * EVERY_SECONDS)
    assert heap.told == [("shape", 24 * BYTES_PER_MB), ("fill", 5 * BYTES_PER_MB)]


async def test_what_a_busy_hour_leaves_free_is_given_back_when_it_is_over_and_the_reserve_is_taken_anew() -> (
    None
):
    heap, calls = ToldHeap(), [1]
    with reserved(heap, 8, lambda: not calls):
        await asyncio.sleep(EVERY_SECONDS + 1)
        heap.free = much = KEPT_FREE * 8 * BYTES_PER_MB + 1
        await asyncio.sleep(5 * EVERY_SECONDS)
        assert heap.told == [("fill", 5 * BYTES_PER_MB)]
        calls.clear()
        await asyncio.sleep(EVERY_SECONDS)
        heap.free = much
    await asyncio.sleep(2 * EVERY_SECONDS)
    assert heap.told[1:] == [("give back", much), ("fill", 5 * BYTES_PER_MB)]


async def test_without_such_a_library_nothing_happens() -> None:
    shape(None, 64)
    with reserved(None, 64, lambda: True):
        await asyncio.sleep(2 * EVERY_SECONDS)


CALLS = """
import asyncio, resource
from pathlib import Path
from vantum.heap import c_library_heap, reserved, shape

def resident():
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize() >> 20

async def main():
    heap = c_library_heap()
    shape(heap, 32)
    before = resident()
    with reserved(heap, 32, lambda: True):
        taken = resident()
        for _ in range(3):
            sound, objects = [bytes(5000) for _ in range(3000)], [bytes(400) for _ in range(20000)]
            during = resident()
            del sound, objects
            print(taken - before, during - taken, resident() - taken, heap.usage().free >> 20)

asyncio.run(main())
"""


@LINUX
def test_calls_come_and_go_within_the_reserve() -> None:
    ran = subprocess.run(
        [sys.executable, "-c", CALLS], check=True, capture_output=True, text=True, timeout=60
    )
    rounds = [[int(figure) for figure in line.split()] for line in ran.stdout.splitlines()]
    assert len(rounds) == 3
    for taken, during, after, free in rounds:
        assert 28 <= taken <= 40
        assert abs(during) <= 2
        assert abs(after) <= 2
        assert free >= 18


@LINUX
def test_what_is_in_use_is_known() -> None:
    heap = c_library_heap()
    assert heap is not None
    before = heap.usage().used
    sound = bytes(50 * BYTES_PER_MB)
    assert heap.usage().used - before >= len(sound)
