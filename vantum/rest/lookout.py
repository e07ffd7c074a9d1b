"""A campaign's figures that many follow at the same time, looked up once for all of them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from fastapi import Request

from vantum.rest.campaign_figures import StatusView

Look = Callable[[], Awaitable[StatusView | None]]
"""The figures of this moment; None once there is no such campaign any more."""


@dataclass(slots=True)
class _Spot:
    """A campaign that is followed: what was seen of it, and when."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    seen_at: float | None = None
    view: StatusView | None = None


class Lookout:
    """Remembers what was seen for a while: one at a time looks, and all who wait for it see the same."""

    def __init__(self) -> None:
        self._spots: dict[tuple[str, str], _Spot] = {}

    async def at(self, campaign: tuple[str, str], look: Look, seconds: float) -> StatusView | None:
        """What ``look`` says of a campaign (its organisation and id), no older than ``seconds``."""
        clock = asyncio.get_running_loop().time
        self._forget(clock() - seconds)
        spot = self._spots.setdefault(campaign, _Spot())
        async with spot.lock:
            if spot.seen_at is None or clock() - spot.seen_at >= seconds:
                spot.view = await look()
                spot.seen_at = clock()
            return spot.view

    def _forget(self, before: float) -> None:
        """Nobody asks for what is so old: who follows a campaign has asked meanwhile."""
        old = [
            campaign
            for campaign, spot in self._spots.items()
            if not spot.lock.locked() and (spot.seen_at is None or spot.seen_at <= before)
        ]
        for campaign in old:
            del self._spots[campaign]


def lookout_of(request: Request) -> Lookout:
    """The lookout of the application that is asked."""
    found = request.app.state.lookout
    if not isinstance(found, Lookout):
        raise TypeError("The application has a lookout.")
    return found
