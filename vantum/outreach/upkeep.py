"""Keeps the store in order while a server runs: at its start and once an hour.

Imports whose processes have died are closed, and what is past its time goes.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Final

from loguru import logger
from sqlalchemy.exc import SQLAlchemyError

from vantum.outreach.retention import Thing, forget
from vantum.retention import Keep
from vantum.store import imports
from vantum.store.engine import Store
from vantum.store.write_line import Haste

EVERY_SECONDS: Final = 3_600.0


@asynccontextmanager
async def upkeep(store: Store, data: Path, keep: Keep) -> AsyncIterator[None]:
    """While the block lasts, the store is kept in order; ``keep`` is what the settings say of calls."""
    task = asyncio.create_task(_keep_up(store, data, keep), name="upkeep")
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def put_in_order(store: Store, data: Path, keep: Keep, now: datetime) -> None:
    """One round; what stands in its way is logged, and tried again in the next one."""
    try:
        died = await store.write(partial(imports.bury_all, at=now), Haste.PATIENT)
        gone = await forget(store, data, keep, now)
    except OSError as error:
        # A TimeoutError is one, too: everybody else was writing.
        logger.error(
            "What is past its time cannot be removed.", reason=error.strerror or type(error).__name__
        )
    except SQLAlchemyError as error:
        # Its words can hold rows of people.
        logger.error("The store cannot be put in order.", reason=type(error).__name__)
    else:
        _tell(died, gone)


async def _keep_up(store: Store, data: Path, keep: Keep) -> None:
    while True:
        await put_in_order(store, data, keep, datetime.now(UTC))
        await asyncio.sleep(EVERY_SECONDS)


def _tell(died: int, gone: Counter[Thing]) -> None:
    if died:
        logger.warning("Imports were closed whose processes had died.", count=died)
    counts = {thing.name.lower(): count for thing, count in gone.items() if count}
    if counts:
        logger.info("What was past its time was removed from the store.", **counts)
