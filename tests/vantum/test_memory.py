"""What a call holds in memory: the estimate is near the truth, cheap, and told once when it is too much."""

from __future__ import annotations

import asyncio
import sys
from collections import Counter, deque
from dataclasses import dataclass, field

import pytest
from pipecat.frames.frames import Frame, InputAudioRawFrame
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor

from processors.context_aggregator import ContextAggregator
from transports.outbox import Outbox
from transports.reel import Reel
from vantum.core.resumption import Ticket, Tickets, Visitor
from vantum.memory import (
    EVERY_SECONDS,
    MOST_LOOKED_AT,
    OBJECTS_AT_ONCE,
    PAUSE_SECONDS,
    Measurement,
    held_bytes,
    parts_of,
    watched_memory,
)

MB = 1_000_000


class Bag:
    """Stands for a processor of somebody's own."""

    def __init__(self, *things: object) -> None:
        self.things = things


@dataclass(slots=True)
class Slotted:
    """Ours, without a dictionary."""

    pcm: bytes = b""
    inner: list[object] = field(default_factory=list)


Slotted.__module__ = "processors.slotted"


def outbox(count: int, size: int) -> Outbox:
    box = Outbox(10 * MB, lambda _: False)
    for _ in range(count):
        box.put(bytes(size))
    return box


def reel(size: int) -> Reel:
    filled = Reel()
    filled.append(bytes(size))
    return filled


@pytest.mark.parametrize(
    "thing",
    [
        bytes(MB),
        bytearray(MB),
        "a" * MB,
        [bytes(1000) for _ in range(1000)],
        deque(bytes(1000) for _ in range(1000)),
        {count: bytes(1000) for count in range(1000)},
        {bytes([*count.to_bytes(2, "big")]) + bytes(998) for count in range(1000)},
        tuple([bytes(100_000)] + [bytes(100_000) for _ in range(9)]),
        Slotted(bytes(MB)),
        Slotted(inner=[Slotted(bytes(100_000)) for _ in range(10)]),
        outbox(1000, 1000),
        reel(MB),
    ],
    ids=lambda thing: type(thing).__name__,
)
def test_the_estimate_is_near_the_truth(thing: object) -> None:
    empty = held_bytes([Bag()])
    assert held_bytes([Bag(thing)]) - empty == pytest.approx(MB, rel=0.2)


def test_what_is_there_twice_counts_once() -> None:
    sound = bytes(MB)
    assert held_bytes([Bag(sound, sound), Bag(sound)]) < 1.1 * MB


def test_what_all_calls_share_counts_for_none() -> None:
    shared = Slotted(bytes(MB))
    assert held_bytes([Bag(shared)], [shared]) < 10_000
    assert held_bytes([Bag(*parts_of(shared))], parts_of(shared)) < 10_000


@pytest.mark.parametrize("thing", [asyncio, MB.bit_length, lambda: None, Bag, object(), None, 3.5])
def test_what_is_no_data_is_not_entered(thing: object) -> None:
    assert held_bytes([Bag(thing)]) < 10_000


def test_the_other_calls_of_the_process_count_for_none() -> None:
    tickets: Tickets[bytes] = Tickets()
    tickets.add(
        Ticket(bytes(1_000_000), Visitor("127.0.0.1"), frozenset({"session"}), b"digest", lambda: 0.0)
    )
    assert held_bytes([[tickets]]) < 10_000


def test_a_circle_comes_to_an_end() -> None:
    one, other = Slotted(), Slotted()
    one.inner, other.inner = [other], [one]
    assert held_bytes([one]) < 10_000


def test_a_long_list_costs_no_more_than_a_short_one() -> None:
    looked_at = set[int]()

    class Item:
        __module__ = "vantum.item"

        @property
        def __dict__(self) -> dict[str, object]:  # type: ignore[override]
            looked_at.add(id(self))
            return {}

    held_bytes([Bag([Item() for _ in range(100_000)])])
    assert MOST_LOOKED_AT <= len(looked_at) <= 2 * MOST_LOOKED_AT


async def test_frames_that_wait_in_a_processor_count() -> None:
    class Slow(FrameProcessor):
        async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
            await super().process_frame(frame, direction)

    slow = Slow()
    before = held_bytes([slow])
    for _ in range(100):
        await slow.queue_frame(InputAudioRawFrame(bytes(10_000), 16_000, 1))
    assert held_bytes([slow]) - before == pytest.approx(MB, rel=0.2)


async def test_an_idle_processor_holds_little() -> None:
    assert held_bytes([ContextAggregator(prompt="You are kind.")]) < 200_000


# --- watching -------------------------------------------------------------------------------------------


async def test_too_much_is_told_once_and_at_the_next_look() -> None:
    loop, told, hoard = asyncio.get_running_loop(), list[tuple[float, int]](), bytearray(MB)
    began = loop.time()
    with watched_memory(
        lambda: Measurement([hoard]), 2, lambda found: told.append((loop.time() - began, found))
    ):
        await asyncio.sleep(3 * EVERY_SECONDS - 1)
        assert told == []
        hoard = bytearray(2 * MB + 1)
        await asyncio.sleep(60)
    assert told == [(3 * EVERY_SECONDS, sys.getsizeof(hoard))]


async def test_others_get_the_loop_while_much_is_measured() -> None:
    loop, told = asyncio.get_running_loop(), list[float]()
    began = loop.time()
    hoard = [[bytes(1_000 + 100 * row + one) for one in range(50)] for row in range(50)]
    with watched_memory(lambda: Measurement([hoard]), 1, lambda _: told.append(loop.time() - began)):
        await asyncio.sleep(EVERY_SECONDS + 5)
    bits = 50 * 50 // OBJECTS_AT_ONCE
    assert told == [pytest.approx(EVERY_SECONDS + bits * PAUSE_SECONDS)]


@pytest.mark.parametrize("most_mb", [0, 2])
async def test_nothing_is_told_up_to_the_limit_or_without_one(most_mb: int) -> None:
    told = list[int]()
    with watched_memory(lambda: Measurement([bytes(2 * MB - 100)]), most_mb, told.append):
        await asyncio.sleep(60)
    assert told == []


async def test_nothing_is_measured_afterwards() -> None:
    measured = Counter[str]()

    def begin() -> Measurement:
        measured["times"] += 1
        return Measurement([])

    with watched_memory(begin, 1, lambda _: None):
        await asyncio.sleep(EVERY_SECONDS + 1)
    await asyncio.sleep(60)
    assert measured["times"] == 1
