"""What is done to a campaign within one transaction, with its line in the audit log and its event for webhooks.

Law: a campaign moves as its table says, and only from the state that was seen in the same transaction. Dialers look
at the rows: what is written here holds for them within a second.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Update, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from vantum.campaigns.facts import CampaignFacts, facts_of
from vantum.campaigns.finding import read
from vantum.campaigns.plan import CampaignPlan, columns_of
from vantum.core.errors import CampaignError, CampaignMoveError, CampaignNameError, IllegalMoveError
from vantum.core.outreach.campaign import CampaignEvent, CampaignState
from vantum.core.outreach.delivery import EventType
from vantum.store import audit, campaigns, leads, news, outbox
from vantum.store.audit import Actor, Deed
from vantum.store.models import Campaign, RetryPolicy
from vantum.store.words import ActorKind

BY_HAND: Final = Actor(ActorKind.SYSTEM)
"""Whoever sits at this machine."""
WHILE_RUNNING: Final = frozenset(
    {"name", "max_concurrency", "calls_per_second", "budget_micros", "priority", "end_at"}
)
"""What may be changed of a campaign that calls: its name and its limits. All else would be said to half of the
people in one way, and to the others in another."""
STOPPED_WORDS: Final = "The campaign was stopped."
TOLD: Final[Mapping[CampaignEvent, EventType]] = {
    CampaignEvent.START: EventType.CAMPAIGN_STARTED,
    CampaignEvent.RESUME: EventType.CAMPAIGN_STARTED,
    CampaignEvent.PAUSE: EventType.CAMPAIGN_PAUSED,
    CampaignEvent.STOP: EventType.CAMPAIGN_COMPLETED,
}
"""What webhooks are told of."""


async def create(
    session: AsyncSession, org_id: str, plan: CampaignPlan, now: datetime, actor: Actor = BY_HAND
) -> CampaignFacts:
    """Make a campaign in draft; raises CampaignNameError, and CampaignError for a retry policy of nobody."""
    await _check_name(session, org_id, plan.name)
    await _check_policy(session, org_id, plan.retry_policy_id)
    row = Campaign(org_id=org_id, created_at=now, updated_at=now, **columns_of(plan))
    session.add(row)
    try:
        await session.flush()
    except IntegrityError as error:
        raise _taken(plan.name) from error
    await _note(session, org_id, row.id, actor, "create", {"name": plan.name, "pipeline": plan.pipeline})
    return facts_of(row)


async def change(
    session: AsyncSession,
    org_id: str,
    campaign_id: str,
    changes: Mapping[str, Any],
    now: datetime,
    actor: Actor = BY_HAND,
) -> CampaignFacts:
    """Change fields of the plan, by their names; what is not named stays.

    Raises NoCampaignError, CampaignMoveError where the state does not allow it, CampaignNameError, CampaignError for
    a retry policy of nobody, and ValueError (or UsageError for a schema) for a value that cannot be.
    """
    facts = await read(session, org_id, campaign_id)
    _check_changeable(facts, changes)
    plan = replace(facts.plan, **changes)
    if plan.name != facts.plan.name:
        await _check_name(session, org_id, plan.name)
    if plan.retry_policy_id != facts.plan.retry_policy_id:
        await _check_policy(session, org_id, plan.retry_policy_id)
    columns = columns_of(plan)
    changed = {name: columns[name] for name in changes}
    if changed:
        statement = update(Campaign).where(
            Campaign.org_id == org_id, Campaign.id == campaign_id, Campaign.state == facts.state
        )
        if not await _written(session, statement.values(**changed, updated_at=now), plan.name):
            raise not_now(await read(session, org_id, campaign_id), "a change")
        await _note(session, org_id, campaign_id, actor, "change", {"fields": sorted(changed)})
    return await read(session, org_id, campaign_id)


async def move(
    session: AsyncSession,
    org_id: str,
    campaign_id: str,
    event: CampaignEvent,
    now: datetime,
    actor: Actor = BY_HAND,
    reason: str = "",
) -> CampaignFacts:
    """Let ``event`` happen; raises NoCampaignError and CampaignMoveError. Nothing is asked about the law or leads.

    A stop skips all leads that are not in a call.
    """
    seen = await read(session, org_id, campaign_id)
    try:
        moved = await campaigns.move(session, org_id, campaign_id, seen.state, event, reason)
    except IllegalMoveError as error:
        raise not_now(seen, event.value) from error
    if not moved:
        raise not_now(await read(session, org_id, campaign_id), event.value)
    if event is CampaignEvent.START:
        await campaigns.stamp(session, org_id, campaign_id, seen.started_at or now, None)
    if event is CampaignEvent.STOP:
        await leads.stop(session, org_id, campaign_id, STOPPED_WORDS)
    await _note(session, org_id, campaign_id, actor, event.value, {"was": seen.state.value})
    after = await read(session, org_id, campaign_id)
    if event in TOLD:
        told = news.of_campaign(TOLD[event], campaign_id, after.name, after.state, reason, now)
        await outbox.tell(session, org_id, told)
    return after


def not_now(facts: CampaignFacts, wanted: str) -> CampaignMoveError:
    """The error that says what a campaign's state allows instead."""
    return CampaignMoveError(facts.state.value, wanted, tuple(event.value for event in facts.possible))


def _check_changeable(facts: CampaignFacts, changes: Mapping[str, Any]) -> None:
    unknown = sorted(changes.keys() - columns_of(facts.plan).keys())
    if unknown:
        raise ValueError(f"A campaign has no {', '.join(unknown)}.")
    if facts.state is CampaignState.ARCHIVED and changes:
        raise not_now(facts, "a change")
    fixed = sorted(changes.keys() - WHILE_RUNNING)
    if facts.state is CampaignState.RUNNING and fixed:
        raise not_now(facts, f"a change of {', '.join(fixed)}")


async def _written(session: AsyncSession, statement: Update, name: str) -> bool:
    """Whether the campaign was still in the state that was seen."""
    try:
        result = await session.execute(statement.returning(Campaign.id))
    except IntegrityError as error:
        raise _taken(name) from error
    return result.first() is not None


async def _check_name(session: AsyncSession, org_id: str, name: str) -> None:
    if await campaigns.by_name(session, org_id, name) is not None:
        raise _taken(name)


def _taken(name: str) -> CampaignNameError:
    return CampaignNameError(f"There is a campaign {name!r} already.", "Choose another name.")


async def _check_policy(session: AsyncSession, org_id: str, policy_id: str | None) -> None:
    if policy_id is None:
        return
    found = select(RetryPolicy.id).where(RetryPolicy.org_id == org_id, RetryPolicy.id == policy_id)
    if await session.scalar(found) is None:
        raise CampaignError("There is no such retry policy.", "Check its id and its organisation.")


async def _note(
    session: AsyncSession,
    org_id: str,
    campaign_id: str,
    actor: Actor,
    action: str,
    details: Mapping[str, object],
) -> None:
    deed = Deed(f"campaign.{action}", "campaign", campaign_id, details)
    await audit.add(session, org_id, actor, deed)
