"""When a transaction is tried again: another one was in its way, and the same may succeed a moment later."""

from __future__ import annotations

import sqlite3
from typing import Final

from sqlalchemy.exc import DBAPIError
from tenacity import AsyncRetrying, retry_if_exception, stop_after_attempt, wait_random_exponential

TRIES: Final = 5
FIRST_WAIT_SECONDS: Final = 0.02
LONGEST_WAIT_SECONDS: Final = 1.0
_IN_THE_WAY: Final = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_INTERRUPT})
_PASSING: Final = frozenset({"40001", "40P01", "55P03"})
"""Serialization failure, deadlock, lock not available (PostgreSQL, appendix A)."""
_PRIMARY: Final = 0xFF
"""SQLite puts the kind of an error in the lowest byte of its code, and details above."""


def is_passing(error: BaseException) -> bool:
    """Whether the same transaction may succeed when it is tried again."""
    match error.orig if isinstance(error, DBAPIError) else error:
        case sqlite3.Error() as cause:
            return getattr(cause, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & _PRIMARY in _IN_THE_WAY
        case cause:
            # Postgres's errors carry it; to know them by their class, a server on SQLite would load the whole driver.
            return getattr(cause, "sqlstate", None) in _PASSING


def tries() -> AsyncRetrying:
    """Up to five tries; the last error is raised as it is."""
    return AsyncRetrying(
        retry=retry_if_exception(is_passing),
        stop=stop_after_attempt(TRIES),
        wait=wait_random_exponential(FIRST_WAIT_SECONDS, LONGEST_WAIT_SECONDS),
        reraise=True,
    )
