"""The open store: transactions that read and transactions that write."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from importlib import import_module
from itertools import count
from typing import Final, TypeVar

from sqlalchemy import URL
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession, async_sessionmaker

from vantum.core.errors import StoreError
from vantum.store import postgres, sqlite
from vantum.store.address import is_sqlite, shown
from vantum.store.append_only import StoreSession
from vantum.store.shape import foreign, standing
from vantum.store.trying import tries
from vantum.store.write_line import Haste, WriteLine

Result = TypeVar("Result")
MIGRATING: Final = "vantum.store.migrate"
"""Imported only where there is something to do, with all of Alembic."""


class Store:
    """A database of this version's shape.

    On SQLite one transaction writes at a time (``line``): whoever opens a second one within the first waits for
    itself, until a TimeoutError. So no transaction may wait for anything but the database.
    """

    def __init__(
        self, readers: AsyncEngine, writers: AsyncEngine, apart: AsyncEngine, *, line: WriteLine | None = None
    ) -> None:
        self._reading = _sessions(readers)
        self._glancing = self._reading if line is not None else _sessions(_without_transactions(writers))
        self._writing = _sessions(writers)
        self._apart = apart
        self._line = line

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncSession]:
        """A transaction that sees one moment of the database and cannot write."""
        async with self._reading() as session:
            yield session

    @asynccontextmanager
    async def glancing(self) -> AsyncIterator[AsyncSession]:
        """For a look that is repeated all day: each statement sees a moment of its own, and takes half as long."""
        async with self._glancing() as session:
            yield session

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncSession]:
        """A transaction that is committed at the end, or rolled back by an error. On SQLite it has the file's lock.

        To get that lock is tried again; what is done within is not: for that there is ``write``.
        """
        async with self._turn(Haste.USUAL), self._writing() as session:
            await tries()(_begin, session)
            yield session
            await session.commit()

    async def write(
        self, work: Callable[[AsyncSession], Awaitable[Result]], haste: Haste = Haste.USUAL
    ) -> Result:
        """Do ``work`` in a transaction, and once more in a new one where another transaction was in its way.

        ``work`` may run several times, and must change nothing but the database. ``haste`` says who goes first of
        all that this process wants to write. On SQLite it runs in another thread: nobody's audio comes between its
        statements, which all who want to write wait for. And there it gives way once to who is urgent.
        """
        tried = count()

        async def once() -> Result:
            return await self._once(work, haste, gives_way=next(tried) == 0)

        return await tries()(once)

    @asynccontextmanager
    async def apart(self) -> AsyncIterator[AsyncSession]:
        """A connection of its own, whose temporary tables last as long as the block; whoever uses it commits.

        What is written to other tables is written by ``write_apart``.
        """
        async with self._apart.connect() as connection, _sessions(connection)() as session:
            yield session

    async def write_apart(
        self, session: AsyncSession, work: Callable[[AsyncSession], Awaitable[Result]]
    ) -> Result:
        """Do ``work`` in a transaction of a session ``apart``, as ``write`` does.

        It may wait for other things than its database, and is done on the loop: its statements are few and long.
        """
        tried = count()

        async def once() -> Result:
            async with self._turn(Haste.USUAL), session.begin(), self._giving_way(session, next(tried) == 0):
                return await work(session)

        return await tries()(once)

    def _turn(self, haste: Haste) -> AbstractAsyncContextManager[None]:
        return nullcontext() if self._line is None else self._line.turn(haste)

    async def _once(
        self, work: Callable[[AsyncSession], Awaitable[Result]], haste: Haste, *, gives_way: bool
    ) -> Result:
        async with self._turn(haste), self._writing() as session:
            await session.connection()
            done = _done(session, work)
            if self._line is None:
                return await done
            async with self._giving_way(session, gives_way and haste is not Haste.URGENT):
                return await (await sqlite.connection_of(session)).there(done)

    @asynccontextmanager
    async def _giving_way(self, session: AsyncSession, gives_way: bool) -> AsyncIterator[None]:
        """Within this, a transaction is stopped for who is urgent, if it ``gives_way``."""
        if self._line is None or not gives_way:
            yield
            return
        connection = await sqlite.connection_of(session)
        with connection.stoppable() as stop, self._line.giving_way(stop):
            yield


@asynccontextmanager
async def open_store(url: URL) -> AsyncIterator[Store]:
    """The store at ``url``; raises StoreError for a database that cannot be reached or has another shape.

    A file of SQLite is made and brought to this version's shape; Postgres is left alone, as others may use it.
    """
    await asyncio.to_thread(_make_ready, url)
    on_sqlite = is_sqlite(url)
    engines = sqlite.engines(url) if on_sqlite else postgres.engines(url)
    try:
        yield Store(*engines, line=WriteLine() if on_sqlite else None)
    finally:
        for engine in engines:
            await engine.dispose()


def _make_ready(url: URL) -> None:
    """See to it that the database has this version's shape; raises StoreError where that is for people to decide."""
    found = standing(url)
    if found.is_foreign:
        raise foreign(url, found)
    if found.is_current:
        return
    if not is_sqlite(url):
        raise StoreError(
            f"The database {shown(url)} has revision {found.revision}, and Vantum needs {found.newest}.",
            "Run `vantum migrate up`.",
        )
    import_module(MIGRATING).upgrade(url)


def _sessions(bind: AsyncEngine | AsyncConnection) -> async_sessionmaker[AsyncSession]:
    return async_sessionmaker(bind, expire_on_commit=False, sync_session_class=StoreSession)


def _without_transactions(engine: AsyncEngine) -> AsyncEngine:
    """On Postgres a transaction is begun and ended by a question of its own each."""
    return engine.execution_options(isolation_level="AUTOCOMMIT")


async def _done(session: AsyncSession, work: Callable[[AsyncSession], Awaitable[Result]]) -> Result:
    result = await work(session)
    await session.commit()
    return result


async def _begin(session: AsyncSession) -> None:
    try:
        await session.connection()
    except BaseException:
        await session.rollback()
        raise
