"""Costs: bound, told again, and final; a bill is never replaced by an estimate."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from tests.vantum.store.rows import NOON, new_scene
from vantum.store import calls, costs
from vantum.store.costs import NewCost, Spent
from vantum.store.engine import Store
from vantum.store.models import Call
from vantum.store.words import CallStatus, CostKind, CostState

pytestmark = pytest.mark.real_time


def cost(amount: int, state: CostState = CostState.ESTIMATED, kind: CostKind = CostKind.TELEPHONY) -> NewCost:
    return NewCost("twilio", kind, "minute", 1.0, float(amount), amount, "USD", state)


async def test_an_estimate_gives_way_and_a_bill_stays(store: Store) -> None:
    async with store.writing() as session:
        scene, other = await new_scene(session, "a", 1), await new_scene(session, "b", 1)
        call = await calls.insert_attempt(session, scene.org, scene.attempt())

        async def put(given: NewCost) -> Spent:
            await costs.put(session, scene.org, call.id, scene.campaign, given)
            return await costs.spent(session, scene.org, scene.campaign)

        assert await costs.spent(session, scene.org, scene.campaign) == Spent(0, 0)
        assert await put(cost(100)) == Spent(0, 100)
        assert await put(cost(60)) == Spent(0, 60)
        assert await put(cost(7, kind=CostKind.LLM)) == Spent(0, 67)
        assert await put(cost(55, CostState.FINAL)) == Spent(55, 7)
        assert await put(cost(99)) == Spent(55, 7)
        assert await put(cost(56, CostState.FINAL)) == Spent(56, 7)
        await costs.put(session, other.org, call.id, scene.campaign, cost(1, CostState.FINAL))
        assert await costs.spent(session, scene.org, scene.campaign) == Spent(56, 7)
        assert await costs.spent(session, other.org, scene.campaign) == Spent(0, 0)


async def test_the_average_is_of_calls_that_were_dialed_and_are_over(store: Store) -> None:
    async with store.writing() as session:
        scene = await new_scene(session, "a", 3)
        for place, (ended, dialed) in enumerate(((True, True), (True, False), (False, True))):
            call = await calls.insert_attempt(session, scene.org, scene.attempt(place))
            await costs.put(session, scene.org, call.id, scene.campaign, cost(101))
            await costs.put(session, scene.org, call.id, scene.campaign, cost(2, kind=CostKind.TTS))
            await session.execute(
                update(Call)
                .where(Call.id == call.id)
                .values(
                    status=CallStatus.ENDED if ended else CallStatus.IN_CALL,
                    ended_at=NOON if ended else None,
                    dialed_at=NOON if dialed else None,
                )
            )
            if place == 0:
                assert await costs.per_call(session, scene.org, scene.campaign) == 103
        assert await costs.per_call(session, scene.org, scene.campaign) == 103
        assert await costs.per_call(session, scene.org, "none") is None


def test_nothing_costs_less_than_nothing() -> None:
    with pytest.raises(ValueError, match="0 or more"):
        cost(-1)
