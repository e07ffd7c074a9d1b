"""What people do with a campaign, and what they are told where it cannot be done."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from tests.vantum.campaigns.kit import NO_NUMBER, TERMS, scene_of
from tests.vantum.dialing.kit import Scene, lead_states, person, state_of
from tests.vantum.store.rows import NOON
from vantum.campaigns import control
from vantum.campaigns.edits import not_now
from vantum.campaigns.finding import find
from vantum.campaigns.plan import CampaignPlan
from vantum.core.errors import (
    CampaignError,
    CampaignMoveError,
    CampaignNameError,
    NoCampaignError,
    NotReadyError,
)
from vantum.core.legal.case import LineType
from vantum.core.outreach.campaign import CampaignEvent, CampaignState
from vantum.core.outreach.lead import LeadState
from vantum.store import audit
from vantum.store.audit import Actor
from vantum.store.engine import Store
from vantum.store.models import Lead, RetryPolicy, WebhookDelivery, WebhookEndpoint
from vantum.store.words import ActorKind

pytestmark = pytest.mark.real_time
PLAN = CampaignPlan("Winter", "outreach", max_concurrency=7)
S = CampaignState


async def actions_of(store: Store, scene: Scene) -> list[tuple[str, dict[str, object]]]:
    async with store.reading() as session:
        return [(each.action, each.details) for each in await audit.about(session, scene.org, scene.campaign)]


async def events_of(store: Store, org: str) -> list[str]:
    async with store.reading() as session:
        found = select(WebhookDelivery.event).where(WebhookDelivery.org_id == org)
        return [*await session.scalars(found.order_by(WebhookDelivery.id))]


async def listen(store: Store, org: str) -> None:
    async with store.writing() as session:
        session.add(
            WebhookEndpoint(
                org_id=org, url="https://hooks.example.com", secret="s" * 32, events=["campaign.*"]
            )
        )


# --- making and changing ----------------------------------------------------------------------------------


async def test_a_new_campaign_is_a_draft(store: Store) -> None:
    scene = await scene_of(store)
    facts = await control.create(store, scene.org, PLAN, NOON, Actor(ActorKind.USER, scene.org))
    assert (facts.state, facts.plan, facts.created_at, facts.started_at) == (S.DRAFT, PLAN, NOON, None)
    assert await find(store, scene.org, "Winter") == facts
    with pytest.raises(CampaignNameError, match="There is a campaign 'Winter' already"):
        await control.create(store, scene.org, PLAN, NOON)
    other = await scene_of(store, 0, {"slug": "b"})
    assert (await control.create(store, other.org, PLAN, NOON)).id != facts.id


async def test_of_two_with_one_name_one_is_made(store: Store) -> None:
    scene = await scene_of(store)
    done = await asyncio.gather(
        *(control.create(store, scene.org, PLAN, NOON) for _ in range(4)), return_exceptions=True
    )
    assert sum(isinstance(each, CampaignNameError) for each in done) == 3


async def test_a_retry_policy_is_ones_own(store: Store) -> None:
    scene, other = await scene_of(store), await scene_of(store, 0, {"slug": "b"})
    async with store.writing() as session:
        policy = RetryPolicy(org_id=other.org, name="theirs")
        session.add(policy)
        await session.flush()
    change = {"retry_policy_id": policy.id}
    with pytest.raises(CampaignError, match="no such retry policy"):
        await control.change(store, scene.org, scene.campaign, change, NOON)
    assert (
        await control.change(store, other.org, other.campaign, change, NOON)
    ).plan.retry_policy_id == policy.id


async def test_what_is_not_named_stays(store: Store) -> None:
    scene = await scene_of(store, max_concurrency=20)
    after = await control.change(
        store, scene.org, scene.campaign, {"name": "Late autumn", "budget_micros": 5}, NOON
    )
    plan = after.plan
    assert (plan.name, plan.budget_micros, plan.max_concurrency) == ("Late autumn", 5, 20)
    assert await actions_of(store, scene) == [("campaign.change", {"fields": ["budget_micros", "name"]})]
    assert await control.change(store, scene.org, scene.campaign, {}, NOON) == after
    for change, words in (({"max_concurrency": 0}, "1 to 10000"), ({"colour": "red"}, "has no colour")):
        with pytest.raises(ValueError, match=words):
            await control.change(store, scene.org, scene.campaign, change, NOON)
    assert await find(store, scene.org, scene.campaign) == after


async def test_a_name_is_changed_to_one_that_is_free(store: Store) -> None:
    scene = await scene_of(store)
    await control.create(store, scene.org, PLAN, NOON)
    with pytest.raises(CampaignNameError):
        await control.change(store, scene.org, scene.campaign, {"name": "Winter"}, NOON)


@pytest.mark.parametrize(
    ("state", "change", "words"),
    [
        (
            S.RUNNING,
            {"pipeline": "echo", "language": "de"},
            "The campaign is running: a change of language, pipeline",
        ),
        (S.ARCHIVED, {"name": "x"}, "Nothing can be done to it any more"),
        (S.RUNNING, {"max_concurrency": 3, "budget_micros": None, "priority": 9}, ""),
        (S.PAUSED, {"pipeline": "echo"}, ""),
        (S.COMPLETED, {"pipeline": "echo"}, ""),
    ],
)
async def test_a_running_campaign_keeps_what_it_says(
    store: Store, state: CampaignState, change: dict[str, Any], words: str
) -> None:
    scene = await scene_of(store, state=state)
    if not words:
        after = await control.change(store, scene.org, scene.campaign, change, NOON)
        assert all(getattr(after.plan, name) == value for name, value in change.items())
        return
    with pytest.raises(CampaignMoveError, match=words):
        await control.change(store, scene.org, scene.campaign, change, NOON)


# --- starting ---------------------------------------------------------------------------------------------


async def test_a_start_says_what_will_come_of_it(store: Store) -> None:
    scene = await scene_of(store)
    await listen(store, scene.org)
    facts, outlook = await control.start(store, scene.org, scene.campaign, TERMS, NOON)
    assert (facts.state, facts.started_at, outlook.answer.allowed) == (S.RUNNING, NOON, 3)
    assert await actions_of(store, scene) == [("campaign.start", {"was": "draft"})]
    assert await events_of(store, scene.org) == ["campaign.started"]
    with pytest.raises(CampaignMoveError) as told:
        await control.start(store, scene.org, scene.campaign, TERMS, NOON)
    assert (told.value.state, told.value.allowed) == ("running", ("pause", "stop"))
    assert str(told.value) == (
        "The campaign is running: start is not possible. What can be done now: pause, stop."
    )


async def test_one_that_begins_later_is_scheduled(store: Store) -> None:
    later = NOON + timedelta(days=1)
    scene = await scene_of(store, start_at=later)
    facts, outlook = await control.start(store, scene.org, scene.campaign, TERMS, NOON)
    assert (facts.state, facts.started_at, outlook.at) == (S.SCHEDULED, None, later)
    facts, _ = await control.start(store, scene.org, scene.campaign, TERMS, later)
    assert (facts.state, facts.started_at) == (S.RUNNING, later)


@pytest.mark.parametrize(
    ("org", "campaign", "people", "missing"),
    [
        ({"callback_number": ""}, {}, 1, ("callback_number",)),
        ({"legal_name": ""}, {}, 1, ("legal_name",)),
        ({}, {"pipeline": "other"}, 1, ("pipeline",)),
        ({}, {}, 0, ("leads",)),
        ({}, {"language": "xx"}, 1, ("callable", "disclosure")),
        ({"callback_number": ""}, {"pipeline": "other"}, 0, ("leads", "callback_number", "pipeline")),
    ],
)
async def test_what_is_missing_hinders_the_start(
    store: Store, org: dict[str, str], campaign: dict[str, str], people: int, missing: tuple[str, ...]
) -> None:
    scene = await scene_of(store, people, org, **campaign)
    with pytest.raises(NotReadyError) as told:
        await control.start(store, scene.org, scene.campaign, TERMS, NOON)
    assert told.value.missing == missing
    assert len(told.value.reasons) == len(missing)
    assert await state_of(store, scene.campaign) is S.DRAFT
    assert await actions_of(store, scene) == []


async def test_nobody_may_be_called_without_consent_or_a_number(store: Store) -> None:
    scene = await scene_of(store, [person(0, line_type=LineType.MOBILE)])
    with pytest.raises(NotReadyError) as told:
        await control.start(store, scene.org, scene.campaign, NO_NUMBER, NOON)
    assert told.value.missing == ("from_number", "callable", "consent")
    mixed = await scene_of(store, [person(0, line_type=LineType.MOBILE), person(1)], {"slug": "b"})
    facts, outlook = await control.start(store, mixed.org, mixed.campaign, TERMS, NOON)
    assert (facts.state, [each.value for each in outlook.answer.missing]) == (S.RUNNING, ["consent"])


@pytest.mark.parametrize(
    ("state", "after"), [(S.PAUSED, S.RUNNING), (S.FAILED, S.RUNNING), (S.COMPLETED, S.RUNNING)]
)
async def test_a_start_is_what_the_state_makes_of_it(
    store: Store, state: CampaignState, after: CampaignState
) -> None:
    scene = await scene_of(store, state=state)
    facts, _ = await control.start(store, scene.org, scene.campaign, TERMS, NOON)
    assert facts.state is after


async def test_one_that_was_stopped_has_nobody_left_to_call(store: Store) -> None:
    scene = await scene_of(store, state=S.RUNNING)
    await control.stop(store, scene.org, scene.campaign, NOON)
    with pytest.raises(NotReadyError, match="has no leads"):
        await control.start(store, scene.org, scene.campaign, TERMS, NOON)


# --- holding and ending ------------------------------------------------------------------------------------


async def test_pause_resume_stop_archive(store: Store) -> None:
    scene = await scene_of(store, state=S.RUNNING)
    await listen(store, scene.org)
    where = (store, scene.org, scene.campaign)
    paused = await control.pause(*where, NOON, reason="lunch")
    assert (paused.state, paused.state_reason) == (S.PAUSED, "lunch")
    resumed = await control.resume(*where, NOON)
    assert (resumed.state, resumed.state_reason) == (S.RUNNING, "")
    assert (await control.stop(*where, NOON)).state is S.COMPLETED
    assert (await control.archive(*where, NOON)).state is S.ARCHIVED
    told = [f"campaign.{action}" for action in ("pause", "resume", "stop", "archive")]
    assert [action for action, _ in await actions_of(store, scene)] == told
    assert await events_of(store, scene.org) == ["campaign.paused", "campaign.started", "campaign.completed"]


async def test_a_stop_leaves_those_in_a_call_alone(store: Store) -> None:
    scene = await scene_of(store, 4, state=S.RUNNING)
    states = (LeadState.IN_CALL, LeadState.WAITING, LeadState.DONE)
    async with store.writing() as session:
        for lead, state in zip(scene.leads, states, strict=False):
            await session.execute(update(Lead).where(Lead.id == lead).values(state=state))
    await control.stop(store, scene.org, scene.campaign, NOON)
    assert await lead_states(store, scene.campaign) == {"in_call": 1, "skipped": 2, "done": 1}


@pytest.mark.parametrize("act", [control.pause, control.resume, control.stop, control.archive])
async def test_every_move_is_made_or_refused_as_the_table_says(store: Store, act: Any) -> None:
    event = CampaignEvent(act.__name__)
    for state in CampaignState:
        scene = await scene_of(store, 1, state=state)
        before = await find(store, scene.org, scene.campaign)
        if event in before.possible:
            assert (await act(store, scene.org, scene.campaign, NOON)).state is not before.state
            continue
        with pytest.raises(CampaignMoveError) as told:
            await act(store, scene.org, scene.campaign, NOON)
        assert str(told.value) == str(not_now(before, event.value))
        assert str(told.value).startswith(f"The campaign is {state}: {event} is not possible.")
        assert await find(store, scene.org, scene.campaign) == before


async def test_nobody_moves_those_of_others(store: Store) -> None:
    scene, other = await scene_of(store, state=S.RUNNING), await scene_of(store, 0, {"slug": "b"})
    for act in (control.pause, control.stop):
        with pytest.raises(NoCampaignError):
            await act(store, other.org, scene.campaign, NOON)
    with pytest.raises(NoCampaignError):
        await control.start(store, other.org, scene.campaign, TERMS, NOON)
    with pytest.raises(NoCampaignError):
        await control.change(store, other.org, scene.campaign, {"name": "x"}, NOON)
    assert await state_of(store, scene.campaign) is S.RUNNING


async def test_of_many_who_pause_it_at_once_one_does(store: Store) -> None:
    scene = await scene_of(store, 1, state=S.RUNNING)
    done = await asyncio.gather(
        *(control.pause(store, scene.org, scene.campaign, NOON) for _ in range(6)), return_exceptions=True
    )
    assert sum(isinstance(each, CampaignMoveError) for each in done) == 5
    assert [action for action, _ in await actions_of(store, scene)] == ["campaign.pause"]
