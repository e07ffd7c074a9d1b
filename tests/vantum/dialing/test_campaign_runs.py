"""Whole campaigns on virtual time: nobody is lost, nobody is dialed twice, no limit is passed, whoever is killed."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from tests.vantum.dialing.bad_placer import BadPlacer, Callee, Mood, Point
from tests.vantum.dialing.kit import (
    TRUNK,
    Hall,
    calls_of,
    hall,
    lead_of,
    lead_states,
    many,
    new_scene,
    nothing_left,
    person,
    state_of,
    until_over,
)
from tests.vantum.store.databases import WITH_SERVER
from tests.vantum.store.rows import number
from vantum.core.legal.case import LineType, Reason, Scope, Suppression
from vantum.core.legal.decision import Verdict
from vantum.core.outreach.campaign import CampaignEvent, CampaignState
from vantum.core.outreach.lead import LeadState
from vantum.core.outreach.outcome import AttemptOutcome, Disposition
from vantum.core.phone_call import Outcome
from vantum.dialing import attempts
from vantum.dialing.means import Trunk
from vantum.dialing.placer import Order
from vantum.store import campaigns, decisions, suppressions
from vantum.store.engine import Store
from vantum.store.models import Call, Campaign, DialDecision, Lead, RetryPolicy

ENDS = {
    Callee(): AttemptOutcome.ANSWERED_HUMAN,
    Callee(Outcome.BUSY, ring=1.0): AttemptOutcome.BUSY,
    Callee(Outcome.NO_ANSWER, ring=25.0): AttemptOutcome.NO_ANSWER,
    Callee(Outcome.VOICEMAIL, talk=4.0): AttemptOutcome.ANSWERED_MACHINE,
    Callee(Outcome.FAILED, ring=0.5, sip_code=404): AttemptOutcome.INVALID_NUMBER,
    Callee(disposition="interested"): AttemptOutcome.ANSWERED_HUMAN,
    Callee(disposition="do_not_call", talk=3.0): AttemptOutcome.ANSWERED_HUMAN,
    Callee(answer_seconds=8.0): AttemptOutcome.ANSWERED_HUMAN,
    Callee(mood=Mood.LOSES_ANSWER): AttemptOutcome.ANSWERED_HUMAN,
    Callee(mood=Mood.LOSES_QUESTION): AttemptOutcome.ANSWERED_HUMAN,
    Callee(mood=Mood.SILENT): AttemptOutcome.ANSWERED_HUMAN,
}
"""What happens at a number, and the outcome that has to be written."""
KINDS = tuple(ENDS)


def kind_of(order: Order, asked: int) -> Callee:
    """By the number; a placer that loses the question loses it once."""
    callee = KINDS[int(order.to_number[-4:]) % len(KINDS)]
    return Callee() if asked > 1 else callee


@dataclass
class Killer:
    """Kills the process that is at a point, and opens a new one a second later."""

    hall: Hall | None = None
    chance: Callable[[Point, Order], bool] = lambda _point, _order: False
    kills: int = 0
    opening: list[asyncio.Task[object]] = field(default_factory=list)

    def __call__(self, point: Point, order: Order) -> bool:
        if self.hall is None or not self.chance(point, order):
            return False
        task = asyncio.current_task()
        process = next((p for p in self.hall.processes if p.engine.lives and task in p.engine._tasks), None)
        if process is None:
            return False
        self.kills += 1
        asyncio.get_running_loop().call_soon(process.kill)
        self.opening.append(asyncio.create_task(self._open_later()))
        return True

    async def _open_later(self) -> None:
        await asyncio.sleep(1.0)
        assert self.hall is not None
        await self.hall.open()


ONE_TRY = {"total_attempts": 1, "rules": [], "voicemail_on": [], "missed_promise": []}


async def one_try(store: Store, org: str, campaign: str) -> None:
    """Nobody is called a second time."""
    async with store.writing() as session:
        policy = RetryPolicy(org_id=org, name="once", **ONE_TRY)
        session.add(policy)
        await session.flush()
        await session.execute(
            update(Campaign).where(Campaign.id == campaign).values(retry_policy_id=policy.id)
        )


@pytest.mark.usefixtures("calm")
@pytest.mark.parametrize(
    ("url", "count", "dialers", "killing"),
    # As they are used: a server dials by itself from its own file, and dialers beside each other from Postgres.
    [("sqlite", 33, 1, 0.0), pytest.param("postgres", 22, 3, 0.1, marks=WITH_SERVER)],
    indirect=["url"],
)
async def test_nobody_is_lost_and_nobody_is_dialed_twice(
    store: Store, count: int, dialers: int, killing: float
) -> None:
    async with store.writing() as session:
        scene = await new_scene(session, many(count), {"max_concurrency": 15}, max_concurrency=20)
    await one_try(store, scene.org, scene.campaign)
    dice = random.Random(7)
    killer = Killer(chance=lambda _point, _order: dice.random() < killing)
    placer = BadPlacer(kind_of, killer)
    async with hall(store, placer, dialers=dialers) as opened:
        killer.hall = opened
        await until_over(store, scene.campaign, 3_600.0)
        killer.hall = None
        await asyncio.gather(*killer.opening)
    calls = await calls_of(store, scene.campaign)
    assert placer.twice == []
    assert nothing_left(calls)
    assert set(await lead_states(store, scene.campaign)) <= {"done"}
    assert placer.most_in_a_second <= 10
    assert placer.most_at_a_time <= 15
    assert (killer.kills > 0) is (killing > 0)
    dialed = Counter(call.to_number for call in calls if call.dialed_at is not None)
    assert dialed == Counter(dict.fromkeys((number(index) for index in range(count)), 1))
    for call in calls:
        if call.dialed_at is not None:
            dial = next(each for each in placer.dials if each.order.attempt_id == call.id)
            assert call.outcome is ENDS[dial.callee]
    async with store.reading() as session:
        assert await decisions.check(session, scene.org) is None


@pytest.mark.usefixtures("calm")
@pytest.mark.parametrize("point", Point)
async def test_a_process_that_is_killed_at_a_point_has_dialed_once(store: Store, point: Point) -> None:
    async with store.writing() as session:
        scene = await new_scene(session, many(1))
    killer = Killer(chance=lambda where, _order: where is point and killer.kills == 0)
    placer = BadPlacer(lambda _order, _asked: Callee(talk=80.0), killer)
    async with hall(store, placer) as opened:
        killer.hall = opened
        await until_over(store, scene.campaign, 300.0)
        await asyncio.gather(*killer.opening)
    assert killer.kills == 1
    assert placer.twice == []
    assert len(placer.dials) == 1
    # The first dial is at once; one that has to be proven absent waits for the settle time.
    expected = 0.0 if point is not Point.ASKED else 45.0
    assert expected <= placer.dials[0].time < expected + 5.0
    (call,) = await calls_of(store, scene.campaign)
    assert call.outcome is AttemptOutcome.ANSWERED_HUMAN
    assert (await lead_of(store, scene.leads[0])).state is LeadState.DONE


async def test_a_call_that_nobody_can_tell_of_is_not_dialed_again(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attempts, "GIVE_UP", timedelta(seconds=60))
    async with store.writing() as session:
        scene = await new_scene(session, many(1))
    placer = BadPlacer(lambda _order, _asked: Callee(mood=Mood.LOSES_QUESTION), blind_until=10_000.0)
    async with hall(store, placer):
        await until_over(store, scene.campaign, 100.0)
    (call,) = await calls_of(store, scene.campaign)
    assert call.outcome is AttemptOutcome.UNKNOWN
    assert placer.dials == []
    assert sum(placer.asked.values()) == 1


async def test_tokens_are_given_in_even_distances_and_waiting_fails_nobody(store: Store) -> None:
    """A peer marked leads failed that waited for a token for more than a second."""
    async with store.writing() as session:
        scene = await new_scene(session, many(6))
    trunk = Trunk("slow", TRUNK.transport, type(TRUNK.rate)(1.0), 100, TRUNK.tariff)
    placer = BadPlacer()
    async with hall(store, placer, trunk):
        await until_over(store, scene.campaign, 120.0)
    gaps = [round(b.time - a.time, 3) for a, b in zip(placer.dials, placer.dials[1:], strict=False)]
    assert len(placer.dials) == 6
    assert placer.most_in_a_second == 1
    assert all(1.1 <= gap < 1.7 for gap in gaps)


async def test_a_pause_holds_within_a_second_and_calls_under_way_finish(store: Store) -> None:
    async with store.writing() as session:
        scene = await new_scene(session, many(40))
    placer = BadPlacer(lambda _order, _asked: Callee(talk=20.0))
    async with hall(store, placer):
        await asyncio.sleep(1.0)
        await move(store, scene.org, scene.campaign, CampaignState.RUNNING, CampaignEvent.PAUSE)
        paused_at = asyncio.get_running_loop().time()
        await asyncio.sleep(60.0)
        under_way = len(placer.dials)
        assert 0 < under_way < 20
        assert max(dial.time for dial in placer.dials) <= paused_at + 1.0
        assert all(dial.canceled is None for dial in placer.dials)
        states = await lead_states(store, scene.campaign)
        assert states["done"] == under_way
        assert "leased" not in states
        assert "in_call" not in states
        await move(store, scene.org, scene.campaign, CampaignState.PAUSED, CampaignEvent.RESUME)
        resumed_at = asyncio.get_running_loop().time()
        await asyncio.sleep(1.0)
        assert resumed_at < placer.dials[under_way].time <= resumed_at + 1.0
        await until_over(store, scene.campaign, 300.0)
    assert placer.twice == []
    assert await lead_states(store, scene.campaign) == {"done": 40}


async def test_a_stop_cancels_what_rings_and_skips_the_rest(store: Store) -> None:
    async with store.writing() as session:
        scene = await new_scene(session, many(40))
    placer = BadPlacer(lambda _order, asked: Callee(ring=30.0))
    async with hall(store, placer):
        await asyncio.sleep(1.0)
        await move(store, scene.org, scene.campaign, CampaignState.RUNNING, CampaignEvent.STOP)
        stopped_at = asyncio.get_running_loop().time()
        await asyncio.sleep(5.0)
    assert placer.dials
    assert all(dial.canceled is not None and dial.canceled <= stopped_at + 1.0 for dial in placer.dials)
    assert max(dial.time for dial in placer.dials) <= stopped_at + 1.0
    states = await lead_states(store, scene.campaign)
    assert states == {"done": len(placer.dials), "skipped": 40 - len(placer.dials)}
    assert nothing_left(await calls_of(store, scene.campaign))


async def move(store: Store, org: str, campaign: str, seen: CampaignState, event: CampaignEvent) -> None:
    async with store.writing() as session:
        assert await campaigns.move(session, org, campaign, seen, event)


async def test_who_may_not_be_called_is_not_and_the_chain_says_why(store: Store) -> None:
    people = [
        person(0),
        person(1, timezone="Asia/Tokyo"),
        person(2, line_type=LineType.MOBILE),
        person(3),
        person(4, country="DE", region="", timezone="Europe/Berlin"),
    ]
    async with store.writing() as session:
        scene = await new_scene(session, people)
        asked = Suppression(Scope.NUMBER, number(3), Reason.ASKED)
        await suppressions.add(session, scene.org, asked)
    placer = BadPlacer()
    async with hall(store, placer):
        await asyncio.sleep(30.0)
    assert [dial.order.to_number for dial in placer.dials] == [number(0)]
    states = [(await lead_of(store, lead)).state.value for lead in scene.leads]
    assert states == ["done", "waiting", "skipped", "skipped", "skipped"]
    async with store.reading() as session:
        verdicts = {
            row.lead_id: row.verdict
            for row in await session.scalars(select(DialDecision).where(DialDecision.org_id == scene.org))
        }
        assert await decisions.check(session, scene.org) is None
    assert [verdicts[lead] for lead in scene.leads] == [
        Verdict.ALLOW,
        Verdict.DEFER,
        Verdict.BLOCK,
        Verdict.BLOCK,
        Verdict.HUMAN_ONLY,
    ]


async def test_who_asks_not_to_be_called_is_not_called_by_another_campaign(store: Store) -> None:
    async with store.writing() as session:
        scene = await new_scene(session, many(1))
        other = Campaign(
            org_id=scene.org, name="Winter", pipeline="p", state=CampaignState.RUNNING, max_concurrency=5
        )
        session.add(other)
        await session.flush()
        session.add(
            Lead(
                org_id=scene.org,
                campaign_id=other.id,
                contact_id=scene.contacts[0],
                next_attempt_at=(await session.get_one(Lead, scene.leads[0])).next_attempt_at,
            )
        )
    placer = BadPlacer(lambda _order, _asked: Callee(disposition="do_not_call"))
    async with hall(store, placer):
        await until_over(store, scene.campaign, 100.0)
        await until_over(store, other.id, 200.0)
    assert len(placer.dials) == 1
    states = [*(await lead_states(store, scene.campaign)), *(await lead_states(store, other.id))]
    assert sorted(states) == ["done", "skipped"]


async def test_a_campaign_waits_for_its_retries_before_it_is_completed(store: Store) -> None:
    rules = [{"outcome": "busy", "max_attempts": 2, "delays": [60]}]
    async with store.writing() as session:
        scene = await new_scene(session, many(1))
        policy = RetryPolicy(org_id=scene.org, name="soon", rules=rules)
        session.add(policy)
        await session.flush()
        campaign = update(Campaign).where(Campaign.id == scene.campaign)
        await session.execute(campaign.values(retry_policy_id=policy.id))
    placer = BadPlacer(lambda order, _asked: Callee(Outcome.BUSY) if len(placer.dials) < 1 else Callee())
    async with hall(store, placer):
        await asyncio.sleep(30.0)
        assert await state_of(store, scene.campaign) is CampaignState.RUNNING
        lead = await lead_of(store, scene.leads[0])
        assert (lead.state, lead.attempts, lead.last_outcome) == (LeadState.WAITING, 1, AttemptOutcome.BUSY)
        await until_over(store, scene.campaign, 120.0)
    first, second = placer.dials
    assert 60.0 < second.time - first.time < 65.0
    calls = await calls_of(store, scene.campaign)
    assert [call.attempt_no for call in calls] == [1, 2]


async def test_the_same_end_is_told_once(store: Store) -> None:
    told: list[str] = []

    async def listen(_session: object, call: Call) -> None:
        told.append(call.id)

    async with store.writing() as session:
        scene = await new_scene(session, many(3))
    opened = Hall(store, BadPlacer(), told=listen)
    try:
        await opened.open()
        await until_over(store, scene.campaign, 60.0)
    finally:
        await opened.close()
    assert sorted(told) == sorted(call.id for call in await calls_of(store, scene.campaign))


async def test_what_a_human_says_is_kept(store: Store) -> None:
    async with store.writing() as session:
        scene = await new_scene(session, many(1))
    placer = BadPlacer(lambda _order, _asked: Callee(disposition="Interested"))
    async with hall(store, placer):
        await until_over(store, scene.campaign, 60.0)
    lead = await lead_of(store, scene.leads[0])
    assert lead.final_disposition is Disposition.INTERESTED
    (call,) = await calls_of(store, scene.campaign)
    assert call.disposition is Disposition.INTERESTED
    assert call.answered_at is not None
    assert call.pickup == "in_time"
