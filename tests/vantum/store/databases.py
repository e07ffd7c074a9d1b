"""Databases for tests: a file of SQLite always, and Postgres when TEST_POSTGRES_URL holds a server's address.

What writes SQL is tested on both; what stands on that, on SQLite, and with TEST_ON_POSTGRES=all on both too
(`usual_url`). Import the fixtures into a conftest to use them. A test finds a database of the newest shape with
nothing in it: a copy of a file, or the one of this run on the server, emptied. A test that changes the shape takes
one of its own, `own_url`.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pytest
from sqlalchemy import URL, Engine, NullPool, create_engine, make_url, text

from vantum.store.address import database, is_sqlite, sqlite_file
from vantum.store.columns import new_id
from vantum.store.engine import Store, open_store
from vantum.store.migrate import upgrade
from vantum.store.models import Base

SERVER: Final = os.environ.get("TEST_POSTGRES_URL", "")
NO_SERVER: Final = "TEST_POSTGRES_URL names no server (.ci/postgres starts one)"
EMPTIED: Final = tuple(
    f"DELETE FROM {table.name}" + (" WHERE slug <> 'default'" if table.name == "orgs" else "")
    for table in reversed(Base.metadata.sorted_tables)
)
"""What empties a database but for the organisation that is there from the start."""
WITH_SERVER: Final = pytest.mark.skipif(not SERVER, reason=NO_SERVER)
BOTH: Final = ("sqlite", pytest.param("postgres", marks=WITH_SERVER))

USUAL: Final = BOTH if os.environ.get("TEST_ON_POSTGRES") == "all" else ("sqlite",)


@contextmanager
def new_database() -> Iterator[URL]:
    """A database without tables on the server, removed at the end."""
    name = f"vantum_{new_id().replace('-', '')}"
    _on_server(f'CREATE DATABASE "{name}"')
    try:
        yield make_url(SERVER).set(drivername="postgresql+psycopg", database=name)
    finally:
        _on_server(f'DROP DATABASE "{name}" WITH (FORCE)')


def plain(url: URL) -> Engine:
    """The database without anything of ours; it keeps no connection."""
    return create_engine(url.set(drivername="sqlite") if is_sqlite(url) else url, poolclass=NullPool)


def _on_server(statement: str) -> None:
    engine = create_engine(
        make_url(SERVER).set(drivername="postgresql+psycopg"),
        isolation_level="AUTOCOMMIT",
        poolclass=NullPool,
    )
    with engine.connect() as connection:
        connection.execute(text(statement))


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated file."""
    path = tmp_path_factory.mktemp("store") / "template.db"
    upgrade(sqlite_file(path))
    return path


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[URL]:
    """A migrated database, the same for all tests of a process."""
    with new_database() as url:
        upgrade(url)
        yield url


@pytest.fixture
def empty_postgres(postgres_url: URL) -> URL:
    """The same without what the test before left in it."""
    with plain(postgres_url).begin() as connection:
        connection.exec_driver_sql("; ".join(EMPTIED))
    return postgres_url


@pytest.fixture(params=BOTH)
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[URL]:
    """Where there is nothing yet."""
    if request.param == "sqlite":
        yield database(None, tmp_path / "data")
        return
    with new_database() as url:
        yield url


@pytest.fixture(params=BOTH)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> URL:
    """A database of the newest shape with nothing in it."""
    return _given(request, tmp_path)


@pytest.fixture(params=USUAL, name="url")
def usual_url(request: pytest.FixtureRequest, tmp_path: Path) -> URL:
    """The same for what writes no SQL of its own."""
    return _given(request, tmp_path)


def _given(request: pytest.FixtureRequest, tmp_path: Path) -> URL:
    if request.param == "postgres":
        return request.getfixturevalue("empty_postgres")  # type: ignore[no-any-return]
    path = tmp_path / "store.db"
    shutil.copyfile(request.getfixturevalue("sqlite_template"), path)
    return sqlite_file(path)


@pytest.fixture
def own_url(empty_url: URL) -> URL:
    """The same for this test alone."""
    upgrade(empty_url)
    return empty_url


@pytest.fixture
async def store(url: URL) -> AsyncIterator[Store]:
    """An open store."""
    async with open_store(url) as opened:
        yield opened
