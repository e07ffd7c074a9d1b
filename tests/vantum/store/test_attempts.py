"""Attempts: moved by their owner only, and counted for limits, brakes and the law."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from tests.vantum.store.rows import NOON, Scene, new_scene, number
from vantum.core.outreach.brakes import Answered
from vantum.core.outreach.campaign import CampaignState
from vantum.core.outreach.outcome import AttemptOutcome, Pickup
from vantum.store import attempts, calls, dialers
from vantum.store.attempts import Named
from vantum.store.dialers import NewDialer
from vantum.store.engine import Store
from vantum.store.models import Call, Campaign, Company, Contact
from vantum.store.words import CallStatus

pytestmark = pytest.mark.real_time


async def add(session: AsyncSession, scene: Scene, lead: int = 0, **values: object) -> Call:
    call = await calls.insert_attempt(session, scene.org, scene.attempt(lead))
    if values:
        await session.execute(update(Call).where(Call.id == call.id).values(**values))
        await session.refresh(call)
    return call


def over(minutes: float = 0, **values: object) -> dict[str, object]:
    at = NOON + timedelta(minutes=minutes)
    return {"status": CallStatus.ENDED, "ended_at": at, "dialed_at": at, **values}


async def test_who_took_it_up_last_moves_it(store: Store) -> None:
    async with store.writing() as session:
        scene, other = await new_scene(session, "a", 2), await new_scene(session, "b", 1)
        call = await add(session, scene)
        assert await attempts.own(session, scene.org, call.id, "dialer-1") is call
        assert await attempts.take_up(session, other.org, call.id, "dialer-3") is None
        taken = await attempts.take_up(session, scene.org, call.id, "dialer-2")
        assert taken is not None
        assert taken.claimed_by == "dialer-2"
        assert await attempts.own(session, scene.org, call.id, "dialer-1") is None
        assert await attempts.own(session, other.org, call.id, "dialer-2") is None
        await session.execute(update(Call).where(Call.id == call.id).values(**over()))
        assert await attempts.take_up(session, scene.org, call.id, "dialer-3") is None
        assert await attempts.own(session, scene.org, call.id, "dialer-2") is None


async def test_what_a_dialer_has_is_in_nobody_elses_reach_while_it_lives(store: Store) -> None:
    async with store.writing() as session:
        scene = await new_scene(session, "a", 1)
        await dialers.register(session, NewDialer("dialer-1", "host", 1, "1"), NOON)
        call = await add(session, scene)
        assert call.claimed_by == "dialer-1"
        assert await attempts.within_reach(session, scene.org, call.id, "dialer-1") is call
        assert await attempts.within_reach(session, scene.org, call.id, "dialer-2") is None
        assert await attempts.take_up(session, scene.org, call.id, "dialer-2") is None
        assert await attempts.own(session, scene.org, call.id, "dialer-1") is call
        await dialers.stop(session, "dialer-1", NOON)
        assert await attempts.within_reach(session, scene.org, call.id, "dialer-2") is call
        taken = await attempts.take_up(session, scene.org, call.id, "dialer-2")
        assert taken is not None
        assert taken.claimed_by == "dialer-2"


async def test_what_is_live_is_counted(store: Store) -> None:
    async with store.writing() as session:
        scene, other = await new_scene(session, "a", 3), await new_scene(session, "b", 1)
        first = await add(session, scene, 0)
        second = await add(session, scene, 1, status=CallStatus.RINGING)
        await add(session, scene, 2, **over())
        third = await add(session, other, 0)
        assert await attempts.live(session) == sorted(
            (Named(each.org_id, each.id, "dialer-1") for each in (first, second, third)),
            key=lambda named: named.id,
        )
        wanted = [number(index) for index in range(3)]
        assert await attempts.numbers_in_call(session, scene.org, wanted) == {number(0), number(1)}
        assert await attempts.last_claims(session, [scene.campaign, "none"]) == {scene.campaign: NOON}
        stopped = frozenset({CampaignState.COMPLETED})
        assert await attempts.unanswered(session, "dialer-1", stopped) == []
        await session.execute(
            update(Campaign).where(Campaign.id == scene.campaign).values(state=CampaignState.COMPLETED)
        )
        assert sorted(await attempts.unanswered(session, "dialer-1", stopped)) == sorted(
            [first.id, second.id]
        )
        assert await attempts.unanswered(session, "dialer-2", stopped) == []


async def test_calls_to_a_number_and_a_company_are_those_that_rang_or_still_may(store: Store) -> None:
    day_before = NOON - timedelta(hours=24)

    async with store.writing() as session:
        scene, other = await new_scene(session, "a", 2), await new_scene(session, "b", 1)
        company = Company(org_id=scene.org, name="Acme")
        session.add(company)
        await session.flush()
        await session.execute(
            update(Contact).where(Contact.id.in_(scene.contacts)).values(company_id=company.id)
        )
        live = await add(session, scene)
        await add(session, scene, 0, **over(-30))
        await add(session, scene, 0, **over(-30, dialed_at=None))
        await add(session, scene, 0, **over(-24 * 60 - 1))
        await add(session, scene, 1, **over(-10))
        await add(session, other, 0, **over(-5))
        half, ten = NOON - timedelta(minutes=30), NOON - timedelta(minutes=10)

        async def at_number(but: str = "") -> list[datetime]:
            return sorted(await attempts.at_number(session, scene.org, number(0), day_before, but))

        assert await at_number() == [half, NOON]
        assert await at_number(live.id) == [half]
        assert await attempts.at_company(session, scene.org, company.id, day_before) == (half, ten, NOON)
        assert await attempts.at_company(session, scene.org, company.id, day_before, live.id) == (half, ten)
        assert await attempts.at_company(session, other.org, company.id, day_before) == ()


async def test_the_brakes_are_told_what_was_answered_and_how_attempts_ended(store: Store) -> None:
    async with store.writing() as session:
        scene = await new_scene(session, "a", 1)
        for minutes, how, outcome in (
            (0, Pickup.IN_TIME, AttemptOutcome.ANSWERED_HUMAN),
            (1, Pickup.LATE, AttemptOutcome.ANSWERED_HUMAN),
            (2, Pickup.DROPPED, AttemptOutcome.ABANDONED),
            (3, Pickup.NOBODY, AttemptOutcome.ANSWERED_MACHINE),
            (-50, Pickup.LATE, AttemptOutcome.ANSWERED_HUMAN),
        ):
            at = NOON + timedelta(minutes=minutes)
            await add(session, scene, 0, **over(minutes, answered_at=at, pickup=how, outcome=outcome))
        await add(session, scene, 0, **over(9, outcome=AttemptOutcome.CANCELED, dialed_at=None))
        await add(session, scene)
        answered = await attempts.answered(session, scene.org, scene.campaign, NOON)
        assert answered == Answered(calls=3, abandoned=2)
        results = await attempts.results(session, scene.org, scene.campaign)
        assert sorted(result.outcome.value for result in results) == [
            "abandoned",
            "answered_human",
            "answered_human",
            "answered_human",
            "answered_machine",
        ]


async def test_the_attempts_before_are_those_that_were_dialed(store: Store) -> None:
    async with store.writing() as session:
        scene = await new_scene(session, "a", 2)
        second = await add(session, scene, 0, **over(5, outcome=AttemptOutcome.BUSY))
        first = await add(session, scene, 0, **over(1, outcome=AttemptOutcome.NO_ANSWER))
        await add(session, scene, 0, **over(2, outcome=AttemptOutcome.CANCELED, dialed_at=None))
        await add(session, scene, 1, **over(3, outcome=AttemptOutcome.BUSY))
        now = await add(session, scene)
        assert [each.id for each in await attempts.before(session, now)] == [first.id, second.id]
