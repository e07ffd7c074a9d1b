"""Sends what waits for webhooks: twenty at once, five to one endpoint, each until it is settled.

Law: what one endpoint does, or does not do, holds up no other one. Nothing is settled that was not written down; so a
message may come twice, with the same id, and is never lost.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import Final

import httpx
from loguru import logger

from vantum.core.errors import StoreError
from vantum.core.outreach.delivery import Delivery, DeliveryState, answered
from vantum.store.deliveries import Claimed, Room
from vantum.webhooks.guarded_client import AT_ONCE
from vantum.webhooks.outbox import Outbox
from vantum.webhooks.post import Answer, post

PER_ENDPOINT: Final = 5
POLL_SECONDS: Final = 1.0
"""How soon a message is found that another process has written."""
TROUBLE_SECONDS: Final = 5.0
"""Before the store is asked again after it did not answer."""
TIDY_SECONDS: Final = 3_600.0


class Sender:
    """Sends the messages of one outbox with one client; several senders may share what lies behind the outbox."""

    def __init__(
        self, outbox: Outbox, http: httpx.AsyncClient, chance: Callable[[], float] = random.random
    ) -> None:
        self._outbox = outbox
        self._http = http
        self._chance = chance
        self._busy: Counter[str] = Counter()
        self._woken = asyncio.Event()
        self._tidied_at = time.monotonic()

    def wake(self) -> None:
        """Look for messages now: some were written, or there is room again."""
        self._woken.set()

    async def run(self) -> None:
        """Send until cancelled. Attempts that are under way then are made again by whoever sends next."""
        async with asyncio.TaskGroup() as attempts:
            while True:
                try:
                    await self._tidy()
                    claimed = await self._claimed()
                except StoreError as error:
                    logger.error("Webhooks wait.", reason=error.problem)
                    await asyncio.sleep(TROUBLE_SECONDS)
                    continue
                for each in claimed:
                    self._busy[each.endpoint_id] += 1
                    attempts.create_task(self._deliver(each), name=f"webhook {each.id}")
                if not claimed:
                    await self._rest()

    async def _claimed(self) -> Sequence[Claimed]:
        room = Room(AT_ONCE - self._busy.total(), PER_ENDPOINT, dict(+self._busy))
        return await self._outbox.claim(_now(), room) if room.most > 0 else ()

    async def _rest(self) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(POLL_SECONDS):
                await self._woken.wait()
        self._woken.clear()

    async def _tidy(self) -> None:
        if time.monotonic() - self._tidied_at < TIDY_SECONDS:
            return
        self._tidied_at = time.monotonic()
        removed = await self._outbox.tidy(_now())
        if removed:
            logger.info("Old messages of webhooks were removed.", count=removed)

    async def _deliver(self, claimed: Claimed) -> None:
        try:
            answer = await self._attempt(claimed)
            after = answered(claimed.delivery, answer.status, _now(), self._chance(), answer.retry_after)
            if await self._outbox.settle(claimed, after, answer.text, _now()):
                _tell(claimed, answer, after)
        except StoreError as error:
            logger.error("A webhook is sent again: it is not written what came of it.", reason=error.problem)
        finally:
            self._busy[claimed.endpoint_id] -= 1
            self.wake()

    async def _attempt(self, claimed: Claimed) -> Answer:
        try:
            return await post(self._http, claimed, time.time())
        except Exception as error:
            # Whatever is wrong with one message: it counts as tried, and the others are sent.
            reason = type(error).__name__
            logger.error("A webhook cannot be sent.", delivery=claimed.id, reason=reason)
            return Answer(None, f"It cannot be sent ({reason}).")


def _now() -> datetime:
    return datetime.fromtimestamp(time.time(), UTC)


_LEVELS: Final = {
    DeliveryState.DELIVERED: "DEBUG",
    DeliveryState.PENDING: "INFO",
    DeliveryState.DEAD: "WARNING",
    DeliveryState.GONE: "WARNING",
}


def _tell(claimed: Claimed, answer: Answer, after: Delivery) -> None:
    logger.log(
        _LEVELS[after.state],
        "A webhook was tried.",
        state=after.state.value,
        event=claimed.event,
        delivery=claimed.id,
        endpoint=claimed.endpoint_id,
        status=answer.status,
        attempts=after.attempts,
    )
