"""Who writes next, where only one can: by how much of a hurry they are in, and then in the order of their coming."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

PATIENCE_SECONDS: Final = 120.0
LET_PASS_SECONDS: Final = 5.0
"""How long those who are patient let others pass: from then on they are written as calls are."""


class Haste(IntEnum):
    """Who waits for what is to be written."""

    URGENT = 0
    """Somebody who asked for it and is not to be called one time more: wishes, pauses, stops."""
    USUAL = 1
    """A call: its claim, its dial, its outcome."""
    PATIENT = 2
    """Nobody who counts seconds: analyses, the index, what is past its time."""


@dataclass(frozen=True, slots=True, eq=False)
class Waiting:
    """One who waits since a moment of the loop, until ``turn`` is done."""

    haste: Haste
    since: float
    turn: asyncio.Future[None]

    def haste_at(self, now: float) -> Haste:
        """How they are treated at a moment: nobody waits for ever."""
        is_long = now - self.since >= LET_PASS_SECONDS
        return min(self.haste, Haste.USUAL) if is_long else self.haste


def next_of(line: Sequence[Waiting], now: float) -> Waiting:
    """Whose turn it is of those in ``line``, who are there in the order of their coming."""
    return min(line, key=lambda each: each.haste_at(now))


class WriteLine:
    """The line before the one connection that writes."""

    def __init__(self) -> None:
        self._taken = False
        self._line: list[Waiting] = []
        self._give_way: Callable[[], None] | None = None

    @asynccontextmanager
    async def turn(self, haste: Haste) -> AsyncIterator[None]:
        """Nobody else's turn while the block lasts; raises TimeoutError when it does not come."""
        if self._taken:
            await self._wait(haste)
        self._taken = True
        try:
            yield
        finally:
            self._pass_on()

    @contextmanager
    def giving_way(self, give_way: Callable[[], None]) -> Iterator[None]:
        """Whoever has the turn is told to ``give_way`` when somebody urgent comes, or has come."""
        self._give_way = give_way
        try:
            if any(each.haste is Haste.URGENT and not each.turn.done() for each in self._line):
                give_way()
            yield
        finally:
            self._give_way = None

    async def _wait(self, haste: Haste) -> None:
        loop = asyncio.get_running_loop()
        mine = Waiting(haste, loop.time(), loop.create_future())
        self._line.append(mine)
        if haste is Haste.URGENT and self._give_way is not None:
            self._give_way()
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                await mine.turn
        except BaseException:
            if mine.turn.done() and not mine.turn.cancelled():
                # It came to one who had just given up.
                self._pass_on()
            raise

    def _pass_on(self) -> None:
        """The turn is over; it stays taken where somebody waits, so that nobody comes in between."""
        self._line = [each for each in self._line if not each.turn.done()]
        self._taken = bool(self._line)
        if self._line:
            following = next_of(self._line, asyncio.get_running_loop().time())
            self._line.remove(following)
            following.turn.set_result(None)
