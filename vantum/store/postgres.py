"""Postgres as this store uses it: a bounded pool, bounds on how long anything may take, readers that cannot write."""

from __future__ import annotations

from typing import Final

from sqlalchemy import URL, Engine, NullPool, create_engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

CONNECTIONS: Final = 10
"""Of one process; a server takes 100 unless it is told otherwise."""
CHECKOUT_SECONDS: Final = 30.0
CONNECT_SECONDS: Final = 10
IDLE_SECONDS: Final = 1800
"""A connection that is older is made anew: firewalls forget."""
_BOUNDS: Final = {
    "lock_timeout": "10s",
    "statement_timeout": "120s",
    "idle_in_transaction_session_timeout": "120s",
}
_PLANS: Final = {"plan_cache_mode": "force_custom_plan"}
"""A list makes a table grow from nothing to 100,000 rows in one transaction: a plan that was kept from its start
reads all of them each time (measured: 20 times slower)."""
LOCK: Final = 7_268_831_104
"""Of migrations, so that two processes do not run them at once; any number that others do not use."""


def engines(url: URL) -> tuple[AsyncEngine, AsyncEngine, AsyncEngine]:
    """The engine that reads, each transaction in one moment of the database, and the one that writes: of one pool;
    and one whose connections are apart from all others."""
    engine = create_async_engine(
        url,
        pool_size=CONNECTIONS,
        max_overflow=0,
        pool_timeout=CHECKOUT_SECONDS,
        pool_recycle=IDLE_SECONDS,
        pool_pre_ping=True,
        connect_args={"connect_timeout": CONNECT_SECONDS},
    )
    event.listen(engine.sync_engine, "connect", _bound)
    readers = engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    apart = create_async_engine(url, poolclass=NullPool, connect_args={"connect_timeout": CONNECT_SECONDS})
    event.listen(apart.sync_engine, "connect", _bound)
    return readers, engine, apart


def migrating(url: URL) -> Engine:
    """The engine of migrations, which may take as long as they take."""
    return create_engine(url, poolclass=NullPool, connect_args={"connect_timeout": CONNECT_SECONDS})


def _bound(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
    # Not in the start-up packet, which poolers between us and the server refuse.
    cursor = connection.cursor()
    for name, value in (_BOUNDS | _PLANS).items():
        cursor.execute(f"SET {name} = '{value}'")
    cursor.close()
    connection.commit()
