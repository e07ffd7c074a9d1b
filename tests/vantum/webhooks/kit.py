"""An outbox in memory and receivers that misbehave, for tests on virtual time."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from types import MappingProxyType

import httpx

from vantum.core.errors import StoreError
from vantum.core.outreach.delivery import Delivery, DeliveryState
from vantum.store.deliveries import Claimed, Room
from vantum.webhooks.outbox import LEASE

URL = "https://hooks.example/in"
NOTHING: Mapping[str, str] = MappingProxyType({})
START = datetime(2026, 1, 1, tzinfo=UTC)
"""Where virtual time begins."""


def message(name: str = "d1", endpoint: str = "e1", url: str = URL) -> Claimed:
    """A message that was never tried."""
    return Claimed(
        id=name,
        org_id="o1",
        endpoint_id=endpoint,
        url=url,
        event="call.ended",
        body=b'{"id":"%s"}' % name.encode(),
        secrets=("s1",),
        delivery=Delivery(START),
        until=START,
    )


class Body(httpx.AsyncByteStream):
    """A body that is streamed, as those of real answers are."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield self._content


def reply(status: int, body: bytes = b"", headers: Mapping[str, str] = NOTHING) -> httpx.Response:
    """An answer as it comes from the net."""
    return httpx.Response(status, headers=headers, stream=Body(body))


@dataclass
class MemoryOutbox:
    """An outbox as the store's is, without one; ``broken`` is until when it does not answer."""

    waiting: dict[str, Claimed] = field(default_factory=dict)
    settled: list[tuple[float, str, Delivery, str]] = field(default_factory=list)
    claims: list[float] = field(default_factory=list)
    tidied: list[float] = field(default_factory=list)
    broken: float = 0.0
    removes: int = 0

    def add(self, *messages: Claimed) -> None:
        """Messages that are due."""
        self.waiting.update({each.id: each for each in messages})

    async def claim(self, at: datetime, room: Room) -> Sequence[Claimed]:
        """Take what is due, in the order in which it came."""
        self._answer()
        self.claims.append(now())
        taken: list[Claimed] = []
        busy = dict(room.busy)
        for each in self.waiting.values():
            due = each.delivery.next_at is not None and each.delivery.next_at <= at
            place = each.endpoint_id
            if due and len(taken) < room.most and busy.get(place, 0) < room.per_endpoint:
                busy[place] = busy.get(place, 0) + 1
                taken.append(replace(each, until=at + LEASE))
        for each in taken:
            held = replace(each.delivery, next_at=each.until)
            self.waiting[each.id] = replace(each, delivery=held)
        return taken

    async def settle(self, claimed: Claimed, after: Delivery, answer: str, at: datetime) -> bool:
        """Keep what became of it."""
        self._answer()
        if self.waiting[claimed.id].until != claimed.until:
            return False
        self.settled.append((now(), claimed.id, after, answer))
        del self.waiting[claimed.id]
        if after.state is DeliveryState.PENDING:
            self.waiting[claimed.id] = replace(claimed, delivery=after)
        return at >= START

    async def tidy(self, at: datetime) -> int:
        """Note that it was asked for."""
        self._answer()
        self.tidied.append((at - START).total_seconds())
        return self.removes

    def _answer(self) -> None:
        if now() < self.broken:
            raise StoreError("The database does not answer.", "Wait.")


@dataclass
class Web:
    """All receivers in the world; what arrives is kept with its time, and ``behave`` answers it."""

    behave: Callable[[httpx.Request], Awaitable[httpx.Response]]
    arrived: list[tuple[float, str]] = field(default_factory=list)
    requests: list[httpx.Request] = field(default_factory=list)
    at_once: int = 0
    most_at_once: int = 0

    def client(self) -> httpx.AsyncClient:
        """A client that reaches them."""
        return httpx.AsyncClient(transport=httpx.MockTransport(self._answer))

    async def _answer(self, request: httpx.Request) -> httpx.Response:
        self.arrived.append((now(), request.headers["Vantum-Delivery"]))
        self.requests.append(request)
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            return await self.behave(request)
        finally:
            self.at_once -= 1


def answering(status: int, after: float = 0.0, headers: Mapping[str, str] = NOTHING) -> Web:
    """Receivers that answer with a status, some seconds later."""

    async def behave(_: httpx.Request) -> httpx.Response:
        await asyncio.sleep(after)
        return reply(status, b"said", headers)

    return Web(behave)


def now() -> float:
    """Seconds of the loop's clock, without the noise of floats."""
    return round(time.monotonic(), 6)


def at(seconds: float) -> datetime:
    """The moment so many seconds after the start."""
    return START + timedelta(seconds=seconds)
