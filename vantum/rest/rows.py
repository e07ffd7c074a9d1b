"""Rows that a request names: found in the asking organisation, or refused as if they did not exist."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import TypeVar

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from vantum.rest.problems import Kind, Refused, flaw_at, invalid, not_found
from vantum.store import changes
from vantum.store.models.base import Owned

Row = TypeVar("Row", bound=Owned)
Made = TypeVar("Made")


async def found(session: AsyncSession, org_id: str, model: type[Row], row_id: str, what: str) -> Row:
    """The row that a path names; raises Refused."""
    row = await changes.get(session, org_id, model, row_id)
    if row is None:
        raise not_found(what)
    return row


async def changed(session: AsyncSession, org_id: str, row: Row, values: dict[str, object]) -> Row:
    """The row with some columns set anew; one that is gone meanwhile, or like another one, raises Refused."""
    told = await unique(changes.change(session, org_id, type(row), row.id, values))
    if told is None:
        raise not_found("thing")
    return told


async def named(
    session: AsyncSession, org_id: str, model: type[Owned], row_id: str | None, field: str
) -> None:
    """See to it that a row which a body names is ours; raises Refused. None names nothing."""
    if row_id is not None and await changes.get(session, org_id, model, row_id) is None:
        raise invalid(flaw_at(field, "There is nothing with this id."))


async def unique(making: Awaitable[Made]) -> Made:
    """What is made or changed; a conflict where there is one like it already."""
    try:
        return await making
    except IntegrityError as error:
        raise Refused(Kind.CONFLICT, "There is one like it already.") from error
