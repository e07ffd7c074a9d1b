"""Where a sender finds its messages, and tells what became of them: a port, and the store behind it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Final, Protocol

from sqlalchemy.exc import SQLAlchemyError

from vantum.core.errors import StoreError
from vantum.core.outreach.delivery import Delivery
from vantum.store import deliveries
from vantum.store.deliveries import Claimed, Room
from vantum.store.engine import Store
from vantum.store.write_line import Haste

LEASE: Final = timedelta(seconds=60)
"""How long a message is its sender's: longer than an attempt and the writing of what came of it."""
KEPT: Final = timedelta(days=30)
"""How long a message that is settled can be looked at and replayed: it tells of people."""


class Outbox(Protocol):
    """Messages that wait. All of it raises StoreError while the store does not answer."""

    async def claim(self, at: datetime, room: Room) -> Sequence[Claimed]:
        """Take what is due, as much as there is room for."""

    async def settle(self, claimed: Claimed, after: Delivery, answer: str, at: datetime) -> bool:
        """Write down what became of an attempt; False when the message was somebody else's by then."""

    async def tidy(self, at: datetime) -> int:
        """Remove what was settled long ago; tells how many messages that were."""


class StoreOutbox:
    """The messages of all organisations in a store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def claim(self, at: datetime, room: Room) -> Sequence[Claimed]:
        """Take what is due. Where nothing is, nothing is written, and no writer has to wait."""
        async with _telling():
            async with self._store.glancing() as session:
                if not await deliveries.any_due(session, at, room):
                    return ()
            return await self._store.write(lambda session: deliveries.claim(session, at, at + LEASE, room))

    async def settle(self, claimed: Claimed, after: Delivery, answer: str, at: datetime) -> bool:
        """Write down what became of an attempt."""
        async with _telling():
            return await self._store.write(
                lambda session: deliveries.settle(session, claimed, after, answer, at)
            )

    async def tidy(self, at: datetime) -> int:
        """Remove what was settled more than 30 days ago, in several transactions if it is much."""
        removed = 0
        async with _telling():
            while count := await self._store.write(
                lambda session: deliveries.remove_settled(session, at - KEPT), Haste.PATIENT
            ):
                removed += count
        return removed


@asynccontextmanager
async def _telling() -> AsyncIterator[None]:
    try:
        yield
    except (SQLAlchemyError, OSError) as error:
        # Not the error's own words: they hold what was to be written.
        problem = f"The database does not answer ({type(error).__name__})."
        raise StoreError(problem, "Look whether it runs, and whether its disk is full.") from error
