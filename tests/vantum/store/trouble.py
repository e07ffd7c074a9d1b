"""Errors of databases that another transaction causes."""

from __future__ import annotations

import sqlite3

from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncSession


def passing(session: AsyncSession) -> OperationalError:
    """An error that another transaction causes."""
    if session.get_bind().dialect.name == "sqlite":
        cause: Exception = sqlite3.OperationalError("database is locked")
        cause.sqlite_errorcode = sqlite3.SQLITE_BUSY_SNAPSHOT  # type: ignore[attr-defined]
    else:
        import psycopg  # noqa: PLC0415

        cause = psycopg.errors.SerializationFailure()
    return OperationalError("SELECT 1", {}, cause)
