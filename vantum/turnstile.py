"""Lets calls begin one after the other, so that many at once do not make those under way stutter."""

from __future__ import annotations

import asyncio
import time

APART_SECONDS = 0.01
"""Setting a call up takes 5 to 10 ms of the event loop, and opens two links to providers, each with a handshake."""


class Turnstile:
    """Who comes alone passes at once; of those who come together one passes every ``apart`` seconds, in order."""

    def __init__(self, apart: float = APART_SECONDS) -> None:
        self._apart = apart
        self._next = 0.0

    async def turn(self) -> None:
        """Wait for one's turn."""
        now = time.monotonic()
        at = max(now, self._next)
        self._next = at + self._apart
        if at > now:
            await asyncio.sleep(at - now)
