"""Leads: who is due, in which order, for one dialer at a time; and counts that add up."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import URL, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from tests.vantum.store.databases import WITH_SERVER
from tests.vantum.store.rows import NOON, Scene, new_scene
from vantum.core.errors import IllegalMoveError
from vantum.core.outreach.campaign import CampaignState
from vantum.core.outreach.lead import LeadEvent, LeadState
from vantum.core.outreach.retry import Occasion
from vantum.store import calls, leads
from vantum.store.engine import Store, open_store
from vantum.store.models import Campaign, Lead

pytestmark = pytest.mark.real_time


async def places(session: AsyncSession, scene: Scene, minutes: float = 0, most: int = 99) -> list[int]:
    """Who is due, by their place in the scene."""
    at = NOON + timedelta(minutes=minutes)
    due = await leads.due(session, scene.org, scene.campaign, at, most)
    return [scene.leads.index(lead.id) for lead in due]


async def put(session: AsyncSession, scene: Scene, lead: int, **values: object) -> None:
    await session.execute(update(Lead).where(Lead.id == scene.leads[lead]).values(**values))


async def test_promises_go_first_then_priority_then_who_waited_longest(store: Store) -> None:
    async with store.writing() as session:
        scene = await new_scene(session, "a", 6)
        for place, (occasion, priority, minutes) in enumerate(
            [
                (Occasion.LIST, 0, -1),
                (Occasion.PROMISE, 0, 0),
                (Occasion.LIST, 0, -5),
                (Occasion.LIST, 9, 0),
                (Occasion.LIST, 0, 1),
                (Occasion.PROMISE, 9, -1),
            ]
        ):
            await put(
                session,
                scene,
                place,
                occasion=occasion,
                priority=priority,
                next_attempt_at=NOON + timedelta(minutes=minutes),
                state=LeadState.WAITING,
            )
        assert await places(session, scene) == [5, 1, 3, 2, 0]
        assert await places(session, scene, most=2) == [5, 1]
        assert await places(session, scene, minutes=1) == [5, 1, 3, 2, 0, 4]
        assert await places(session, scene, minutes=-9) == []


@pytest.mark.parametrize("state", LeadState)
async def test_only_who_may_be_claimed_is_due(store: Store, state: LeadState) -> None:
    async with store.writing() as session:
        scene = await new_scene(session, "a", 2)
        await put(session, scene, 0, state=state)
        await put(session, scene, 1, next_attempt_at=None)
        assert await places(session, scene) == ([0] if state in ("pending", "waiting") else [])


async def test_the_due_ones_come_from_an_index(store: Store) -> None:
    async with store.writing() as session:
        scene = await new_scene(session, "a", 2)
        if session.get_bind().dialect.name == "postgresql":
            # Two rows are read and sorted faster than any index is.
            for way in ("seqscan", "bitmapscan", "sort"):
                await session.execute(text(f"SET LOCAL enable_{way} = off"))
            explain = "EXPLAIN"
        else:
            explain = "EXPLAIN QUERY PLAN"
        asked = (
            "SELECT id FROM leads WHERE campaign_id = :campaign AND state IN ('pending', 'waiting') "
            "AND next_attempt_at <= '2026-12-01' ORDER BY occasion DESC, priority DESC, next_attempt_at, id LIMIT 10"
        )
        plan = " ".join(
            str(row)
            for row in await session.execute(text(f"{explain} {asked}"), {"campaign": scene.campaign})
        )
        assert "ix_leads_due" in plan
        assert "sort" not in plan.lower()
        assert "B-TREE" not in plan


async def test_no_two_dialers_get_the_same_lead(store: Store) -> None:
    async with store.writing() as session:
        scene = await new_scene(session, "a", 40)

    async def claim(dialer: int) -> list[str]:
        async def work(session: AsyncSession) -> list[str]:
            due = await leads.due(session, scene.org, scene.campaign, NOON, 5)
            for lead in due:
                also: leads.Values = {Lead.leased_by: f"dialer-{dialer}"}
                assert await leads.move(session, scene.org, lead.id, lead.state, LeadEvent.CLAIMED, also)
            return [lead.id for lead in due]

        return await store.write(work)

    claimed = [
        lead for found in await asyncio.gather(*(claim(number) for number in range(12))) for lead in found
    ]
    assert len(claimed) == len(set(claimed))
    async with store.reading() as session:
        counts = await leads.counts(session, scene.org, scene.campaign)
    assert counts[LeadState.LEASED] == len(claimed)
    assert sum(counts.values()) == 40


@WITH_SERVER
async def test_a_lead_that_another_has_locked_is_left_out(empty_postgres: URL) -> None:
    """On SQLite nobody else can write meanwhile."""
    async with open_store(empty_postgres) as store, store.writing() as session:
        scene = await new_scene(session, "a", 3)
        await session.commit()
        assert await places(session, scene, most=2) == [0, 1]
        async with store.writing() as other:
            assert await places(other, scene) == [2]


async def test_a_move_is_made_once_with_all_that_goes_with_it(store: Store) -> None:
    later = NOON + timedelta(hours=2)
    async with store.writing() as session:
        scene = await new_scene(session, "a", 1)

        async def move(seen: LeadState, event: LeadEvent, also: leads.Values = leads.NOTHING) -> bool:
            return await leads.move(session, scene.org, scene.leads[0], seen, event, also)

        assert await move(
            LeadState.PENDING, LeadEvent.CLAIMED, {Lead.leased_by: "d", Lead.attempts: Lead.attempts + 1}
        )
        assert not await move(LeadState.PENDING, LeadEvent.CLAIMED)
        assert await move(
            LeadState.LEASED, LeadEvent.REQUEUED, {Lead.leased_by: None, Lead.next_attempt_at: later}
        )
        with pytest.raises(IllegalMoveError):
            await move(LeadState.WAITING, LeadEvent.PLACED)
    async with store.reading() as session:
        lead = await leads.get(session, scene.org, scene.leads[0])
        assert lead is not None
        assert (lead.state, lead.attempts, lead.leased_by, lead.next_attempt_at) == (
            LeadState.WAITING,
            1,
            None,
            later,
        )


async def test_a_contact_is_in_a_campaign_once(store: Store) -> None:
    async with store.writing() as session:
        scene = await new_scene(session, "a", 3)
        other = await new_scene(session, "b", 2)
        again = [*scene.contacts, *other.contacts]
        assert await leads.add(session, scene.org, scene.campaign, again, NOON) == 0
        assert await leads.add(session, scene.org, other.campaign, scene.contacts, NOON) == 0
        assert await leads.add(session, scene.org, scene.campaign, [], NOON) == 0
        assert (await leads.counts(session, scene.org, scene.campaign))[LeadState.PENDING] == 3
        assert sum((await leads.counts(session, scene.org, other.campaign)).values()) == 0
        assert (await leads.counts(session, other.org, other.campaign))[LeadState.PENDING] == 2


async def test_nobody_moves_or_sees_the_leads_of_others(store: Store) -> None:
    async with store.writing() as session:
        scene, other = await new_scene(session, "a", 1), await new_scene(session, "b", 1)
        lead = other.leads[0]
        assert not await leads.move(session, scene.org, lead, LeadState.PENDING, LeadEvent.CLAIMED)
        assert await leads.get(session, scene.org, lead) is None
        assert await leads.due(session, scene.org, other.campaign, NOON, 9) == []


async def test_a_stop_skips_who_is_not_called_yet(store: Store) -> None:
    async with store.writing() as session:
        scene, other = await new_scene(session, "a", 4), await new_scene(session, "b", 1)
        await put(session, scene, 0, state=LeadState.IN_CALL)
        await put(session, scene, 1, state=LeadState.DONE)
        await put(session, scene, 2, state=LeadState.WAITING)
        assert await leads.stop(session, scene.org, other.campaign, "no") == 0
        assert await leads.stop(session, scene.org, scene.campaign, "Stopped.") == 2
        counts = await leads.counts(session, scene.org, scene.campaign)
        assert {state.value: count for state, count in counts.items() if count} == {
            "in_call": 1,
            "done": 1,
            "skipped": 2,
        }
        assert await leads.any_left(session, scene.org, scene.campaign)
        await put(session, scene, 0, state=LeadState.DONE)
        assert not await leads.any_left(session, scene.org, scene.campaign)
        assert await leads.any_left(session, other.org, other.campaign)
        assert not await leads.any_left(session, scene.org, other.campaign)


async def test_leads_are_forsaken_that_are_held_by_no_live_call(store: Store) -> None:
    async with store.writing() as session:
        scene = await new_scene(session, "a", 4)
        for place, state in enumerate((LeadState.LEASED, LeadState.IN_CALL, LeadState.LEASED)):
            await put(session, scene, place, state=state)
        await calls.insert_attempt(session, scene.org, scene.attempt(0))
        found = await leads.forsaken(session, 9)
        assert [lead.id for lead in found] == sorted(scene.leads[1:3])
        assert len(await leads.forsaken(session, 1)) == 1


@pytest.mark.parametrize(
    ("campaign", "lead", "expected"),
    [
        ({"state": CampaignState.RUNNING}, {}, True),
        ({"state": CampaignState.PAUSED}, {}, False),
        ({"state": CampaignState.RUNNING}, {"state": LeadState.IN_CALL}, False),
        ({"state": CampaignState.RUNNING}, {"next_attempt_at": NOON + timedelta(seconds=1)}, False),
        ({"state": CampaignState.RUNNING}, {"state": LeadState.WAITING, "next_attempt_at": NOON}, True),
    ],
)
async def test_whether_anybody_is_due_at_all(
    store: Store, campaign: dict[str, object], lead: dict[str, object], expected: bool
) -> None:
    async with store.writing() as session:
        scene = await new_scene(session, "a", 1)
        await session.execute(update(Campaign).where(Campaign.id == scene.campaign).values(**campaign))
        await session.execute(update(Lead).values(**{"next_attempt_at": NOON, **lead}))
    async with store.reading() as session:
        assert await leads.any_due(session, NOON) is expected
