"""The figures of a campaign are exact, and what holds it up is told."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

import pytest
from sqlalchemy import update

from tests.vantum.campaigns.kit import TERMS, scene_of
from tests.vantum.dialing.kit import Scene
from tests.vantum.store.rows import NOON, number
from vantum.campaigns.status import CampaignStatus, status
from vantum.core.errors import NoCampaignError
from vantum.core.outreach.campaign import CampaignState
from vantum.core.outreach.lead import LeadState
from vantum.core.outreach.outcome import AttemptOutcome, Disposition, Pickup
from vantum.store.costs import Spent
from vantum.store.engine import Store
from vantum.store.figures import Queue
from vantum.store.models import Call, Cost, Dialer, Lead
from vantum.store.words import CallStatus, CostKind, CostState, Direction, Transport

pytestmark = pytest.mark.real_time
MINUTE = timedelta(minutes=1)


async def status_of(store: Store, scene: Scene) -> CampaignStatus:
    return await status(store, scene.org, scene.campaign, TERMS, NOON)


def call(scene: Scene, lead: int, ended_at: datetime | None = NOON, **facts: Any) -> Call:
    dialed_at = facts.pop("dialed_at", NOON - MINUTE)
    return Call(
        org_id=scene.org,
        campaign_id=scene.campaign,
        lead_id=scene.leads[lead],
        direction=Direction.OUTBOUND,
        transport=Transport.LOCAL,
        to_number=number(lead),
        status=CallStatus.DIALING if ended_at is None else CallStatus.ENDED,
        queued_at=NOON - 2 * MINUTE,
        dialed_at=dialed_at,
        ended_at=ended_at,
        **facts,
    )


async def add(store: Store, *rows: Any) -> None:
    async with store.writing() as session:
        session.add_all(rows)


async def set_lead(store: Store, scene: Scene, index: int, **values: Any) -> None:
    async with store.writing() as session:
        await session.execute(update(Lead).where(Lead.id == scene.leads[index]).values(**values))


async def test_every_lead_and_every_attempt_is_counted_once(store: Store) -> None:
    scene = await scene_of(store, 6, state=CampaignState.RUNNING)
    won, later = Disposition.INTERESTED, NOON + 90 * MINUTE
    await set_lead(store, scene, 0, state=LeadState.DONE, final_disposition=won, next_attempt_at=None)
    await set_lead(store, scene, 1, state=LeadState.WAITING, next_attempt_at=later)
    await set_lead(store, scene, 2, state=LeadState.IN_CALL)
    await set_lead(store, scene, 3, state=LeadState.SKIPPED, next_attempt_at=None)
    human: dict[str, Any] = {
        "outcome": AttemptOutcome.ANSWERED_HUMAN,
        "disposition": won,
        "pickup": Pickup.IN_TIME,
    }
    await add(
        store,
        call(scene, 0, outcome=AttemptOutcome.BUSY),
        call(scene, 0, **human),
        call(scene, 1, outcome=AttemptOutcome.ABANDONED, pickup=Pickup.DROPPED),
        call(scene, 2, ended_at=None),
        # Given back before it was dialed: it never was an attempt.
        call(scene, 3, dialed_at=None, outcome=AttemptOutcome.CANCELED),
    )
    found = await status_of(store, scene)
    figures = found.figures
    assert (figures.total, figures.over, figures.left, found.in_call) == (6, 2, 4, 1)
    assert {state.value: count for state, count in figures.by_state.items() if count} == {
        "pending": 2,
        "waiting": 1,
        "in_call": 1,
        "done": 1,
        "skipped": 1,
    }
    assert (figures.attempts, figures.under_way, figures.answered, figures.conversations) == (4, 1, 2, 1)
    assert (figures.picked_up, figures.abandoned) == (2, 1)
    assert figures.by_disposition[won] == 1
    assert found.queue == Queue(due=2, later=1, first=later, last=later)


async def test_others_do_not_count(store: Store) -> None:
    scene = await scene_of(store, 2)
    other = await scene_of(store, 3, {"slug": "b"})
    await add(store, call(other, 0, outcome=AttemptOutcome.BUSY))
    found = await status_of(store, scene)
    assert (found.figures.total, found.figures.attempts, found.queue.due) == (2, 0, 2)
    with pytest.raises(NoCampaignError):
        await status(store, scene.org, other.campaign, TERMS, NOON)


async def test_when_it_will_be_over(store: Store) -> None:
    scene = await scene_of(store, 10, state=CampaignState.RUNNING, max_concurrency=1, calls_per_second=5.0)
    assert (await status_of(store, scene)).ends_at == NOON + 10 * MINUTE
    await set_lead(store, scene, 0, state=LeadState.WAITING, next_attempt_at=NOON + 60 * MINUTE)
    await set_lead(store, scene, 1, state=LeadState.WAITING, next_attempt_at=NOON + 120 * MINUTE)
    assert (await status_of(store, scene)).ends_at == NOON + 121 * MINUTE
    await set_lead(store, scene, 1, state=LeadState.DONE, next_attempt_at=None)
    assert (await status_of(store, scene)).ends_at == NOON + 61 * MINUTE


OVER: Final = {CampaignState.COMPLETED, CampaignState.FAILED, CampaignState.ARCHIVED}
CALLS: Final = {CampaignState.SCHEDULED, CampaignState.RUNNING}


async def test_what_is_over(store: Store) -> None:
    for state in CampaignState:
        scene = await scene_of(store, 1, state=state)
        found = await status_of(store, scene)
        assert (found.is_over, found.ends_at is not None) == (state in OVER, state in CALLS)
        await set_lead(store, scene, 0, state=LeadState.IN_CALL)
        assert not (await status_of(store, scene)).is_over


async def test_a_scheduled_one_is_over_after_it_has_begun(store: Store) -> None:
    begin = NOON + 60 * MINUTE
    scene = await scene_of(store, 1, state=CampaignState.SCHEDULED, start_at=begin)
    assert (await status_of(store, scene)).ends_at == begin + timedelta(seconds=3)


async def test_what_it_costs_and_what_holds_it_up(store: Store) -> None:
    scene = await scene_of(store, 3, state=CampaignState.RUNNING, budget_micros=1_000_000)
    done = call(scene, 0, outcome=AttemptOutcome.BUSY)
    await add(store, done)
    price = {"org_id": scene.org, "campaign_id": scene.campaign, "call_id": done.id, "unit": "minute"}
    paid = Cost(
        **price,
        provider="test",
        kind=CostKind.TELEPHONY,
        units=1.0,
        unit_price_micros=1.0,
        amount_micros=900_000,
        currency="USD",
        state=CostState.FINAL,
    )
    living = Dialer(id=scene.org, host="h", pid=1, version="1", started_at=NOON, heartbeat_at=NOON)
    await add(store, paid, living)
    found = await status_of(store, scene)
    assert (found.spent, found.currency, found.dialers) == (Spent(900_000, 0), "USD", 1)
    assert found.brake == "0.90 of 1.00 are spent or bound: one more call (0.90) would exceed the budget."


async def test_a_campaign_with_all_its_places_taken_is_not_held_up(store: Store) -> None:
    scene = await scene_of(store, 3, state=CampaignState.RUNNING, max_concurrency=1)
    await add(store, call(scene, 0, ended_at=None))
    assert (await status_of(store, scene)).brake == ""
