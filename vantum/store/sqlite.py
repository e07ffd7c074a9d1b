"""SQLite as this store uses it: one file, many readers beside one writer (WAL), foreign keys on.

One connection of the process writes: whoever wants to waits in line for it, and not in a race for the file's lock,
which only other processes take part in. Transactions are begun by us: the driver's own way begins them too late.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
from enum import StrEnum
from pathlib import Path
from typing import Final

from sqlalchemy import URL, Connection, Engine, NullPool, create_engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

from vantum.call_folder import make_private
from vantum.store import sqlite_hops
from vantum.store.sqlite_hops import OneHopConnection

BUSY_SECONDS: Final = 5.0
"""How long a statement waits for another process's lock."""
READERS: Final = 8
CHECKOUT_SECONDS: Final = 120.0
"""How long somebody waits in line for a connection."""


class Begin(StrEnum):
    """How a transaction begins: with the first read, or at once with the lock that only one can have."""

    READING = "BEGIN"
    WRITING = "BEGIN IMMEDIATE"


_ARGUMENTS: Final = {"timeout": BUSY_SECONDS, "isolation_level": None}
# FULL: a call that was dialed must be known after a power cut too, or it would be dialed twice.
# KiB of pages that each connection keeps. The system keeps the file's pages too: with SQLite's own 2,000 nothing is
# faster (measured, lists included), and a server grows by megabytes while its calls fill them.
_WRITES: Final = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA cache_size=-512",
)
# What a list brings is written at once: pages that do not fit would go to the disk and come back, several times.
_LISTS: Final = (*_WRITES[:-1], "PRAGMA cache_size=-32768")
_READS: Final = ("PRAGMA query_only=ON", "PRAGMA cache_size=-128")
# A migration may make a table anew; with foreign keys on, what belongs to the old one would go with it.
_MIGRATES: Final = ("PRAGMA journal_mode=WAL", "PRAGMA synchronous=FULL", "PRAGMA foreign_keys=OFF")


def make_file(url: URL) -> None:
    """Make the database's file, readable for its owner only, and the folders that are missing; raises OSError."""
    path = Path(str(url.database))
    make_private(path.parent)
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    # Somebody else's file stays as they made it.
    with contextlib.suppress(PermissionError):
        path.chmod(0o600)


def engines(url: URL) -> tuple[AsyncEngine, AsyncEngine, AsyncEngine]:
    """The engine that reads, the one that writes, and the one whose connections are apart from all others."""
    readers = _engine(url, READERS)
    _prepare(readers.sync_engine, _READS, Begin.READING)
    writer = _engine(url, 1)
    _prepare(writer.sync_engine, _WRITES, Begin.WRITING)
    apart = create_async_engine(url, poolclass=NullPool, connect_args=_arguments())
    _prepare(apart.sync_engine, _LISTS, Begin.READING)
    return readers, writer, apart


async def connection_of(session: AsyncSession) -> OneHopConnection:
    """The connection of a session's transaction, which begins if it has not begun."""
    raw = await (await session.connection()).get_raw_connection()
    assert isinstance(raw.driver_connection, OneHopConnection)  # noqa: S101 - ``engines`` opens no others
    return raw.driver_connection


def migrating(url: URL, begin: Begin) -> Engine:
    """The engine of migrations; ``begin`` says whether it only looks."""
    engine = create_engine(url.set(drivername="sqlite"), poolclass=NullPool, connect_args={**_ARGUMENTS})
    _prepare(engine, _MIGRATES, begin)
    return engine


def _engine(url: URL, connections: int) -> AsyncEngine:
    return create_async_engine(
        url,
        pool_size=connections,
        max_overflow=0,
        pool_timeout=CHECKOUT_SECONDS,
        # The one that was used last: each keeps the statements that it has seen, and a thread.
        pool_use_lifo=True,
        # A session ends each of its transactions by itself: to roll back once more were a hop for nothing.
        pool_reset_on_return=None,
        connect_args=_arguments(),
    )


def _arguments() -> dict[str, object]:
    return {**_ARGUMENTS, "async_creator_fn": sqlite_hops.connect}


def _prepare(engine: Engine, pragmas: tuple[str, ...], begin: Begin) -> None:
    def on_connect(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
        cursor = connection.cursor()
        for pragma in pragmas:
            cursor.execute(pragma)
        cursor.close()

    def on_begin(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    def on_invalidate(
        connection: DBAPIConnection, _entry: ConnectionPoolEntry, _error: BaseException | None
    ) -> None:
        # Whoever was cancelled within a statement: a cursor that nobody has collected yet would keep the file's lock.
        with contextlib.suppress(sqlite3.Error):
            connection.rollback()

    event.listen(engine, "connect", on_connect)
    event.listen(engine, "begin", on_begin)
    event.listen(engine, "invalidate", on_invalidate)
