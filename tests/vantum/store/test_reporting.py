"""Every number of a report is the one that is there, and only of this campaign."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.vantum.report.scene import campaign, play, rename
from tests.vantum.store.rows import NOON, new_org, new_scene
from vantum.core.outreach.campaign import CampaignState
from vantum.core.outreach.outcome import AttemptOutcome, Disposition, Pickup, is_conversation
from vantum.store import reporting
from vantum.store.engine import Store
from vantum.store.models import Cost
from vantum.store.reporting import Answered, Funnel, Head, Sum
from vantum.store.words import CostKind, CostState

pytestmark = pytest.mark.real_time
A, D = AttemptOutcome, Disposition


async def test_the_numbers_of_a_campaign(store: Store) -> None:
    async with store.writing() as session:
        scene = await campaign(session)
        other = await campaign(session, "b")
        await rename(session, scene, 3, timezone="Europe/Berlin")
    later = NOON + timedelta(hours=1)
    minute = timedelta(seconds=60)
    async with store.reading() as session:
        of = (session, scene.org, scene.campaign)
        assert await reporting.head(*of) == Head("Autumn", CampaignState.DRAFT, "A", "USD", NOON, later)
        assert await reporting.funnel(*of) == Funnel(10, 9, 5, 5, 3, 1)
        assert await reporting.outcomes(*of) == {
            A.BUSY: 1,
            A.VOICEMAIL_LEFT: 1,
            A.ABANDONED: 1,
            A.ANSWERED_HUMAN: 6,
        }
        found = [each async for each in reporting.answered(*of)]
        assert sorted(
            found, key=lambda each: (each.interest or 0, each.ended_at, each.zone, each.abandoned)
        ) == [
            Answered(NOON, NOON + minute, False, False, None, ""),
            Answered(NOON, NOON + minute, True, False, None, ""),
            Answered(NOON, NOON + minute, True, True, None, "Europe/Berlin"),
            Answered(NOON, NOON + timedelta(seconds=20), False, True, 20, ""),
            Answered(NOON, NOON + minute, False, True, 60, ""),
            Answered(NOON, NOON + timedelta(seconds=100), False, True, 70, ""),
            Answered(later, later + minute, False, True, 80, ""),
        ]
        assert await reporting.objections(*of) == {"no time": 2, "too expensive": 1}
        assert await reporting.head(session, other.org, scene.campaign) is None
        assert await reporting.funnel(session, other.org, scene.campaign) == Funnel(0, 0, 0, 0, 0, 0)
        assert await reporting.outcomes(session, other.org, scene.campaign) == {}
        assert [each async for each in reporting.answered(session, other.org, scene.campaign)] == []
        assert await reporting.objections(session, other.org, scene.campaign) == {}


async def test_a_campaign_that_has_not_begun_has_numbers_too(store: Store) -> None:
    async with store.writing() as session:
        scene = await new_scene(session, "a", 2)
    async with store.reading() as session:
        of = (session, scene.org, scene.campaign)
        assert await reporting.head(*of) == Head("Autumn", CampaignState.DRAFT, "A", "USD", None, None)
        assert await reporting.funnel(*of) == Funnel(2, 0, 0, 0, 0, 0)
        assert await reporting.costs(*of) == []


@pytest.mark.parametrize("outcome", [A.ANSWERED_HUMAN, A.ABANDONED])
@pytest.mark.parametrize("disposition", [None, *Disposition])
async def test_a_conversation_is_what_the_law_of_outcomes_calls_one(
    store: Store, outcome: AttemptOutcome, disposition: Disposition | None
) -> None:
    async with store.writing() as session:
        scene = await new_scene(session, "a", 1)
        await play(session, scene, 0, outcome, disposition, pickup=Pickup.IN_TIME)
        (call,) = [each async for each in reporting.answered(session, scene.org, scene.campaign)]
    assert call.talked is is_conversation(outcome, disposition)


async def test_costs_are_summed_by_kind_currency_and_certainty(store: Store) -> None:
    async with store.writing() as session:
        scene = await new_scene(session, "a", 3)
        other = await new_org(session, "b")
        played = [await play(session, scene, lead, A.BUSY) for lead in range(3)]
        for index, (kind, state, currency) in enumerate(
            [
                (CostKind.STT, CostState.FINAL, "USD"),
                (CostKind.STT, CostState.FINAL, "USD"),
                (CostKind.STT, CostState.ESTIMATED, "USD"),
                (CostKind.LLM, CostState.FINAL, "EUR"),
            ]
        ):
            session.add(
                Cost(
                    org_id=scene.org,
                    call_id=played[index % 3].call.id,
                    campaign_id=scene.campaign,
                    provider=f"p{index}",
                    kind=kind,
                    unit="second",
                    units=1.0,
                    unit_price_micros=1.0,
                    amount_micros=3_000_000_000 + index,
                    currency=currency,
                    state=state,
                )
            )
        await session.flush()
        assert await reporting.costs(session, scene.org, scene.campaign) == [
            Sum(CostKind.LLM, "EUR", CostState.FINAL, 3_000_000_003),
            Sum(CostKind.STT, "USD", CostState.ESTIMATED, 3_000_000_002),
            Sum(CostKind.STT, "USD", CostState.FINAL, 6_000_000_001),
        ]
        assert await reporting.costs(session, other, scene.campaign) == []
