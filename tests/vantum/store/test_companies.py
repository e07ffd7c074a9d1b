"""Companies: one for each domain."""

from __future__ import annotations

import pytest
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from tests.vantum.store.rows import new_org
from vantum.store import companies
from vantum.store.companies import NewCompany
from vantum.store.engine import Store

pytestmark = pytest.mark.real_time
ACORN = NewCompany(
    "Acorn", "acorn.example.com", dnc=True, max_calls_per_day=3, gatekeeper_notes="Ask for Ben."
)


async def test_one_is_found_by_its_domain(store: Store) -> None:
    async with store.writing() as session:
        org, other = await new_org(session, "a"), await new_org(session, "b")
        made = await companies.add(session, org, ACORN)
        found = await companies.by_domain(session, org, "acorn.example.com")
        assert found is made
        assert (found.name, found.dnc, found.max_calls_per_day) == ("Acorn", True, 3)
        assert found.gatekeeper_notes == "Ask for Ben."
        assert await companies.by_domain(session, other, "acorn.example.com") is None


async def test_a_domain_is_one_companys_and_none_is_everybodys(store: Store) -> None:
    async with store.writing() as session:
        org = await new_org(session, "a")
        for _ in range(2):
            await companies.add(session, org, NewCompany("Nameless"))

    async def add_twice(session: AsyncSession) -> None:
        for _ in range(2):
            await companies.add(session, org, ACORN)

    with pytest.raises(IntegrityError):
        await store.write(add_twice)
