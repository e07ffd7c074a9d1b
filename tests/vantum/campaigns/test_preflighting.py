"""What a campaign will come to is what dialing would make of it, lead by lead."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from tests.vantum.campaigns.kit import NO_NUMBER, TERMS, scene_of
from tests.vantum.dialing.kit import Scene, many, person
from tests.vantum.store.rows import NOON, number
from vantum.campaigns.plan import CampaignPlan, columns_of, every_day
from vantum.campaigns.preflighting import Wait, look_ahead
from vantum.core.errors import CampaignError, NoCampaignError
from vantum.core.legal.case import (
    Consent,
    ConsentKind,
    LineType,
    Method,
    Reason,
    Scope,
    Suppression,
    ZoneSource,
)
from vantum.core.legal.decision import Decision, Verdict
from vantum.core.legal.rule import WEEK
from vantum.core.outreach.lead import LeadState
from vantum.core.outreach.outcome import AttemptOutcome
from vantum.core.outreach.preflight import Missing, Preflight, Ruled
from vantum.dialing.cases import gate, party_of
from vantum.store import campaigns, consents, leads, suppressions
from vantum.store.consents import Proof
from vantum.store.contacts import NewContact
from vantum.store.demo import CAMPAIGN, DEMO_SLUG, sow
from vantum.store.engine import Store
from vantum.store.models import Call, Campaign, Company, Contact, Cost, Lead, Org
from vantum.store.words import CallStatus, ContactState, CostKind, CostState, Direction, Transport

pytestmark = pytest.mark.real_time
DAY = timedelta(days=1)
NIGHT = NOON + timedelta(hours=12)


async def answer_of(store: Store, scene: Scene, now: datetime = NOON) -> Preflight:
    return (await look_ahead(store, scene.org, scene.campaign, TERMS, now)).answer


async def set_lead(store: Store, scene: Scene, index: int, **values: Any) -> None:
    async with store.writing() as session:
        await session.execute(update(Lead).where(Lead.id == scene.leads[index]).values(**values))


async def set_contact(store: Store, scene: Scene, index: int, **values: Any) -> None:
    async with store.writing() as session:
        await session.execute(update(Contact).where(Contact.id == scene.contacts[index]).values(**values))


def rules_of(answer: Preflight) -> list[tuple[str, str, int]]:
    return [(each.rule, each.verdict.value, each.leads) for each in answer.rules]


# --- the same as dialing -----------------------------------------------------------------------------------


async def judged_by_the_dialer(
    store: Store, org_id: str, campaign_id: str, now: datetime
) -> Counter[Verdict]:
    found: Counter[Verdict] = Counter()
    async with store.reading() as session:
        org = await session.get_one(Org, org_id)
        campaign = await session.get_one(Campaign, campaign_id)
        for lead in await session.scalars(select(Lead).where(Lead.campaign_id == campaign_id)):
            party = await party_of(session, org, campaign, lead)
            decision = await gate(session, party, now)  # type: ignore[arg-type]
            assert isinstance(decision, Decision)
            found[decision.verdict] += 1
    return found


async def test_it_says_of_every_lead_what_the_dialer_would(store: Store) -> None:
    async with store.writing() as session:
        await sow(session, DEMO_SLUG, NOON)
        org = (await session.scalars(select(Org).where(Org.slug == DEMO_SLUG))).one()
        campaign = await campaigns.by_name(session, org.id, CAMPAIGN)
        assert campaign is not None
        for index, lead in enumerate(await leads.due(session, org.id, campaign.id, NOON, 200)):
            await _trouble(session, org.id, lead, index)
    for hours in (0, 90):
        now = NOON + timedelta(hours=hours)
        answer = (await look_ahead(store, org.id, campaign.id, TERMS, now)).answer
        found = {
            Verdict.ALLOW: answer.allowed,
            Verdict.DEFER: answer.deferred,
            Verdict.HUMAN_ONLY: answer.human_only,
            Verdict.BLOCK: answer.blocked,
        }
        dialer = await judged_by_the_dialer(store, org.id, campaign.id, now)
        assert {verdict: count for verdict, count in found.items() if count} == dict(dialer)
        assert answer.total == 200
        assert sum(each.leads for each in answer.rules) == 200 - answer.allowed


async def _trouble(session: Any, org_id: str, lead: Lead, index: int) -> None:
    """Consents of every kind, withdrawals, and calls of today."""
    if index % 4 == 0:
        kind = [*ConsentKind][index % 3]
        method = [*Method][index % 2]
        given = NOON - timedelta(days=index % 7 - 3)
        withdrawn = given + DAY if index % 5 == 0 else None
        await consents.add(session, org_id, lead.contact_id, Consent(kind, method, given, withdrawn), Proof())
    if index % 3 == 0:
        contact = await session.get_one(Contact, lead.contact_id)
        for hour in range(index % 5):
            at = NOON - timedelta(hours=3 * hour)
            session.add(
                Call(
                    org_id=org_id,
                    contact_id=contact.id,
                    direction=Direction.OUTBOUND,
                    transport=Transport.LOCAL,
                    to_number=contact.e164,
                    status=CallStatus.ENDED,
                    queued_at=at,
                    dialed_at=at,
                    ended_at=at,
                )
            )
    await session.flush()


# --- one rule after the other ------------------------------------------------------------------------------


async def test_who_cannot_be_called_is_counted_by_the_rule(store: Store) -> None:
    people: Sequence[NewContact] = [
        *many(4),
        person(4, line_type=LineType.MOBILE),
        person(5, country="DE", region="", timezone="Europe/Berlin"),
        person(6, timezone="Asia/Tokyo"),
    ]
    scene = await scene_of(store, people)
    async with store.writing() as session:
        wish = Suppression(Scope.NUMBER, number(1), Reason.ASKED)
        await suppressions.add(session, scene.org, wish)
        over = Suppression(Scope.NUMBER, number(2), Reason.ASKED, NOON)
        await suppressions.add(session, scene.org, over)
    await set_contact(store, scene, 3, e164=None, state=ContactState.ERASED)
    answer = await answer_of(store, scene)
    assert (answer.total, answer.allowed, answer.deferred, answer.human_only, answer.blocked) == (
        7,
        2,
        1,
        1,
        3,
    )
    assert sorted(rules_of(answer)) == [
        ("contact_state", "block", 1),
        ("europe_automated_calling", "human_only", 1),
        ("legal_hours", "defer", 1),
        ("suppression", "block", 1),
        ("us_artificial_voice", "block", 1),
    ]
    assert answer.missing == (Missing.CONSENT,)


async def test_what_makes_no_sense_is_left_out_and_spoils_nothing(store: Store) -> None:
    scene = await scene_of(store)
    await set_contact(store, scene, 0, country="us")
    await set_contact(store, scene, 1, e164="none")
    answer = await answer_of(store, scene)
    assert (answer.allowed, rules_of(answer)) == (1, [("contact_facts", "block", 2)])


async def test_leads_that_are_not_due_yet_wait(store: Store) -> None:
    scene = await scene_of(store, 5)
    await set_lead(store, scene, 0, state=LeadState.WAITING, next_attempt_at=NOON + timedelta(minutes=61))
    await set_lead(store, scene, 1, state=LeadState.WAITING, next_attempt_at=NOON + timedelta(minutes=75))
    await set_lead(store, scene, 2, state=LeadState.IN_CALL)
    await set_lead(store, scene, 3, state=LeadState.DONE)
    outlook = await look_ahead(store, scene.org, scene.campaign, TERMS, NOON)
    assert (outlook.answer.total, outlook.in_call, outlook.over) == (3, 1, 1)
    assert outlook.answer.rules == (Ruled("next_attempt", Verdict.DEFER, 2),)
    assert outlook.waits == (Wait(NOON + timedelta(minutes=75), 2),)
    # At night, when both are due, the law is asked for that moment.
    await set_lead(store, scene, 0, next_attempt_at=NIGHT)
    outlook = await look_ahead(store, scene.org, scene.campaign, TERMS, NOON)
    assert outlook.waits == (Wait(NOON + timedelta(minutes=75), 1), Wait(NOON + timedelta(hours=21), 1))


async def test_a_company_is_called_as_often_as_it_may_be(store: Store) -> None:
    scene = await scene_of(store, 4)
    async with store.writing() as session:
        company = Company(org_id=scene.org, name="Acorn", max_calls_per_day=1)
        never = Company(org_id=scene.org, name="Birch", max_calls_per_day=0)
        session.add_all([company, never])
        await session.flush()
        ids = (company.id, company.id, never.id)
        for contact, company_id in zip(scene.contacts, ids, strict=False):
            await session.execute(update(Contact).where(Contact.id == contact).values(company_id=company_id))
        at = NOON - timedelta(hours=2)
        session.add(
            Call(
                org_id=scene.org,
                contact_id=scene.contacts[0],
                direction=Direction.OUTBOUND,
                transport=Transport.LOCAL,
                to_number=number(0),
                status=CallStatus.ENDED,
                dialed_at=at,
                ended_at=at,
            )
        )
    outlook = await look_ahead(store, scene.org, scene.campaign, TERMS, NOON)
    assert rules_of(outlook.answer) == [("company_limit", "defer", 3)]
    assert outlook.waits == (Wait(NOON + timedelta(hours=22), 2), Wait(NOON + DAY, 1))
    async with store.writing() as session:
        await session.execute(update(Company).values(dnc=True))
    assert rules_of(await answer_of(store, scene)) == [("suppression", "block", 3)]


# --- until when, for how much ------------------------------------------------------------------------------


async def test_the_end_and_the_price_follow_from_the_campaign(store: Store) -> None:
    scene = await scene_of(store, 120, max_concurrency=2, calls_per_second=5.0)
    outlook = await look_ahead(store, scene.org, scene.campaign, TERMS, NOON)
    # A minute each, two at a time; two minutes at 6 cents each.
    assert outlook.answer.ends_at == NOON + timedelta(hours=1)
    assert (outlook.answer.calls, outlook.answer.cost) == (120, 120 * 120_000)
    assert (outlook.currency, outlook.timezone, outlook.ends_too_late) == ("USD", "America/New_York", False)


async def test_calls_so_far_tell_how_long_one_is_and_what_it_costs(store: Store) -> None:
    scene = await scene_of(store, 61, max_concurrency=1, calls_per_second=5.0, budget_micros=4_000_000)
    await set_lead(store, scene, 0, state=LeadState.DONE)
    async with store.writing() as session:
        call = Call(
            org_id=scene.org,
            campaign_id=scene.campaign,
            lead_id=scene.leads[0],
            direction=Direction.OUTBOUND,
            transport=Transport.LOCAL,
            to_number=number(0),
            status=CallStatus.ENDED,
            dialed_at=NOON - DAY * 2,
            ended_at=NOON - DAY * 2 + timedelta(seconds=30),
            outcome=AttemptOutcome.BUSY,
        )
        session.add(call)
        await session.flush()
        session.add(
            Cost(
                org_id=scene.org,
                campaign_id=scene.campaign,
                call_id=call.id,
                provider="test",
                kind=CostKind.TELEPHONY,
                unit="minute",
                units=1.0,
                unit_price_micros=100_000.0,
                amount_micros=100_000,
                currency="USD",
                state=CostState.FINAL,
            )
        )
    answer = await answer_of(store, scene)
    # 3.90 are left, 39 calls of half a minute.
    assert (answer.dialed, answer.affordable, answer.cost) == (60, 39, 3_900_000)
    assert answer.ends_at == NOON + timedelta(seconds=39 * 30)


async def test_a_campaign_that_ends_too_early_is_told(store: Store) -> None:
    scene = await scene_of(store, 120, max_concurrency=1, end_at=NOON + timedelta(hours=1))
    assert (await look_ahead(store, scene.org, scene.campaign, TERMS, NOON)).ends_too_late
    async with store.writing() as session:
        await session.execute(update(Campaign).values(end_at=NOON + timedelta(hours=3)))
    assert not (await look_ahead(store, scene.org, scene.campaign, TERMS, NOON)).ends_too_late


async def test_hours_of_its_own_hold_within_the_laws(store: Store) -> None:
    windows = columns_of(CampaignPlan("x", "y", windows=every_day(0, 1440, *WEEK)))["windows"]
    scene = await scene_of(store, 2, windows=windows, max_concurrency=2, calls_per_second=5.0)
    answer = await answer_of(store, scene, NIGHT)
    assert rules_of(answer) == [("legal_hours", "defer", 2)]
    assert answer.ends_at == NOON + timedelta(hours=20, minutes=1)


# --- what is missing ---------------------------------------------------------------------------------------


async def test_what_only_this_machine_can_tell(store: Store) -> None:
    scene = await scene_of(store, 1)
    for terms, missing in (
        (TERMS, ()),
        (NO_NUMBER, (Missing.FROM_NUMBER,)),
        (replace(TERMS, knows=lambda _: False), (Missing.PIPELINE,)),
    ):
        assert (await look_ahead(store, scene.org, scene.campaign, terms, NOON)).answer.missing == missing
    own = await scene_of(store, 1, {"slug": "b"}, from_numbers=["+12125550101"])
    assert (await look_ahead(store, own.org, own.campaign, NO_NUMBER, NOON)).answer.missing == ()


async def test_it_is_told_how_far_it_is(store: Store) -> None:
    scene = await scene_of(store, 510)
    told: list[tuple[int, int]] = []
    outlook = await look_ahead(
        store, scene.org, scene.campaign, TERMS, NOON, lambda judged, total: told.append((judged, total))
    )
    assert told == [(0, 510), (500, 510), (510, 510)]
    assert outlook.answer.total == 510


async def test_an_organisation_that_makes_no_sense_is_told(store: Store) -> None:
    scene = await scene_of(store, 1, {"country": "us"})
    with pytest.raises(CampaignError, match="Correct its country and region"):
        await look_ahead(store, scene.org, scene.campaign, TERMS, NOON)
    with pytest.raises(NoCampaignError):
        await look_ahead(store, scene.org, scene.org, TERMS, NOON)


async def test_a_number_alone_tells_the_zones(store: Store) -> None:
    scene = await scene_of(store, [person(0, timezone="", timezone_source=None)])
    assert (await answer_of(store, scene)).allowed == 1
    await set_contact(store, scene, 0, timezone="Nowhere/Atall", timezone_source=ZoneSource.EXPLICIT)
    assert rules_of(await answer_of(store, scene)) == [("legal_hours", "block", 1)]
