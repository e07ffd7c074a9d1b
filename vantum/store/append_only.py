"""Rows that are only ever added: changing or removing one is refused, unless somebody or something is being erased.

It is a guard against our own mistakes. Against others stand the chain of hashes, and who may reach the database.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from sqlalchemy import TableClause, event
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import ORMExecuteState, Session
from sqlalchemy.orm.unitofwork import UOWTransaction
from sqlalchemy.sql.dml import Delete, Update

from vantum.core.errors import AppendOnlyError
from vantum.store.models import AuditEntry, Base, CallEvent, Consent, DialDecision

APPEND_ONLY: Final = (Consent, DialDecision, CallEvent, AuditEntry)
_TABLES: Final = frozenset(model.__tablename__ for model in APPEND_ONLY)
_ERASING: Final = "erasing"


class StoreSession(Session):
    """A session that keeps the law of this module."""


@contextmanager
def erasing(session: AsyncSession) -> Iterator[None]:
    """Within this, rows that are only ever added may be changed and removed: a person or a rule asks for it."""
    session.info[_ERASING] = True
    try:
        yield
    finally:
        del session.info[_ERASING]


@event.listens_for(StoreSession, "before_flush")
def _guard_rows(session: Session, _flush: UOWTransaction, _rows: object) -> None:
    changed = [row for row in session.dirty if session.is_modified(row)]
    for row in (*changed, *session.deleted):
        if isinstance(row, Base):
            _guard(session, row.__tablename__)


@event.listens_for(StoreSession, "do_orm_execute")
def _guard_statements(state: ORMExecuteState) -> None:
    statement = state.statement
    if isinstance(statement, Update | Delete) and isinstance(statement.table, TableClause):
        _guard(state.session, statement.table.name)


def _guard(session: Session, table: str) -> None:
    if table in _TABLES and _ERASING not in session.info:
        raise AppendOnlyError(table)
