"""Leads as people handle them: who is known, and what may be done in which state."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.vantum.store.rows import NOON, new_scene
from vantum.core.outreach.lead import CALLABLE, OVER, LeadState
from vantum.core.outreach.outcome import Disposition
from vantum.core.outreach.retry import Occasion
from vantum.store import changes, lead_list, leads
from vantum.store.engine import Store
from vantum.store.models import Contact
from vantum.store.words import ContactState

pytestmark = pytest.mark.real_time


async def test_contacts_are_told_by_their_state_and_only_ones_own(store: Store) -> None:
    async with store.writing() as session:
        ours, theirs = await new_scene(session, "a"), await new_scene(session, "b")
        gone = {"state": ContactState.INVALID}
        await changes.change(session, ours.org, Contact, ours.contacts[1], gone)
        wanted = [*ours.contacts[:2], theirs.contacts[0]]
        assert await lead_list.states_of(session, ours.org, wanted) == {
            ours.contacts[0]: ContactState.ACTIVE,
            ours.contacts[1]: ContactState.INVALID,
        }


@pytest.mark.parametrize("state", LeadState)
async def test_who_waits_can_be_skipped_and_who_is_over_reopened(store: Store, state: LeadState) -> None:
    at = NOON + timedelta(days=1)
    async with store.writing() as session:
        scene = await new_scene(session, "a")
        skipped, opened = [await leads.get(session, scene.org, lead) for lead in scene.leads[:2]]
        assert skipped is not None
        assert opened is not None
        for lead in (skipped, opened):
            lead.state, lead.occasion, lead.final_disposition = state, Occasion.PROMISE, Disposition.CALLBACK
        await session.flush()
        assert await lead_list.skip(session, scene.org, skipped, "No.") is (state in CALLABLE)
        assert await lead_list.reopen(session, scene.org, opened, at) is (state in OVER)
        await session.refresh(skipped)
        await session.refresh(opened)
    if state in CALLABLE:
        assert (skipped.state, skipped.state_reason) == (LeadState.SKIPPED, "No.")
        assert (skipped.next_attempt_at, skipped.occasion) == (None, Occasion.LIST)
    if state in OVER:
        assert (opened.state, opened.next_attempt_at) == (LeadState.WAITING, at)
        assert (opened.occasion, opened.final_disposition) == (Occasion.LIST, None)
