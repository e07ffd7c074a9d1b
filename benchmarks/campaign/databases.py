"""A database for the campaign's benchmark: a file, or one on a server of Postgres that is removed at the end."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from sqlalchemy import URL, NullPool, create_engine, make_url, text

from benchmarks.servers import BenchmarkError
from vantum.store.address import sqlite_file
from vantum.store.columns import new_id

SERVER: Final = "TEST_POSTGRES_URL"
"""The variable that names the server; `.ci/postgres` starts one and sets it."""
DRIVER: Final = "postgresql+psycopg"


@contextmanager
def database(kind: str, folder: Path) -> Iterator[URL]:
    """An empty database; raises BenchmarkError where there is no server."""
    if kind == "sqlite":
        (folder / "data").mkdir(parents=True, exist_ok=True)
        yield sqlite_file(folder / "data" / "vantum.db")
        return
    server = os.environ.get(SERVER)
    if not server:
        raise BenchmarkError(
            f"{SERVER} names no server: run `.ci/postgres python -m benchmarks.campaign ...`."
        )
    name = f"benchmark_{new_id().replace('-', '')}"
    _do(server, f'CREATE DATABASE "{name}"')
    try:
        yield make_url(server).set(drivername=DRIVER, database=name)
    finally:
        _do(server, f'DROP DATABASE "{name}" WITH (FORCE)')


def _do(server: str, statement: str) -> None:
    engine = create_engine(
        make_url(server).set(drivername=DRIVER), isolation_level="AUTOCOMMIT", poolclass=NullPool
    )
    with engine.connect() as connection:
        connection.execute(text(statement))
