"""Campaigns begin and end at their time, and when nobody is left."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from sqlalchemy import select, update

from tests.vantum.dialing.bad_placer import BadPlacer, Callee, at
from tests.vantum.dialing.kit import Scene, hall, lead_states, many, new_scene, state_of
from tests.vantum.store.rows import number
from vantum.core.outreach.campaign import CampaignState
from vantum.core.outreach.lead import LeadState
from vantum.store import analysis_jobs, calls
from vantum.store.calls import NewAttempt
from vantum.store.engine import Store
from vantum.store.models import Campaign, Lead
from vantum.store.words import CallStatus, Transport


async def scene_of(store: Store, count: int = 2, **campaign: Any) -> Scene:
    async with store.writing() as session:
        return await new_scene(session, many(count), **campaign)


async def campaign_of(store: Store, scene: Scene) -> Campaign:
    async with store.reading() as session:
        return (await session.scalars(select(Campaign).where(Campaign.id == scene.campaign))).one()


async def test_a_scheduled_one_begins_at_its_time(store: Store) -> None:
    scene = await scene_of(store, state=CampaignState.SCHEDULED, start_at=at(30.0))
    placer = BadPlacer()
    async with hall(store, placer):
        await asyncio.sleep(29.0)
        assert (await state_of(store, scene.campaign), placer.dials) == (CampaignState.SCHEDULED, [])
        await asyncio.sleep(3.0)
        assert await state_of(store, scene.campaign) is CampaignState.RUNNING
        await asyncio.sleep(20.0)
    assert 30.0 <= placer.dials[0].time < 31.5
    campaign = await campaign_of(store, scene)
    assert campaign.started_at is not None
    assert at(30.0) <= campaign.started_at < at(32.0)


async def test_one_whose_last_day_is_over_is_stopped(store: Store) -> None:
    scene = await scene_of(store, 30, max_concurrency=2, end_at=at(20.0))
    placer = BadPlacer(lambda _order, _asked: Callee(talk=15.0))
    async with hall(store, placer):
        await asyncio.sleep(60.0)
    assert all(dial.time < 20.0 for dial in placer.dials)
    assert await lead_states(store, scene.campaign) == {
        "done": len(placer.dials),
        "skipped": 30 - len(placer.dials),
    }
    campaign = await campaign_of(store, scene)
    assert campaign.state is CampaignState.COMPLETED
    assert campaign.completed_at is not None


@pytest.mark.parametrize(
    ("state", "after"),
    [
        (CampaignState.RUNNING, CampaignState.COMPLETED),
        (CampaignState.PAUSED, CampaignState.COMPLETED),
        (CampaignState.SCHEDULED, CampaignState.SCHEDULED),
        (CampaignState.DRAFT, CampaignState.DRAFT),
        (CampaignState.FAILED, CampaignState.FAILED),
    ],
)
async def test_one_without_leads_is_completed_once_it_was_begun(
    store: Store, state: CampaignState, after: CampaignState
) -> None:
    scene = await scene_of(store, 0, state=state)
    async with hall(store, BadPlacer()):
        await asyncio.sleep(3.0)
    assert await state_of(store, scene.campaign) is after


async def test_one_that_runs_again_is_not_completed_any_more(store: Store) -> None:
    scene = await scene_of(store, 1, started_at=at(-60.0), completed_at=at(-30.0))
    async with store.writing() as session:
        await session.execute(update(Campaign).where(Campaign.id == scene.campaign).values(max_concurrency=0))
    async with hall(store, BadPlacer()):
        await asyncio.sleep(3.0)
    campaign = await campaign_of(store, scene)
    assert (campaign.started_at, campaign.completed_at) == (at(-60.0), None)


@pytest.mark.parametrize(("begun", "seconds"), [(True, 300.0), (False, 5.0)])
async def test_one_whose_last_call_is_being_analysed_waits_for_it(
    store: Store, begun: bool, seconds: float
) -> None:
    scene = await scene_of(store, 1)
    async with store.writing() as session:
        await session.execute(update(Lead).values(state=LeadState.DONE))
        contact, lead = scene.contacts[0], scene.leads[0]
        new = NewAttempt(
            scene.campaign, lead, contact, 1, number(0), number(1), Transport.LOCAL, "p", "d", at(0)
        )
        call = await calls.insert_attempt(session, scene.org, new)
        call.status, call.ended_at = CallStatus.ENDED, at(0)
        await session.flush()
        await analysis_jobs.ask_after(session, scene.org, call.id, at(0))
        if begun:
            assert await analysis_jobs.claim(session, [call.id], at(1), at(200))
    async with hall(store, BadPlacer()):
        await asyncio.sleep(seconds - 1.0)
        assert await state_of(store, scene.campaign) is CampaignState.RUNNING
        await asyncio.sleep(3.0)
        assert await state_of(store, scene.campaign) is CampaignState.COMPLETED
