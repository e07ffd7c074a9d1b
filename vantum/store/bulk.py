"""Many rows at once: in pieces of a size that both databases take, and beside rows that are there already."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, TypeAlias, TypeVar

from sqlalchemy import JSON, Row, Table, Text, bindparam, cast, column, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from vantum.store.address import SQLITE
from vantum.store.models.base import Base, table_of

PIECE: Final = 1_000
"""Values in one statement; SQLite takes 32,766."""

Item = TypeVar("Item")
Values: TypeAlias = Mapping[str, object]
"""A row, by the names of its columns; all rows of one statement have the same ones."""


def pieces(items: Sequence[Item], size: int = PIECE) -> Iterator[Sequence[Item]]:
    """``items`` in their order, at most ``size`` at a time."""
    return (items[start : start + size] for start in range(0, len(items), size))


def inserting(session: AsyncSession, model: type[Base]) -> sqlite.Insert | postgresql.Insert:
    """An INSERT that can say what becomes of rows that are there already (ON CONFLICT)."""
    return inserting_into(session, table_of(model))


def inserting_into(session: AsyncSession, table: Table) -> sqlite.Insert | postgresql.Insert:
    """The same for a table that no model describes."""
    return sqlite.insert(table) if on_sqlite(session) else postgresql.insert(table)


async def insert_rows(
    session: AsyncSession,
    statement: sqlite.Insert | postgresql.Insert,
    rows: Sequence[Values],
    returning: Sequence[str],
) -> Sequence[Row[*tuple[Any, ...]]]:
    """Insert rows, and give the columns ``returning`` of those that were inserted or updated, in any order."""
    if not rows:
        return []
    wanted = [statement.table.c[name] for name in returning]
    if isinstance(statement, sqlite.Insert):
        return (await session.execute(statement.returning(*wanted), [dict(row) for row in rows])).all()
    # One text is bound, and not twenty values for each of a thousand rows: ten times faster (measured).
    columns = [column(name, statement.table.c[name].type) for name in rows[0]]
    text = bindparam("rows", json.dumps(rows, default=_json), type_=Text)
    table = func.json_to_recordset(cast(text, JSON)).table_valued(*columns, name="given")
    given = table.render_derived(with_types=True)
    inserted = statement.from_select([*rows[0]], select(*given.c))
    return (await session.execute(inserted.returning(*wanted))).all()


def on_sqlite(session: AsyncSession) -> bool:
    """Whether the database is SQLite, where a transaction that writes has the lock of the whole file."""
    return session.get_bind().dialect.name == SQLITE


def _json(moment: datetime) -> str:
    return moment.isoformat()
