"""Measures what one call keeps in memory, and tells when it is more than a call may.

What is measured is what the call's own objects hold: its processors, its transport and its record, with the text and
sound in them, the frames that wait between them included. What all calls share (models, workers, the record's writer)
counts for none of them. Of a long list only some items are looked at, spread over its length: the sum is an estimate
that costs the same for every call.
"""

from __future__ import annotations

import asyncio
import sys
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from itertools import islice
from types import MappingProxyType, MemberDescriptorType

from vantum.core.resumption import Tickets

EVERY_SECONDS = 20.0
MOST_LOOKED_AT = 64
"""So many items of a list are looked at; the others are taken to be like them."""
MOST_OBJECTS = 20_000
"""More are not followed: this bounds the time of one measurement to some 20 ms, taken in bits."""
OBJECTS_AT_ONCE = 500
"""Some 0.5 ms: the event loop is not held for longer."""
PAUSE_SECONDS = 0.02
LEAVES = frozenset((str, bytes, bytearray, int, float, bool, type(None)))
"""Most of what a call holds: with nothing in it, and told by its very type."""
MOST_KINDS = 1_000
"""Of so many types is it remembered what they keep."""
OURS = ("vantum", "processors", "transports", "pipelines")
FRAMES = "pipecat.frames.frames"
"""Frames wait in the queues between two processors."""
BYTES_PER_MB = 1_000_000


def held_bytes(roots: Iterable[object], shared: Iterable[object] = ()) -> int:
    """Bytes that are kept by ``roots`` and by what belongs to them, and not by ``shared``."""
    held = None
    measurement = Measurement(roots, shared)
    while held is None:
        held = measurement.go_on(MOST_OBJECTS)
    return held


def parts_of(thing: object) -> list[object]:
    """``thing`` and the values of its attributes."""
    return [thing, *_attributes(thing)]


class Measurement:
    """One measurement, bit by bit: each object is counted once, a part of a long list for the whole of it."""

    def __init__(self, roots: Iterable[object], shared: Iterable[object] = ()) -> None:
        found = list(roots)
        self._seen = {id(thing) for thing in shared}
        self._entered = {id(root) for root in found}
        self._waiting: deque[tuple[object, float]] = deque((root, 1.0) for root in found)
        self._held, self._left = 0.0, MOST_OBJECTS

    def go_on(self, objects: int) -> int | None:
        """Look at so many objects more; the bytes when that was all, else None."""
        waiting = self._waiting
        for _ in range(min(objects, self._left)):
            if not waiting:
                break
            thing, share = waiting.popleft()
            if id(thing) in self._seen:
                continue
            self._seen.add(id(thing))
            self._held += sys.getsizeof(thing) * share
            if type(thing) in LEAVES:
                continue
            inner, more = _inside(thing, is_root=id(thing) in self._entered)
            waiting.extend((one, share * more) for one in inner)
        self._left -= objects
        return None if waiting and self._left > 0 else round(self._held)


def _inside(thing: object, *, is_root: bool) -> tuple[list[object], float]:
    """What is in ``thing``, or some of it, and how many of the whole each of these stands for."""
    match thing:
        case str() | bytes() | bytearray() | memoryview() | int() | float() | type() | None:
            return [], 1.0
        case Tickets():
            # It knows every call of the process: from one of them the walk would come to all others.
            return [], 1.0
        # Not any Mapping: to ask that of a type leaves a trace of it in every class of mappings there is.
        case dict() | MappingProxyType():
            keys, more = _some(thing)
            return [part for key in keys for part in (key, thing[key])], more
        case list() | tuple() | set() | frozenset() | deque():
            return _some(thing)
        case _ if is_root or isinstance(thing, asyncio.Queue) or _is_ours(type(thing)):  # type: ignore[arg-type] # a class has a hash
            return list(_attributes(thing)), 1.0
        case _:
            return [], 1.0


def _some(items: Collection[object]) -> tuple[list[object], float]:
    if len(items) <= MOST_LOOKED_AT:
        return list(items), 1.0
    step = len(items) // MOST_LOOKED_AT
    looked_at = list(islice(items, 0, None, step))
    return looked_at, len(items) / len(looked_at)


@lru_cache(MOST_KINDS)
def _is_ours(kind: type) -> bool:
    return kind.__module__ == FRAMES or kind.__module__.partition(".")[0] in OURS


def _attributes(thing: object) -> Iterator[object]:
    """The values of an object's attributes, wherever its class keeps them."""
    if hasattr(thing, "__dict__"):
        yield from vars(thing).values()
    for name, slot in _slots(type(thing)):  # type: ignore[arg-type] # a class has a hash
        if hasattr(thing, name):
            yield slot.__get__(thing)


@lru_cache(MOST_KINDS)
def _slots(kind: type) -> tuple[tuple[str, MemberDescriptorType], ...]:
    found: list[tuple[str, MemberDescriptorType]] = []
    for base in kind.__mro__:
        slots = vars(base).get("__slots__", ())
        for name in (slots,) if isinstance(slots, str) else slots:
            slot = vars(base).get(name)
            if slot is not None:
                found.append((name, slot))
    return tuple(found)


class _Watch:
    """Measures now and again until it is too much, which is told once."""

    def __init__(
        self, begin: Callable[[], Measurement], most_bytes: int, exceeded: Callable[[int], None]
    ) -> None:
        self._begin = begin
        self._most_bytes = most_bytes
        self._exceeded = exceeded
        self._loop = asyncio.get_running_loop()
        self._handle = self._loop.call_later(EVERY_SECONDS, self._look)

    def stop(self) -> None:
        self._handle.cancel()

    def _look(self) -> None:
        self._go_on(self._begin())

    def _go_on(self, measurement: Measurement) -> None:
        held = measurement.go_on(OBJECTS_AT_ONCE)
        if held is None:
            # Others get the loop between two bits.
            self._handle = self._loop.call_later(PAUSE_SECONDS, self._go_on, measurement)
        elif held > self._most_bytes:
            self._exceeded(held)
        else:
            self._handle = self._loop.call_later(EVERY_SECONDS, self._look)


@contextmanager
def watched_memory(
    begin: Callable[[], Measurement], most_mb: int, exceeded: Callable[[int], None]
) -> Iterator[None]:
    """Tell ``exceeded`` once, with the bytes, when what ``begin`` measures is above ``most_mb``; 0 never looks."""
    if not most_mb:
        yield
        return
    watch = _Watch(begin, most_mb * BYTES_PER_MB, exceeded)
    try:
        yield
    finally:
        watch.stop()
