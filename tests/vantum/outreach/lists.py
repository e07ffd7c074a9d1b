"""Lists for tests, and an organisation that imports them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from tests.vantum.store.rows import NOON, new_org
from vantum.outreach.list_reading import ImportProgress, Order
from vantum.sheets.prospect_list import Wish
from vantum.store.engine import Store
from vantum.store.models import Campaign
from vantum.store.models.base import Base, table_of

WISH = Wish(NOON, "US")


def phone(index: int) -> str:
    """One of many numbers in New York, in E.164."""
    return f"+1212{2000000 + index}"


def csv_list(folder: Path, *lines: str, name: str = "list.csv") -> Path:
    """A file of these lines."""
    path = folder / name
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def long_list(folder: Path, count: int) -> Path:
    """A list of ``count`` people with their companies."""
    rows = (f"{phone(n)},Person {n},p{n}@c{n % 50}.example.com,Company {n % 50}" for n in range(count))
    return csv_list(folder, "phone,name,email,company", *rows, name="long.csv")


@dataclass(frozen=True, slots=True)
class Desk:
    """An organisation and its campaign."""

    org: str
    campaign: str

    def order(self, path: Path, **more: Any) -> Order:
        """An order to import a file for the campaign."""
        return Order(path, WISH, **{"campaign_id": self.campaign, **more})


async def new_desk(session: AsyncSession, slug: str = "a") -> Desk:
    """An organisation with a campaign in draft."""
    org = await new_org(session, slug)
    campaign = Campaign(org_id=org, name="Autumn", pipeline="outreach")
    session.add(campaign)
    await session.flush()
    return Desk(org, campaign.id)


async def desk_in(store: Store, slug: str = "a") -> Desk:
    """The same in a store."""
    return await store.write(lambda session: new_desk(session, slug))


async def count(store: Store, model: type[Base]) -> int:
    """How many rows a table has, of all organisations."""
    async with store.reading() as session:
        return await session.scalar(select(func.count()).select_from(table_of(model))) or 0


async def rows_of(store: Store, model: type[Base]) -> Sequence[Any]:
    """All rows of a table in the order of their ids."""
    table = table_of(model)
    async with store.reading() as session:
        return (await session.execute(select(table).order_by(table.c.id))).all()


class Watch:
    """Keeps what an import reports."""

    def __init__(self) -> None:
        self.told: list[ImportProgress] = []

    def __call__(self, progress: ImportProgress) -> None:
        self.told.append(progress)
