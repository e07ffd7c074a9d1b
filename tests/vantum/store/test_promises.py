"""Promised callbacks: the lead waits for them, and is let go when they are taken back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from tests.vantum.store.rows import NOON, Scene, new_scene
from vantum.core.outreach.lead import HELD, LeadState
from vantum.core.outreach.outcome import AttemptOutcome, Disposition
from vantum.core.outreach.retry import Occasion
from vantum.store import callbacks, calls, leads, promises
from vantum.store.callbacks import Promise
from vantum.store.engine import Store
from vantum.store.models import Lead
from vantum.store.words import CallbackState

pytestmark = pytest.mark.real_time
LATER = NOON + timedelta(days=2)
PROMISE = Promise(LATER, "Europe/Berlin", "Call me on Friday.")


async def lead_of(session: AsyncSession, scene: Scene) -> Lead:
    row = await leads.get(session, scene.org, scene.leads[0])
    assert row is not None
    return row


async def settle(session: AsyncSession, lead: Lead, state: LeadState) -> None:
    lead.state, lead.final_disposition = state, Disposition.NOT_INTERESTED
    await session.flush()


@pytest.mark.parametrize("state", LeadState)
async def test_a_lead_waits_for_what_it_was_promised(store: Store, state: LeadState) -> None:
    async with store.writing() as session:
        scene = await new_scene(session, "a")
        lead = await lead_of(session, scene)
        await settle(session, lead, state)
        first = await promises.promise(session, scene.org, lead, Promise(NOON, "UTC"))
        second = await promises.promise(session, scene.org, lead, PROMISE)
        await session.refresh(first)
        await session.refresh(lead)
    assert (first.state, second.state) == (CallbackState.CANCELED, CallbackState.OPEN)
    assert (second.promised_at, second.timezone, second.words) == (
        LATER,
        "Europe/Berlin",
        "Call me on Friday.",
    )
    if state in HELD:
        assert (lead.state, lead.occasion) == (state, Occasion.LIST)
    else:
        assert (lead.state, lead.occasion) == (LeadState.WAITING, Occasion.PROMISE)
        assert lead.next_attempt_at == LATER
        assert lead.final_disposition is None


@pytest.mark.parametrize(
    ("spoken", "final"),
    [
        (None, Disposition.NO_CONVERSATION),
        (Disposition.CALLBACK, Disposition.CALLBACK),
    ],
)
async def test_who_was_reached_and_waited_for_it_alone_is_over(
    store: Store, spoken: Disposition | None, final: Disposition
) -> None:
    async with store.writing() as session:
        scene = await new_scene(session, "a")
        lead = await lead_of(session, scene)
        for number, disposition in enumerate((spoken, None), start=1):
            call = await calls.insert_attempt(session, scene.org, scene.attempt(0, number))
            call.disposition = disposition
        row = await promises.promise(session, scene.org, lead, PROMISE)
        lead.last_outcome = AttemptOutcome.ANSWERED_HUMAN
        await session.flush()
        assert await promises.take_back(session, scene.org, row)
        assert not await promises.take_back(session, scene.org, row)
        await session.refresh(lead)
        await session.refresh(row)
    assert row.state is CallbackState.CANCELED
    assert (lead.state, lead.final_disposition, lead.next_attempt_at) == (LeadState.DONE, final, None)
    assert lead.state_reason == promises.TAKEN_BACK


async def test_who_was_not_reached_keeps_the_place(store: Store) -> None:
    async with store.writing() as session:
        scene = await new_scene(session, "a")
        lead = await lead_of(session, scene)
        row = await promises.promise(session, scene.org, lead, PROMISE)
        assert await promises.take_back(session, scene.org, row)
        await session.refresh(lead)
    assert (lead.state, lead.occasion, lead.next_attempt_at) == (LeadState.WAITING, Occasion.LIST, LATER)


@pytest.mark.parametrize("state", [LeadState.IN_CALL, LeadState.DONE, LeadState.PENDING])
async def test_who_does_not_wait_for_it_stays(store: Store, state: LeadState) -> None:
    async with store.writing() as session:
        scene = await new_scene(session, "a")
        row = await callbacks.add(session, scene.org, scene.leads[0], PROMISE)
        lead = await lead_of(session, scene)
        lead.state = state
        await session.flush()
        assert await promises.take_back(session, scene.org, row)
        await session.refresh(lead)
    assert lead.state is state


async def test_nobody_takes_back_what_another_promised(store: Store) -> None:
    async with store.writing() as session:
        scene, other = await new_scene(session, "a"), await new_scene(session, "b")
        row = await callbacks.add(session, scene.org, scene.leads[0], PROMISE)
        assert not await promises.take_back(session, other.org, row)
