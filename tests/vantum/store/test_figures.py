"""Rows of a campaign are counted by kind, each of them once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import update

from tests.vantum.store.rows import NOON, Scene, new_scene
from vantum.core.outreach.lead import LeadState
from vantum.core.outreach.outcome import AttemptOutcome, Disposition, Pickup
from vantum.core.outreach.progress import AttemptKind, LeadKind
from vantum.store import calls, figures
from vantum.store.engine import Store
from vantum.store.figures import Queue
from vantum.store.models import Lead
from vantum.store.words import CallStatus

pytestmark = pytest.mark.real_time
HOUR = timedelta(hours=1)


async def new(store: Store, count: int = 5) -> Scene:
    async with store.writing() as session:
        await new_scene(session, "other", 2)
        return await new_scene(session, "a", count)


async def test_leads_by_state_and_disposition(store: Store) -> None:
    scene = await new(store)
    async with store.writing() as session:
        for lead in scene.leads[:2]:
            done = {"state": LeadState.DONE, "final_disposition": Disposition.INTERESTED}
            await session.execute(update(Lead).where(Lead.id == lead).values(**done))
    async with store.reading() as session:
        assert await figures.lead_kinds(session, scene.org, scene.campaign) == {
            LeadKind(LeadState.PENDING): 3,
            LeadKind(LeadState.DONE, Disposition.INTERESTED): 2,
        }


async def test_attempts_by_outcome_pickup_and_disposition(store: Store) -> None:
    scene = await new(store)
    async with store.writing() as session:
        for place, (outcome, pickup, dialed) in enumerate(
            [
                (AttemptOutcome.BUSY, None, True),
                (AttemptOutcome.BUSY, Pickup.NOBODY, True),
                (AttemptOutcome.CANCELED, None, False),
            ]
        ):
            call = await calls.insert_attempt(session, scene.org, scene.attempt(place))
            call.outcome, call.pickup, call.status, call.ended_at = outcome, pickup, CallStatus.ENDED, NOON
            call.dialed_at = NOON - HOUR if dialed else None
        await calls.insert_attempt(session, scene.org, scene.attempt(3))
    async with store.reading() as session:
        assert await figures.attempt_kinds(session, scene.org, scene.campaign) == {
            AttemptKind(AttemptOutcome.BUSY): 2,
            AttemptKind(None): 1,
        }
        assert await figures.usual_seconds(session, scene.org, scene.campaign) == 3600.0


async def test_who_waits(store: Store) -> None:
    scene = await new(store)
    async with store.writing() as session:
        moments = (NOON + HOUR, NOON + 3 * HOUR, NOON - HOUR, None)
        for lead, moment in zip(scene.leads, moments, strict=False):
            values = {"state": LeadState.WAITING, "next_attempt_at": moment}
            await session.execute(update(Lead).where(Lead.id == lead).values(**values))
    async with store.reading() as session:
        where = (session, scene.org, scene.campaign)
        assert await figures.queue(*where, NOON) == Queue(3, 2, NOON + HOUR, NOON + 3 * HOUR)
        assert await figures.queue(*where, NOON + 5 * HOUR) == Queue(5, 0, None, None)
        assert await figures.queue(session, scene.org, scene.org, NOON) == Queue(0, 0, None, None)
        assert await figures.usual_seconds(*where) is None
