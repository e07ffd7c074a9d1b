"""One row changed by its id: for whoever has checked what it becomes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from vantum.store.models import Org
from vantum.store.models.base import Owned

Row = TypeVar("Row", bound=Owned)


async def get(session: AsyncSession, org_id: str, model: type[Row], row_id: str) -> Row | None:
    """A row of an organisation; None for one of another."""
    return await session.scalar(select(model).where(model.org_id == org_id, model.id == row_id))


async def change(
    session: AsyncSession, org_id: str, model: type[Row], row_id: str, values: Mapping[str, object]
) -> Row | None:
    """Set columns, by their names; gives the row as it is now, None where the organisation has no such row."""
    if not values:
        return await get(session, org_id, model, row_id)
    statement = update(model).where(model.org_id == org_id, model.id == row_id).values({**values})
    found = await session.scalars(
        statement.returning(model),
        execution_options={"populate_existing": True, "synchronize_session": False},
    )
    return found.one_or_none()


async def change_org(session: AsyncSession, org_id: str, values: Mapping[str, object]) -> Org | None:
    """The same for an organisation itself; gives it as it is now."""
    if not values:
        return await session.get(Org, org_id)
    statement = update(Org).where(Org.id == org_id).values({**values}).returning(Org)
    options = {"populate_existing": True, "synchronize_session": False}
    return (await session.scalars(statement, execution_options=options)).one_or_none()
