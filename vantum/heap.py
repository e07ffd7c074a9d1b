"""Memory as a server of calls needs it: what they will use is taken before the first of them, and is kept.

Left alone, the C library and Python ask the system for memory and give it back all the time, in the midst of calls,
and a process grows for hours by what lies free between pieces that are in use. So there is one heap for all threads,
large pieces, which are sound, are kept apart, and a reserve is taken at the start: calls come and go within it. What
a busy hour leaves free beyond that is given back when nobody is on the line, since that takes a moment.
"""

from __future__ import annotations

import asyncio
import ctypes
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final, Protocol

EVERY_SECONDS: Final = 60.0
KEPT_FREE: Final = 3
"""So many times the reserve may lie free before memory is given back."""
LARGE_BYTES: Final = 131_072
"""From here on a piece of memory is one of its own. Left alone, the C library takes ever larger ones for small."""
OBJECTS_SHARE: Final = 3 / 8
"""Of the reserve, for Python's small objects; the rest is for all other pieces. As calls use them."""
PIECE_BYTES: Final = 65_536
OBJECT_BYTES: Final = 512
"""The largest that Python keeps in arenas of its own; this one with what Python adds to it."""
ARENA_BYTES: Final = 1 << 20
BYTES_PER_MB: Final = 1 << 20
_M_TRIM_THRESHOLD = -1
_M_MMAP_THRESHOLD = -3
_M_ARENA_MAX = -8


@dataclass(frozen=True, slots=True)
class Usage:
    """Bytes of the C library's heap: in the hands of the program, large pieces included, and free."""

    used: int
    free: int


class Heap(Protocol):
    """What the C library can be told and asked."""

    def shape(self, kept_bytes: int) -> None:
        """Use one heap, for threads that begin after this too; keep large pieces apart, and ``kept_bytes`` free."""

    def fill(self, size: int) -> None:
        """Take so many bytes from the system; they are free."""

    def usage(self) -> Usage: ...

    def give_back(self) -> None:
        """Give all that is free back to the system."""


class _MallInfo(ctypes.Structure):
    _fields_ = (
        ("arena", ctypes.c_size_t),
        ("ordblks", ctypes.c_size_t),
        ("smblks", ctypes.c_size_t),
        ("hblks", ctypes.c_size_t),
        ("hblkhd", ctypes.c_size_t),
        ("usmblks", ctypes.c_size_t),
        ("fsmblks", ctypes.c_size_t),
        ("uordblks", ctypes.c_size_t),
        ("fordblks", ctypes.c_size_t),
        ("keepcost", ctypes.c_size_t),
    )


class GlibcHeap:
    """The heap of glibc 2.33 and later; elsewhere AttributeError or OSError."""

    def __init__(self) -> None:
        self._library = ctypes.CDLL(None)
        self._ask = self._library.mallinfo2
        self._ask.restype = _MallInfo
        self._library.malloc.restype = ctypes.c_void_p
        self._library.free.argtypes = (ctypes.c_void_p,)

    def shape(self, kept_bytes: int) -> None:
        """Use one heap, for threads that begin after this too; keep large pieces apart, and ``kept_bytes`` free."""
        self._library.mallopt(_M_ARENA_MAX, 1)
        self._library.mallopt(_M_MMAP_THRESHOLD, LARGE_BYTES)
        self._library.mallopt(_M_TRIM_THRESHOLD, max(LARGE_BYTES, kept_bytes))

    def fill(self, size: int) -> None:
        """Take so many bytes from the system; they are free."""
        taken = [self._library.malloc(ctypes.c_size_t(PIECE_BYTES)) for _ in range(size // PIECE_BYTES)]
        for piece in filter(None, taken):
            # The system hands memory out when it is written to.
            ctypes.memset(piece, 0, PIECE_BYTES)
            self._library.free(piece)

    def usage(self) -> Usage:
        """What is in use and what is free."""
        told = self._ask()
        return Usage(told.uordblks + told.hblkhd, told.fordblks)

    def give_back(self) -> None:
        """Give all that is free back to the system."""
        self._library.malloc_trim(0)


def c_library_heap() -> Heap | None:
    """The C library's heap; None where it cannot be told anything."""
    try:
        return GlibcHeap()
    except (OSError, AttributeError):
        return None


def shape(heap: Heap | None, megabytes: int) -> None:
    """Have ``heap``, if there is one, be as a server with such a reserve needs it; before threads begin."""
    if heap is not None:
        heap.shape(KEPT_FREE * megabytes * BYTES_PER_MB)


@contextmanager
def reserved(heap: Heap | None, megabytes: int, is_idle: Callable[[], bool]) -> Iterator[None]:
    """While the block lasts calls have so much memory ahead of them; much that is free beyond it is given back.

    That is done while the server ``is_idle``, as it holds up the event loop, on which this is to be entered. Without
    a ``heap`` nothing is done.
    """
    if heap is None:
        yield
        return
    size = megabytes * BYTES_PER_MB
    objects = round(size * OBJECTS_SHARE)
    heap.fill(size - objects)
    held = _hold_arenas(objects)
    trimming = asyncio.create_task(_give_back(heap, size, size - objects, is_idle), name="heap")
    try:
        yield
    finally:
        trimming.cancel()
        held.clear()


def _hold_arenas(size: int) -> list[bytes]:
    """Have Python take so many bytes for small objects, and keep them: an arena with one object in it stays."""
    length = OBJECT_BYTES - sys.getsizeof(b"")
    taken = [bytes(length) for _ in range(size // OBJECT_BYTES)]
    # Python loses a little of each arena: so that none is without one of these, they are nearer than an arena.
    return taken[:: ARENA_BYTES // OBJECT_BYTES * 3 // 4]


async def _give_back(heap: Heap, size: int, filled: int, is_idle: Callable[[], bool]) -> None:
    while True:
        await asyncio.sleep(EVERY_SECONDS)
        if is_idle() and heap.usage().free > KEPT_FREE * size:
            heap.give_back()
            # The reserve went with it.
            heap.fill(filled)
