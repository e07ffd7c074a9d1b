"""Requests that carry a key are done once: the key is taken first, and gets the answer with what the request did.

To take it is one transaction, so that everybody sees it; the work and its answer are another, so that there is never
one without the other. A process that is killed between the two leaves a key that is taken: after ``GIVEN_UP`` the
same request takes it over, and its old owner, should it still live, finds that it has lost the key, and undoes its
work.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, TypeAlias

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from vantum.store.bulk import inserting
from vantum.store.columns import new_id
from vantum.store.models import IdempotencyKey

KEPT: Final = timedelta(hours=24)
"""How long an answer can be asked for again."""
GIVEN_UP: Final = timedelta(minutes=3)
"""How long a request may take; longer than any statement of the database."""


@dataclass(frozen=True, slots=True)
class Taken:
    """The key is ours: do the work, and ``answer`` it under this id."""

    id: str


@dataclass(frozen=True, slots=True)
class Answered:
    """The same request was done before: its HTTP status and its answer in JSON."""

    status: int
    body: str


@dataclass(frozen=True, slots=True)
class UnderWay:
    """The same request is being done now."""


@dataclass(frozen=True, slots=True)
class Different:
    """Another request was done with this key."""


Standing: TypeAlias = Taken | Answered | UnderWay | Different


async def take(session: AsyncSession, org_id: str, key: str, request_hash: str, at: datetime) -> Standing:
    """Take a key for a request, or tell what became of the one that took it; what is too old is forgotten first."""
    await session.execute(
        delete(IdempotencyKey).where(IdempotencyKey.org_id == org_id, IdempotencyKey.expires_at <= at)
    )
    row_id = new_id()
    # A tuple of columns is what a conflict is known by: the constraint's name is the database's own.
    statement = inserting(session, IdempotencyKey).on_conflict_do_nothing(index_elements=["org_id", "key"])
    await session.execute(
        statement,
        {
            "id": row_id,
            "org_id": org_id,
            "key": key,
            "request_hash": request_hash,
            "status": None,
            "response_body": "",
            "expires_at": at + KEPT,
            "created_at": at,
            "updated_at": at,
        },
    )
    row = await session.scalar(
        select(IdempotencyKey)
        .where(IdempotencyKey.org_id == org_id, IdempotencyKey.key == key)
        .execution_options(populate_existing=True)
    )
    if row is None:
        return UnderWay()
    if row.id == row_id:
        return Taken(row_id)
    if row.request_hash != request_hash:
        return Different()
    if row.status is not None:
        return Answered(row.status, row.response_body)
    return await _taken_over(session, row, at)


async def answer(session: AsyncSession, org_id: str, taken: Taken, status: int, body: str) -> bool:
    """Put the answer beside the key, in the transaction that did the work; False when the key is ours no more."""
    statement = update(IdempotencyKey).where(
        IdempotencyKey.org_id == org_id, IdempotencyKey.id == taken.id, IdempotencyKey.status.is_(None)
    )
    result = await session.execute(
        statement.values(status=status, response_body=body).returning(IdempotencyKey.id)
    )
    return result.first() is not None


async def give_back(session: AsyncSession, org_id: str, taken: Taken) -> None:
    """Forget a key whose request was refused: it may be sent again."""
    await session.execute(
        delete(IdempotencyKey).where(
            IdempotencyKey.org_id == org_id, IdempotencyKey.id == taken.id, IdempotencyKey.status.is_(None)
        )
    )


async def _taken_over(session: AsyncSession, row: IdempotencyKey, at: datetime) -> Standing:
    if row.created_at > at - GIVEN_UP:
        return UnderWay()
    # A new id: whoever had the old one can answer no more, and of two that take over one finds it gone.
    statement = update(IdempotencyKey).where(
        IdempotencyKey.org_id == row.org_id, IdempotencyKey.id == row.id, IdempotencyKey.status.is_(None)
    )
    row_id = new_id()
    result = await session.execute(
        statement.values(id=row_id, created_at=at, expires_at=at + KEPT).returning(IdempotencyKey.id),
        execution_options={"synchronize_session": False},
    )
    return UnderWay() if result.first() is None else Taken(row_id)
