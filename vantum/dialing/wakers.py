"""Wakes what waits: an attempt sleeps until its time has come, or until somebody calls its name."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager


class Wakers:
    """The attempts of this process that are being carried out, each with a bell."""

    def __init__(self) -> None:
        self._bells: dict[str, asyncio.Event] = {}

    @property
    def names(self) -> frozenset[str]:
        """Who is being carried out."""
        return frozenset(self._bells)

    @contextmanager
    def named(self, name: str) -> Iterator[bool]:
        """While the block lasts the name can be called; False where somebody has it already."""
        if name in self._bells:
            yield False
            return
        self._bells[name] = asyncio.Event()
        try:
            yield True
        finally:
            del self._bells[name]

    def wake(self, name: str) -> None:
        """Call a name; nothing where nobody has it."""
        bell = self._bells.get(name)
        if bell is not None:
            bell.set()

    async def sleep(self, name: str, seconds: float) -> bool:
        """Wait so long, or less when the name is called; whether it was."""
        bell = self._bells[name]
        try:
            async with asyncio.timeout(seconds):
                return await bell.wait()
        except TimeoutError:
            return False
        finally:
            bell.clear()
