"""The claim: who is called next, within all limits, and all that belongs to it or nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from tests.vantum.dialing.kit import TRUNK, Scene, clock, lead_of, many, new_scene, person
from tests.vantum.store.rows import NOON, number
from vantum.core.outreach.bucket import Rate
from vantum.core.outreach.campaign import CampaignState
from vantum.core.outreach.lead import LeadState
from vantum.core.outreach.retry import Occasion
from vantum.dialing import claims as claiming
from vantum.dialing.claims import Claimed, Claims, from_number
from vantum.dialing.engine import PROMISED, Job
from vantum.dialing.means import Means, Trunk
from vantum.store import calls, costs
from vantum.store.engine import Store
from vantum.store.models import Call, Campaign, Company, Contact, Cost, DialDecision, Lead
from vantum.store.words import CallStatus, ContactState


@dataclass
class Engine:
    """Remembers the jobs; ``fault`` is raised instead."""

    jobs: list[Job] = field(default_factory=list)
    fault: Exception | None = None

    async def enqueue_attempt(self, _session: AsyncSession, job: Job) -> None:
        if self.fault is not None:
            raise self.fault
        self.jobs.append(job)

    async def signal(self, attempt_id: str) -> None: ...
    async def cancel(self, attempt_id: str) -> None: ...
    async def recover_dead(self, dialer_ids: object) -> int:
        return 0

    async def purge(self, before: object) -> int:
        return 0


def claims(store: Store, engine: Engine, trunk: Trunk = TRUNK) -> Claims:
    return Claims(Means(store, "dialer-1", trunk, clock), engine)


async def scene_of(store: Store, count: int = 3, org: dict[str, Any] | None = None, **campaign: Any) -> Scene:
    async with store.writing() as session:
        return await new_scene(session, many(count), org, **campaign)


async def put(store: Store, lead_id: str, **values: Any) -> None:
    async with store.writing() as session:
        await session.execute(update(Lead).where(Lead.id == lead_id).values(**values))


async def numbers(store: Store) -> list[str]:
    """Whom the attempts are for, in the order in which they were claimed."""
    async with store.reading() as session:
        return [*await session.scalars(select(Call.to_number).order_by(Call.id))]


async def test_a_claim_writes_all_that_belongs_to_it(store: Store) -> None:
    scene, engine = await scene_of(store, 1, from_numbers=["+12125550199"]), Engine()
    assert await claims(store, engine).claim() == Claimed(begun=1)
    async with store.reading() as session:
        call = (await session.scalars(select(Call))).one()
        decision = (await session.scalars(select(DialDecision))).one()
        cost = (await session.scalars(select(Cost))).one()
    assert (call.status, call.claimed_by, call.attempt_no) == (CallStatus.CLAIMED, "dialer-1", 1)
    assert (call.to_number, call.from_number, call.idempotency_key) == (number(0), "+12125550199", call.id)
    assert (decision.attempt_id, decision.lead_id) == (call.id, scene.leads[0])
    assert (cost.call_id, cost.amount_micros) == (call.id, 120_000)
    lead = await lead_of(store, scene.leads[0])
    assert (lead.state, lead.leased_by, lead.attempts) == (LeadState.LEASED, "dialer-1", 0)
    assert engine.jobs == [Job(scene.org, call.id, 5)]
    assert await claims(store, engine).claim() == Claimed()


async def test_a_claim_that_takes_long_begins_one_and_lets_others_write(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(claiming, "MOST_SECONDS", 0.0)
    await scene_of(store, 3)
    engine = Engine()
    assert await claims(store, engine).claim() == Claimed(begun=1)
    assert await claims(store, engine).claim() == Claimed(begun=1)
    assert await numbers(store) == [number(0), number(1)]


async def test_a_claim_that_fails_leaves_nothing(store: Store) -> None:
    scene = await scene_of(store)
    with pytest.raises(RuntimeError):
        await claims(store, Engine(fault=RuntimeError("no"))).claim()
    async with store.reading() as session:
        for model in (Call, DialDecision, Cost):
            assert await session.scalar(select(func.count()).select_from(model)) == 0
    assert (await lead_of(store, scene.leads[0])).state is LeadState.PENDING


async def test_promises_go_first_then_priority(store: Store) -> None:
    scene, engine = await scene_of(store, 4), Engine()
    await put(store, scene.leads[1], priority=9)
    await put(store, scene.leads[2], priority=0)
    await put(store, scene.leads[3], priority=0, occasion=Occasion.PROMISE, state=LeadState.WAITING)
    await claims(store, engine).claim()
    assert await numbers(store) == [number(3), number(1), number(0), number(2)]
    assert [job.urgency for job in engine.jobs] == [PROMISED, 9, 5, 0]


@pytest.mark.parametrize(
    ("values", "begun"),
    [
        ({"state": CampaignState.PAUSED}, 0),
        ({"state": CampaignState.DRAFT}, 0),
        ({"start_at": NOON + timedelta(minutes=1)}, 0),
        ({"start_at": NOON}, 3),
        ({"end_at": NOON}, 0),
        ({"end_at": NOON + timedelta(minutes=1)}, 3),
        ({"max_concurrency": 2}, 2),
        ({"max_concurrency": 0}, 0),
        ({"budget_micros": 250_000}, 2),
        ({"budget_micros": 119_999}, 0),
        ({"budget_micros": 0}, 0),
    ],
)
async def test_a_campaign_says_how_many(store: Store, values: dict[str, Any], begun: int) -> None:
    await scene_of(store, 3, **values)
    assert (await claims(store, Engine()).claim()).begun == begun


@pytest.mark.parametrize(
    ("org", "trunk", "begun"),
    [
        ({"max_concurrency": 2}, TRUNK, 2),
        ({}, replace(TRUNK, most_live=1), 1),
        ({}, replace(TRUNK, rate=Rate(1.0)), 2),
        ({}, replace(TRUNK, rate=Rate(0.1)), 1),
        ({}, TRUNK, 5),
    ],
)
async def test_organisation_carrier_and_rate_say_how_many(
    store: Store, org: dict[str, Any], trunk: Trunk, begun: int
) -> None:
    await scene_of(store, 5, org)
    for_one = claims(store, Engine(), trunk)
    assert (await for_one.claim()).begun == begun
    assert (await for_one.claim()).begun == 0


async def test_organisations_share_what_the_carrier_has(store: Store) -> None:
    first, second = await scene_of(store, 3), await scene_of(store, 3)
    await claims(store, Engine(), replace(TRUNK, most_live=4)).claim()
    async with store.reading() as session:
        rows = await session.execute(select(Call.org_id, func.count()).group_by(Call.org_id))
        counts = dict(rows.all())
    assert counts == {first.org: 2, second.org: 2}


async def test_a_number_in_a_call_is_put_off(store: Store) -> None:
    scene = await scene_of(store, 1)
    async with store.writing() as session:
        other = Campaign(org_id=scene.org, name="Winter", pipeline="p", state=CampaignState.RUNNING)
        session.add(other)
        await session.flush()
        lead = Lead(
            org_id=scene.org, campaign_id=other.id, contact_id=scene.contacts[0], next_attempt_at=NOON
        )
        session.add(lead)
    assert await claims(store, Engine()).claim() == Claimed(begun=1, moved=1)
    assert await numbers(store) == [number(0)]
    put_off = [await lead_of(store, each) for each in (scene.leads[0], lead.id)]
    assert sorted(each.state for each in put_off) == [LeadState.LEASED, LeadState.WAITING]
    waiting = next(each for each in put_off if each.state is LeadState.WAITING)
    assert waiting.next_attempt_at == NOON + timedelta(minutes=1)


@pytest.mark.parametrize(("most", "begun"), [(0, 0), (1, 1), (2, 2), (None, 3)])
async def test_a_company_is_called_as_often_as_it_may_be(store: Store, most: int | None, begun: int) -> None:
    scene = await scene_of(store, 3)
    async with store.writing() as session:
        company = Company(org_id=scene.org, name="Bricks", max_calls_per_day=most)
        session.add(company)
        await session.flush()
        await session.execute(update(Contact).values(company_id=company.id))
    assert await claims(store, Engine()).claim() == Claimed(begun, 3 - begun)
    states = [await lead_of(store, each) for each in scene.leads]
    waiting = [each for each in states if each.state is LeadState.WAITING]
    assert [each.next_attempt_at for each in waiting] == [NOON + timedelta(hours=24)] * (3 - begun)


@pytest.mark.parametrize(
    ("contact", "words"),
    [
        ({"e164": None, "state": ContactState.ERASED}, "nobody to call"),
        ({"state": ContactState.INVALID}, "The contact is invalid."),
        ({"region": "New"}, "does not make sense"),
        ({"timezone": "Mars/Olympus"}, "."),
    ],
)
async def test_who_cannot_be_judged_is_left_out_and_harms_nobody(
    store: Store, contact: dict[str, Any], words: str
) -> None:
    scene = await scene_of(store, 2)
    async with store.writing() as session:
        await session.execute(update(Contact).where(Contact.id == scene.contacts[0]).values(**contact))
    assert await claims(store, Engine()).claim() == Claimed(begun=1, moved=1)
    lead = await lead_of(store, scene.leads[0])
    assert lead.state is LeadState.SKIPPED
    assert words in lead.state_reason
    assert await numbers(store) == [number(1)]


async def test_the_zones_of_a_number_hold_where_the_list_says_none(store: Store) -> None:
    async with store.writing() as session:
        nowhere = person(0, timezone="", timezone_source=None, e164="+442079460001", country="GB", region="")
        scene = await new_scene(session, [nowhere])
    await claims(store, Engine()).claim()
    async with store.reading() as session:
        document = (await session.scalars(select(DialDecision.document))).one()
    assert "Europe/London" in document
    assert (await lead_of(store, scene.leads[0])).state is LeadState.SKIPPED


async def test_nobody_of_a_company_that_wants_no_calls_is_called(store: Store) -> None:
    scene = await scene_of(store, 1)
    async with store.writing() as session:
        company = Company(org_id=scene.org, name="Bricks", dnc=True)
        session.add(company)
        await session.flush()
        await session.execute(update(Contact).values(company_id=company.id))
    assert await claims(store, Engine()).claim() == Claimed(moved=1)
    assert (await lead_of(store, scene.leads[0])).state is LeadState.SKIPPED


@pytest.mark.parametrize(
    ("given", "expected"), [((), ""), (("+1",), "+1"), (("+1", "+2", "+3"), "+2"), (("+3", "+2", "+1"), "+2")]
)
def test_a_lead_is_always_called_from_the_same_number(given: Sequence[str], expected: str) -> None:
    assert from_number(given, "019cabd8-3030-7c31-9d2f-0a6f00000001") == expected


async def test_what_was_spent_counts(store: Store) -> None:
    scene = await scene_of(store, 3, budget_micros=1_000_000)
    async with store.writing() as session:
        attempt = await calls.insert_attempt(
            session,
            scene.org,
            calls.NewAttempt(
                campaign_id=scene.campaign,
                lead_id=scene.leads[0],
                contact_id=scene.contacts[0],
                attempt_no=1,
                to_number="+12125550150",
                from_number="",
                transport=TRUNK.transport,
                pipeline="p",
                claimed_by="d",
                at=NOON,
            ),
        )
        await costs.put(session, scene.org, attempt.id, scene.campaign, TRUNK.tariff.taken(900.0, "USD"))
    claimer = claims(store, Engine())
    await claimer.claim()
    assert "0.90 of 1.00 are spent" in claimer.brakes[scene.campaign]
