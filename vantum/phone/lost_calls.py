"""Finds the carrier's call to one of ours when the answer to our request was lost.

The carrier lists calls by their two numbers only. So each name that it has given is remembered: a call is never
taken for that of another.
"""

from __future__ import annotations

import asyncio
import random
from datetime import timedelta
from enum import Enum, auto
from typing import Final

from transports.twilio.rest import CarrierError
from vantum.core.carrier_fault import back_off_seconds
from vantum.phone.book import CallBook
from vantum.phone.carrier import Carrier
from vantum.phone.phone_call import PhoneCall

LOOK_UP_WAITS: Final = (1.0, 3.0, 8.0)
"""A call may show up late: it is looked for this often before it counts as never placed."""
CLOCK_SKEW: Final = timedelta(seconds=60)
"""How far the carrier's clock may be behind ours."""
MOST_SILENCES: Final = 20
"""How often the carrier may give no answer in a search, which takes a quarter of an hour."""
MOST_SIDS: Final = 100_000
"""The carrier's names that are remembered."""


class Unfound(Enum):
    """A search without a result: the carrier has no such call, is silent, or has told us by itself."""

    NEVER_PLACED = auto()
    NO_ANSWER = auto()
    KNOWN_BY_NOW = auto()


class LostCalls:
    """The carrier's names of our calls, and the search for one that is missing."""

    def __init__(self, book: CallBook, carrier: Carrier) -> None:
        self._book = book
        self._carrier = carrier
        self._owners: dict[str, str] = {}

    def know(self, sid: str, call_id: str) -> bool:
        """A call of the carrier belongs to ``call_id``, and is no other's; whether this is news."""
        news = sid not in self._owners
        self._owners.setdefault(sid, call_id)
        if len(self._owners) > MOST_SIDS:
            del self._owners[next(iter(self._owners))]
        return news

    async def search(self, call: PhoneCall) -> str | Unfound:
        """The carrier's name of ``call``, which may show up late; it is searched even if it was canceled here."""
        silences = 0
        for wait in LOOK_UP_WAITS:
            await asyncio.sleep(wait)
            while (found := await self._found(call)) is None:
                silences += 1
                if silences > MOST_SILENCES:
                    return Unfound.NO_ANSWER
                await asyncio.sleep(back_off_seconds(silences, random.random()))  # noqa: S311 - jitter
            if found:
                return found
            live = self._book.live(call.id)
            if live is not None and live.sid:
                return Unfound.KNOWN_BY_NOW
        return Unfound.NEVER_PLACED

    async def _found(self, call: PhoneCall) -> str | None:
        """The carrier's name of ``call``, "" when it has none, None when it gives no answer."""
        since = (call.requested_at or call.created_at) - CLOCK_SKEW
        try:
            calls = await self._carrier.find(call.to_number, call.from_number, since)
        except CarrierError:
            return None
        return next((found.sid for found in calls if self._owners.get(found.sid, call.id) == call.id), "")
