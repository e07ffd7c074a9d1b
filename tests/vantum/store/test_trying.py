"""Which errors are worth another try."""

from __future__ import annotations

import sqlite3

import psycopg
import pytest
from sqlalchemy.exc import OperationalError

from vantum.store.trying import is_passing


def of_sqlite(code: int) -> OperationalError:
    cause = sqlite3.OperationalError("words")
    cause.sqlite_errorcode = code
    return OperationalError("SELECT 1", {}, cause)


def of_postgres(cause: psycopg.Error) -> OperationalError:
    return OperationalError("SELECT 1", {}, cause)


@pytest.mark.parametrize(
    ("error", "passing"),
    [
        (of_sqlite(sqlite3.SQLITE_BUSY), True),
        (of_sqlite(sqlite3.SQLITE_BUSY_SNAPSHOT), True),
        (of_sqlite(sqlite3.SQLITE_LOCKED), True),
        (of_sqlite(sqlite3.SQLITE_INTERRUPT), True),
        (of_sqlite(sqlite3.SQLITE_INTERRUPT).orig, True),
        (of_sqlite(sqlite3.SQLITE_FULL), False),
        (of_sqlite(sqlite3.SQLITE_READONLY), False),
        (of_postgres(psycopg.errors.SerializationFailure()), True),
        (of_postgres(psycopg.errors.DeadlockDetected()), True),
        (of_postgres(psycopg.errors.LockNotAvailable()), True),
        (of_postgres(psycopg.errors.UniqueViolation()), False),
        (of_postgres(psycopg.errors.AdminShutdown()), False),
        # Whether a commit came through is not known when the connection breaks: once more could be twice.
        (of_postgres(psycopg.OperationalError()), False),
        (OperationalError("SELECT 1", {}, ValueError()), False),
        (sqlite3.OperationalError("database is locked"), False),
        (TimeoutError(), False),
    ],
)
def test_only_what_another_transaction_caused_is_tried_again(error: BaseException, passing: bool) -> None:
    assert is_passing(error) is passing
