"""Calls as a list: found by both of their names, never by another's, and with what they cost."""

from __future__ import annotations

import pytest

from tests.vantum.store.rows import new_scene
from vantum.store import call_list, calls, costs
from vantum.store.call_list import Paid
from vantum.store.costs import NewCost
from vantum.store.engine import Store
from vantum.store.words import CostKind, CostState

pytestmark = pytest.mark.real_time
RECORD = "019ad5e0-0000-7000-8000-000000000001"


async def test_a_call_has_two_names(store: Store) -> None:
    async with store.writing() as session:
        scene, other = await new_scene(session, "a"), await new_scene(session, "b")
        call = await calls.insert_attempt(session, scene.org, scene.attempt())
        call.record_id = RECORD
        await session.flush()
        for name in (call.id, RECORD):
            found = await call_list.named(session, scene.org, name)
            assert found is not None
            assert found.id == call.id
            assert await call_list.named(session, other.org, name) is None
            assert await call_list.is_somebodys(session, name)
        assert await call_list.named(session, scene.org, scene.campaign) is None
        assert not await call_list.is_somebodys(session, scene.campaign)


def cost(provider: str, micros: int, state: CostState) -> NewCost:
    return NewCost(provider, CostKind.TELEPHONY, "minute", 1.0, float(micros), micros, "EUR", state)


async def test_costs_add_up_and_are_final_when_all_are(store: Store) -> None:
    async with store.writing() as session:
        scene, other = await new_scene(session, "a"), await new_scene(session, "b")
        first, second, third = [
            (await calls.insert_attempt(session, scene.org, scene.attempt(lead))).id for lead in range(3)
        ]
        for call_id, provider, micros, state in (
            (first, "a", 5, CostState.FINAL),
            (first, "b", 6, CostState.FINAL),
            (second, "a", 7, CostState.FINAL),
            (second, "b", 8, CostState.ESTIMATED),
        ):
            await costs.put(session, scene.org, call_id, scene.campaign, cost(provider, micros, state))
        wanted = [first, second, third]
        assert await call_list.paid(session, scene.org, wanted) == {
            first: Paid(11, "EUR", CostState.FINAL),
            second: Paid(15, "EUR", CostState.ESTIMATED),
        }
        assert await call_list.paid(session, other.org, wanted) == {}
        assert await call_list.paid(session, scene.org, []) == {}
