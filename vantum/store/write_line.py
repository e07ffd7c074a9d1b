"""Who writes next, where only one can: whoever is in a hurry goes first, the others in the order of their coming."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

PATIENCE_SECONDS: Final = 120.0


class WriteLine:
    """The line before the one connection that writes."""

    def __init__(self) -> None:
        self._taken = False
        self._hurried: deque[asyncio.Future[None]] = deque()
        self._patient: deque[asyncio.Future[None]] = deque()

    @asynccontextmanager
    async def turn(self, *, urgent: bool) -> AsyncIterator[None]:
        """Nobody else's turn while the block lasts; raises TimeoutError when it does not come."""
        if self._taken:
            await self._wait(self._hurried if urgent else self._patient)
        self._taken = True
        try:
            yield
        finally:
            self._pass_on()

    async def _wait(self, line: deque[asyncio.Future[None]]) -> None:
        turn = asyncio.get_running_loop().create_future()
        line.append(turn)
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                await turn
        except BaseException:
            if turn.done() and not turn.cancelled():
                # It came to one who had just given up.
                self._pass_on()
            raise

    def _pass_on(self) -> None:
        """The turn is over; it stays taken where somebody waits, so that nobody comes in between."""
        for line in (self._hurried, self._patient):
            while line:
                turn = line.popleft()
                if not turn.done():
                    turn.set_result(None)
                    return
        self._taken = False
