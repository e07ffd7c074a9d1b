"""What webhooks are told of a campaign that runs: each call from its claim to its end, and the campaign itself."""

from __future__ import annotations

import asyncio
from collections import Counter

from sqlalchemy import select

from tests.vantum.dialing.bad_placer import BadPlacer, at
from tests.vantum.dialing.kit import Hall, calls_of, many, new_scene, until_over
from vantum.core.outreach.campaign import CampaignState
from vantum.outreach.aftermath import settled
from vantum.store.engine import Store
from vantum.store.models import WebhookDelivery, WebhookEndpoint


async def told(store: Store) -> list[tuple[str, str]]:
    """Events and what they are about, in the order in which they were written."""
    async with store.reading() as session:
        rows = await session.scalars(select(WebhookDelivery).order_by(WebhookDelivery.id))
        return [(row.event, row.subject_id) for row in rows]


async def listen(store: Store, org: str) -> None:
    async with store.writing() as session:
        session.add(WebhookEndpoint(org_id=org, url="https://hooks.example", events=["*"], secret="x" * 32))


async def test_a_call_is_told_from_its_claim_to_its_end(store: Store) -> None:
    async with store.writing() as session:
        scene = await new_scene(session, many(1), state=CampaignState.SCHEDULED, start_at=at(1.0))
    await listen(store, scene.org)
    opened = Hall(store, BadPlacer(), told=settled)
    try:
        await opened.open()
        await until_over(store, scene.campaign, 60.0)
    finally:
        await opened.close()
    (call,) = await calls_of(store, scene.campaign)
    assert [event for event, subject in await told(store) if subject == call.id] == [
        "call.queued",
        "call.ringing",
        "call.answered",
        "call.ended",
    ]
    assert [event for event, subject in await told(store) if subject == scene.campaign] == [
        "campaign.started",
        "campaign.completed",
    ]


async def test_that_a_budget_is_spent_is_told_once(store: Store) -> None:
    async with store.writing() as session:
        scene = await new_scene(session, many(3), budget_micros=0)
    await listen(store, scene.org)
    opened = Hall(store, BadPlacer(), told=settled)
    try:
        await opened.open()
        await asyncio.sleep(5.0)
    finally:
        await opened.close()
    assert Counter(await told(store)) == {("campaign.budget_reached", scene.campaign): 1}
