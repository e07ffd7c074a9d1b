"""Opens a sender beside whatever else a process does with a store, and closes it again."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Final

from loguru import logger

from vantum.store.engine import Store
from vantum.webhooks.addresses import Reach
from vantum.webhooks.guarded_client import guarded_client
from vantum.webhooks.outbox import StoreOutbox
from vantum.webhooks.sender import Sender

REST_SECONDS: Final = 5.0
"""Before a sender that failed begins anew."""


@asynccontextmanager
async def open_sender(store: Store, reach: Reach) -> AsyncIterator[None]:
    """While the block lasts, what waits in the store is sent; any number of processes may do so at once."""
    task = asyncio.create_task(_send(store, reach), name="webhooks")
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def _send(store: Store, reach: Reach) -> None:
    while True:
        try:
            async with guarded_client(reach) as http:
                await Sender(StoreOutbox(store), http).run()
        except Exception as error:
            # Whatever it was, calls go on. Its words and its trace are left out: they can hold a message.
            logger.error("The sender of webhooks failed, and begins anew.", reason=type(error).__name__)
        await asyncio.sleep(REST_SECONDS)
