"""Callbacks that were promised: called first and at their time, kept or missed by the call, and tried again."""

from __future__ import annotations

import asyncio

from sqlalchemy import update

from tests.vantum.dialing.bad_placer import BadPlacer, Callee, at
from tests.vantum.dialing.kit import calls_of, hall, lead_of, many, new_scene, until_over
from vantum.core.outreach.lead import LeadState
from vantum.core.outreach.retry import Occasion
from vantum.core.phone_call import Outcome
from vantum.store import callbacks
from vantum.store.callbacks import Promise
from vantum.store.engine import Store
from vantum.store.models import Campaign, Lead, RetryPolicy
from vantum.store.words import CallbackState


async def test_who_was_promised_a_call_in_a_call_is_called_then(store: Store) -> None:
    async with store.writing() as session:
        scene = await new_scene(session, many(1))
    placer = BadPlacer()
    async with hall(store, placer):
        await asyncio.sleep(6.0)
        async with store.writing() as session:
            await callbacks.add(session, scene.org, scene.leads[0], Promise(at(60.0), "America/New_York"))
        await asyncio.sleep(20.0)
        lead = await lead_of(store, scene.leads[0])
        assert (lead.state, lead.next_attempt_at, lead.occasion) == (
            LeadState.WAITING,
            at(60.0),
            Occasion.PROMISE,
        )
        await until_over(store, scene.campaign, 160.0)
    first, second = placer.dials
    assert first.time < 1.0
    assert 60.0 <= second.time < 61.0
    calls = await calls_of(store, scene.campaign)
    assert [call.occasion for call in calls] == [Occasion.LIST, Occasion.PROMISE]
    async with store.reading() as session:
        told = await callbacks.of_lead(session, scene.org, scene.leads[0])
    assert [each.state for each in told] == [CallbackState.KEPT]


async def test_a_promise_that_nobody_takes_is_repeated_soon_and_not_at_once(store: Store) -> None:
    async with store.writing() as session:
        scene = await new_scene(session, many(1))
        await callbacks.add(session, scene.org, scene.leads[0], Promise(at(0.0), "America/New_York"))
        await session.execute(update(Lead).where(Lead.id == scene.leads[0]).values(occasion=Occasion.PROMISE))
        policy = RetryPolicy(org_id=scene.org, name="soon", missed_promise=[30])
        session.add(policy)
        await session.flush()
        campaign = update(Campaign).where(Campaign.id == scene.campaign)
        await session.execute(campaign.values(retry_policy_id=policy.id))
    placer = BadPlacer(
        lambda _order, _asked: Callee(Outcome.NO_ANSWER) if len(placer.dials) < 1 else Callee()
    )
    async with hall(store, placer):
        await until_over(store, scene.campaign, 100.0)
    first, second = placer.dials
    assert 32.0 <= second.time - first.time < 34.0
    async with store.reading() as session:
        told = await callbacks.of_lead(session, scene.org, scene.leads[0])
    assert [each.state for each in told] == [CallbackState.MISSED]
