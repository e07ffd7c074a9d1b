"""Long lists in pages: each page begins behind the last id of the one before, so that nothing is counted or skipped.

Ids are UUIDv7: their order is that of time. A row that is added or removed moves no other one to another page.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final, Generic, TypeVar

from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncSession

from vantum.store.models.base import Owned

DEFAULT_SIZE: Final = 50
LARGEST_SIZE: Final = 500

Row = TypeVar("Row", bound=Owned)


class Order(Enum):
    """Which rows come first."""

    NEWEST_FIRST = "newest first"
    OLDEST_FIRST = "oldest first"


@dataclass(frozen=True, slots=True)
class Cut:
    """Which part of a list is wanted: at most ``size`` rows behind the id ``after``, from the start without one."""

    size: int = DEFAULT_SIZE
    after: str | None = None
    order: Order = Order.NEWEST_FIRST

    def __post_init__(self) -> None:
        if not 1 <= self.size <= LARGEST_SIZE:
            raise ValueError(f"A page has 1 to {LARGEST_SIZE} rows, not {self.size}.")


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """Some rows; ``after`` is where the next page begins, None behind the last one."""

    rows: Sequence[Row]
    after: str | None


async def page(
    session: AsyncSession, org_id: str, model: type[Row], cut: Cut, *where: ColumnElement[bool]
) -> Page[Row]:
    """One page of an organisation's rows for which all of ``where`` hold."""
    statement = select(model).where(model.org_id == org_id, *where)
    newest = cut.order is Order.NEWEST_FIRST
    if cut.after is not None:
        statement = statement.where(model.id < cut.after if newest else model.id > cut.after)
    statement = statement.order_by(model.id.desc() if newest else model.id)
    # One more than asked for, to know whether there is a next page.
    rows = (await session.scalars(statement.limit(cut.size + 1))).all()
    last = rows[cut.size - 1].id if len(rows) > cut.size else None
    return Page(rows[: cut.size], last)
