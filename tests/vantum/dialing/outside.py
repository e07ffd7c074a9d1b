"""A store on virtual time: the database works in real time, and the clock stands still meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from functools import partial
from typing import TypeVar

from sqlalchemy import URL
from sqlalchemy.ext.asyncio import AsyncSession

from vantum.store.engine import Store, open_store
from vantum.store.trying import tries
from vantum.store.write_line import Haste
from vantum.testing.virtual_time import VirtualTimeLoop

Result = TypeVar("Result")


@contextmanager
def outside() -> Iterator[None]:
    """What is awaited in here happens in real time; nothing in here may wait for time to pass."""
    loop = asyncio.get_running_loop()
    if not isinstance(loop, VirtualTimeLoop):
        yield
        return
    loop._virtual_selector.outside_jobs += 1
    try:
        yield
    finally:
        loop._virtual_selector.outside_jobs -= 1


class OutsideStore(Store):
    """A store whose every transaction is outside."""

    def __init__(self, store: Store) -> None:
        self._store = store

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncSession]:
        """As the store does."""
        with outside():
            async with self._store.reading() as session:
                yield session

    @asynccontextmanager
    async def glancing(self) -> AsyncIterator[AsyncSession]:
        """As the store does."""
        with outside():
            async with self._store.glancing() as session:
                yield session

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncSession]:
        """As the store does."""
        with outside():
            async with self._store.writing() as session:
                yield session

    async def write(
        self, work: Callable[[AsyncSession], Awaitable[Result]], haste: Haste = Haste.USUAL
    ) -> Result:
        """As the store does; what it waits before it tries again is virtual time."""
        return await tries()(partial(self._once, gives_way=False), work, haste)

    async def _once(
        self, work: Callable[[AsyncSession], Awaitable[Result]], haste: Haste, *, gives_way: bool
    ) -> Result:
        with outside():
            return await self._store._once(work, haste, gives_way=gives_way)


@asynccontextmanager
async def opened(url: URL) -> AsyncIterator[OutsideStore]:
    """The store at ``url``."""
    opening = open_store(url)
    store = await opening.__aenter__()
    try:
        yield OutsideStore(store)
    finally:
        with outside():
            await opening.__aexit__(None, None, None)
