"""Suppressions as a list: what holds, what is over, and the row that says a thing."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.vantum.store.rows import NOON, new_org, number
from vantum.core.legal import case as legal
from vantum.core.legal.case import Reason, Scope
from vantum.store import suppressions
from vantum.store.engine import Store
from vantum.store.models import Suppression
from vantum.store.suppression_list import Standing, saying, standing_at

pytestmark = pytest.mark.real_time
ASKED = legal.Suppression(Scope.NUMBER, number(0), Reason.ASKED)
PASSING = legal.Suppression(Scope.NUMBER, number(1), Reason.NATIONAL_DNC, NOON)


@pytest.mark.parametrize(
    ("standing", "seconds", "values"),
    [
        (Standing.IN_FORCE, -1, {number(0), number(1)}),
        (Standing.OVER, -1, set()),
        (Standing.IN_FORCE, 0, {number(0)}),
        (Standing.OVER, 0, {number(1)}),
    ],
)
async def test_what_holds_is_told_apart_from_what_is_over(
    store: Store, standing: Standing, seconds: int, values: set[str]
) -> None:
    async with store.writing() as session:
        org = await new_org(session, "a")
        for each in (ASKED, PASSING):
            await suppressions.add(session, org, each)
        where = standing_at(standing, NOON + timedelta(seconds=seconds))
        found = await session.scalars(select(Suppression.value).where(Suppression.org_id == org, where))
        assert set(found) == values


async def test_the_row_that_says_a_thing_is_found(store: Store) -> None:
    async with store.writing() as session:
        org, other = await new_org(session, "a"), await new_org(session, "b")
        await suppressions.add(session, org, ASKED)
        row = await saying(session, org, ASKED)
        assert row is not None
        assert (row.value, row.reason) == (number(0), Reason.ASKED)
        assert await saying(session, other, ASKED) is None
        assert await saying(session, org, PASSING) is None
