"""The demo's finished campaign: a report of it has something in every part, and nothing in it can be called."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from tests.vantum.store.rows import NOON
from vantum.core.outreach.campaign import CampaignState
from vantum.core.outreach.lead import OVER
from vantum.core.outreach.outcome import Disposition, Pickup
from vantum.store import campaigns, orgs, reported_people, reporting
from vantum.store.demo import sow
from vantum.store.demo_past import FINISHED
from vantum.store.engine import Store
from vantum.store.models import Call, Callback, Campaign, Contact, Lead
from vantum.store.words import CallbackState

pytestmark = pytest.mark.real_time


async def sown(session: AsyncSession) -> Campaign:
    """The campaign, of a demo that was made at noon."""
    await sow(session, "demo", NOON)
    org = await orgs.named(session, "demo")
    campaign = await campaigns.by_name(session, org.id, FINISHED)
    assert campaign is not None
    return campaign


async def test_a_report_of_it_has_something_in_every_part_and_nobody_in_it_is_called_again(
    store: Store,
) -> None:
    async with store.writing() as session:
        campaign = await sown(session)
        of = (session, campaign.org_id, campaign.id)
        funnel = await reporting.funnel(*of)
        assert funnel.leads == 200
        counts = (
            funnel.leads,
            funnel.dialed,
            funnel.reached,
            funnel.talked,
            funnel.interested,
            funnel.meetings,
        )
        assert list(counts) == sorted(counts, reverse=True)
        assert funnel.meetings > 0
        assert len(await reporting.outcomes(*of)) == 7
        assert len(await reporting.objections(*of)) == 4
        assert len(await reporting.costs(*of)) == 4
        people = await reported_people.winners(*of)
        assert len(people) == funnel.interested
        assert all(person.talk is not None and person.talk.evidence for person in people)
        answered = [each async for each in reporting.answered(*of)]
        abandoned = sum(each.abandoned for each in answered)
        assert 0 < abandoned / len(answered) <= 0.03

        # It is over, and nobody is called from it again.
        assert campaign.state is CampaignState.COMPLETED
        assert campaign not in await campaigns.unfinished(session)
        leads = (await session.scalars(select(Lead).where(Lead.campaign_id == campaign.id))).all()
        assert {lead.state for lead in leads} <= OVER
        assert {lead.next_attempt_at for lead in leads} == {None}
        promises = (await session.scalars(select(Callback))).all()
        assert {promise.state for promise in promises} == {CallbackState.KEPT}


async def test_all_were_called_at_their_own_hours_within_two_weeks_that_are_over(store: Store) -> None:
    async with store.writing() as session:
        campaign = await sown(session)
        rows = (
            await session.execute(select(Call, Contact).join(Contact, Contact.id == Call.contact_id))
        ).all()
        await session.refresh(campaign)
        begin, end = campaign.started_at, campaign.completed_at
        assert begin is not None
        assert end is not None
        assert timedelta(days=20) < NOON - begin < timedelta(days=28)
        assert end < NOON
        for call, contact in rows:
            await session.refresh(call)
            assert call.dialed_at is not None
            assert call.ended_at is not None
            local = call.dialed_at.astimezone(ZoneInfo(contact.timezone))
            assert 9 <= local.hour < 17
            assert local.weekday() < 5
            assert begin < call.dialed_at < call.ended_at < end
            assert (call.answered_at is not None) or call.pickup is Pickup.NOBODY

        # Attempts at somebody follow each other, and promises are kept.
        statement = (
            select(Call).where(Call.campaign_id == campaign.id).order_by(Call.lead_id, Call.attempt_no)
        )
        calls = (await session.scalars(statement)).all()
        for earlier, later in pairwise(calls):
            if earlier.lead_id == later.lead_id:
                assert later.attempt_no == earlier.attempt_no + 1
                assert earlier.ended_at is not None
                assert later.dialed_at is not None
                assert earlier.ended_at < later.dialed_at
        promises = {each.lead_id: each.promised_at for each in await session.scalars(select(Callback))}
        asked = [call.lead_id for call in calls if call.disposition is Disposition.CALLBACK]
        assert sorted(promises) == sorted(str(lead) for lead in asked)
        assert set(promises.values()) <= {call.dialed_at for call in calls}
