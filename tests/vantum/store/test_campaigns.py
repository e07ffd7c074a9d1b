"""Campaigns: found in their organisation, and moved only by who has seen the state they are in."""

from __future__ import annotations

import asyncio

import pytest

from tests.vantum.store.rows import NOON, Scene, new_org, new_scene
from vantum.core.errors import IllegalMoveError
from vantum.core.outreach.campaign import CampaignEvent, CampaignState
from vantum.store import campaigns
from vantum.store.engine import Store
from vantum.store.models import Campaign

pytestmark = pytest.mark.real_time


async def state_of(store: Store, scene: Scene) -> tuple[CampaignState, str]:
    async with store.reading() as session:
        found = await campaigns.get(session, scene.org, scene.campaign)
        assert found is not None
        return found.state, found.state_reason


async def new(store: Store) -> Scene:
    async with store.writing() as session:
        return await new_scene(session, "a", 1)


async def test_a_move_is_made_once_and_tells_why(store: Store) -> None:
    scene = await new(store)
    async with store.writing() as session:

        async def move(seen: CampaignState, event: CampaignEvent, reason: str = "") -> bool:
            return await campaigns.move(session, scene.org, scene.campaign, seen, event, reason)

        assert await move(CampaignState.DRAFT, CampaignEvent.START)
        assert not await move(CampaignState.DRAFT, CampaignEvent.START)
        assert await move(CampaignState.RUNNING, CampaignEvent.PAUSE, "The budget is used up.")
        assert not await move(CampaignState.RUNNING, CampaignEvent.PAUSE, "Another reason.")
    assert await state_of(store, scene) == (CampaignState.PAUSED, "The budget is used up.")


async def test_what_cannot_happen_does_not(store: Store) -> None:
    scene = await new(store)
    async with store.writing() as session:
        with pytest.raises(IllegalMoveError, match="finish is not possible while draft"):
            await campaigns.move(
                session, scene.org, scene.campaign, CampaignState.DRAFT, CampaignEvent.FINISH
            )
    assert await state_of(store, scene) == (CampaignState.DRAFT, "")


async def test_of_ten_who_start_it_at_once_one_does(store: Store) -> None:
    scene = await new(store)

    async def start() -> bool:
        return await store.write(
            lambda session: campaigns.move(
                session, scene.org, scene.campaign, CampaignState.DRAFT, CampaignEvent.START
            )
        )

    assert sorted(await asyncio.gather(*(start() for _ in range(10)))) == [False] * 9 + [True]


async def test_they_are_found_by_state_the_most_urgent_first(store: Store) -> None:
    async with store.writing() as session:
        org, other = await new_org(session, "a"), await new_org(session, "b")
        for name, priority, state in (
            ("x", 5, CampaignState.RUNNING),
            ("y", 9, CampaignState.RUNNING),
            ("z", 1, CampaignState.PAUSED),
        ):
            session.add(Campaign(org_id=org, name=name, pipeline="p", priority=priority, state=state))
        session.add(Campaign(org_id=other, name="x", pipeline="p", state=CampaignState.RUNNING))
        await session.flush()
        running = await campaigns.in_state(session, org, CampaignState.RUNNING)
        assert [campaign.name for campaign in running] == ["y", "x"]
        found = await campaigns.by_name(session, org, "z")
        assert found is not None
        assert await campaigns.get(session, org, found.id) is found
        assert await campaigns.by_name(session, other, "z") is None


async def test_dialers_see_the_campaigns_of_all_and_stamp_them(store: Store) -> None:
    async with store.writing() as session:
        scene, other = await new_scene(session, "a", 1), await new_scene(session, "b", 1)
        for each, priority in ((scene, 1), (other, 9)):
            assert await campaigns.move(
                session, each.org, each.campaign, CampaignState.DRAFT, CampaignEvent.START
            )
            found = await campaigns.get(session, each.org, each.campaign)
            assert found is not None
            found.priority = priority
        await session.flush()
        running = await campaigns.of_dialers(session, CampaignState.RUNNING, CampaignState.PAUSED)
        assert [each.id for each in running] == [other.campaign, scene.campaign]
        assert await campaigns.move(
            session, scene.org, scene.campaign, CampaignState.RUNNING, CampaignEvent.STOP
        )
        assert [each.id for each in await campaigns.unfinished(session)] == [scene.campaign]
        await campaigns.stamp(session, other.org, scene.campaign, NOON, NOON)
        assert len(await campaigns.unfinished(session)) == 1
        await campaigns.stamp(session, scene.org, scene.campaign, NOON, NOON)
        assert await campaigns.unfinished(session) == []


async def test_dialers_have_something_to_do_until_a_campaign_is_at_its_end(store: Store) -> None:
    async def wanted() -> bool:
        async with store.reading() as session:
            return await campaigns.any_for_dialers(session)

    async def move(seen: CampaignState, event: CampaignEvent) -> None:
        async with store.writing() as session:
            assert await campaigns.move(session, scene.org, scene.campaign, seen, event, "")

    scene = await new(store)
    assert not await wanted()
    await move(CampaignState.DRAFT, CampaignEvent.START)
    assert await wanted()
    await move(CampaignState.RUNNING, CampaignEvent.PAUSE)
    assert await wanted()
    await move(CampaignState.PAUSED, CampaignEvent.STOP)
    assert await wanted()
    async with store.writing() as session:
        await campaigns.stamp(session, scene.org, scene.campaign, None, NOON)
    assert not await wanted()
