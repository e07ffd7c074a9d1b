"""The dialer inside a server whose database is a file: it dials with the server's own phone."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from importlib import import_module
from typing import Final

from loguru import logger
from sqlalchemy import URL
from sqlalchemy.exc import SQLAlchemyError

from vantum.dialing.means import Trunk
from vantum.dialing.phone_placer import PhonePlacer
from vantum.dialing.placer import Placer
from vantum.dialing.trunks import trunk_of
from vantum.phone.phone import Phone
from vantum.settings import Settings
from vantum.store import campaigns
from vantum.store.address import database, is_sqlite
from vantum.store.engine import Store

LOOK_SECONDS: Final = 0.5
"""Until there is a campaign to dial for, nothing of a dialer is opened."""
REST_SECONDS: Final = 5.0
"""Before a dialer that had to stop begins anew."""
OPENING: Final = "vantum.dialing.opening"


@dataclass(frozen=True, slots=True)
class _Work:
    """What the dialer of this process works with."""

    store: Store
    url: URL
    trunk: Trunk
    placer: Placer


@asynccontextmanager
async def dialing_inside(
    settings: Settings, store: Store, phone: Phone | None, is_open: Callable[[str], bool]
) -> AsyncIterator[None]:
    """While the block lasts the server dials by itself, where its database is a file; else ``vantum dial`` does.

    ``is_open`` knows the records that are being written.
    """
    url = database(settings.database_url, settings.data)
    if phone is None or not is_sqlite(url):
        yield
        return
    placer = PhonePlacer(phone, settings.data, is_open)
    work = _Work(store, url, trunk_of(settings), placer)
    task = asyncio.create_task(_dial(work), name="dialer")
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def _dial(work: _Work) -> None:
    while not await _is_wanted(work.store):  # noqa: ASYNC110 - the database tells nobody
        await asyncio.sleep(LOOK_SECONDS)
    # Only here: what it takes to dial is a burden to a server that has no campaigns.
    opening = await asyncio.to_thread(import_module, OPENING)
    while True:
        try:
            await opening.dial(work.store, work.url, work.trunk, work.placer)
        except Exception as error:  # whatever it was, calls go on, and the dialer begins anew
            logger.opt(exception=error).error("The dialer failed, and begins anew.")
        await asyncio.sleep(REST_SECONDS)


async def _is_wanted(store: Store) -> bool:
    """Whether there is a campaign to dial for, or one that was stopped and is not at its end."""
    try:
        async with store.reading() as session:
            return await campaigns.any_for_dialers(session)
    except (SQLAlchemyError, OSError, TimeoutError):
        return False
