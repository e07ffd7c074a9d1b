"""Users: one for each address, and always an owner among them."""

from __future__ import annotations

import pytest
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from tests.vantum.store.rows import NOON, new_org
from vantum.store import changes, users
from vantum.store.engine import Store
from vantum.store.models import User
from vantum.store.words import Role

pytestmark = pytest.mark.real_time


async def test_one_is_found_by_its_address(store: Store) -> None:
    async with store.writing() as session:
        org, other = await new_org(session, "a"), await new_org(session, "b")
        made = await users.add(session, org, "a@example.com", "A", Role.VIEWER)
        await users.add(session, other, "a@example.com", "B", Role.VIEWER)
        found = await users.by_email(session, org, "a@example.com")
        assert found is not None
        assert (found.id, found.name) == (made.id, "A")
        assert await users.by_email(session, org, "b@example.com") is None


async def test_an_address_is_one_users(store: Store) -> None:
    async def add_twice(session: AsyncSession) -> None:
        org = await new_org(session, "a")
        for name in "AB":
            await users.add(session, org, "a@example.com", name, Role.VIEWER)

    with pytest.raises(IntegrityError):
        await store.write(add_twice)


async def test_only_owners_who_are_there_count(store: Store) -> None:
    async with store.writing() as session:
        org, other = await new_org(session, "a"), await new_org(session, "b")
        one, two, _, _ = [
            await users.add(session, each, f"{index}@example.com", "", role)
            for index, (each, role) in enumerate(
                [(org, Role.OWNER), (org, Role.OWNER), (org, Role.ADMIN), (other, Role.OWNER)]
            )
        ]
        assert await users.active_owners(session, org) == sorted([one.id, two.id])
        await changes.change(session, org, User, one.id, {"disabled_at": NOON})
        assert await users.active_owners(session, org) == [two.id]
