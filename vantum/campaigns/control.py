"""What people do with a campaign: make, change, start, pause, resume and stop it.

Starting asks first what the campaign would come to, and refuses what lacks something without which nobody may be
called. All else is one transaction, which `vantum/campaigns/edits.py` also offers for use within another.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncSession

from vantum.campaigns import edits
from vantum.campaigns.edits import BY_HAND
from vantum.campaigns.facts import CampaignFacts
from vantum.campaigns.finding import read
from vantum.campaigns.plan import CampaignPlan
from vantum.campaigns.preflighting import Outlook, Report, look_ahead, silent
from vantum.campaigns.terms import Terms
from vantum.core.errors import NotReadyError
from vantum.core.outreach.campaign import MOVES, CampaignEvent
from vantum.core.outreach.preflight import ADVICE
from vantum.store.audit import Actor
from vantum.store.engine import Store

BEGINNINGS: Final = (CampaignEvent.START, CampaignEvent.RESUME)


async def create(
    store: Store, org_id: str, plan: CampaignPlan, now: datetime, actor: Actor = BY_HAND
) -> CampaignFacts:
    """Make a campaign in draft; raises as ``edits.create`` does."""
    return await store.write(lambda session: edits.create(session, org_id, plan, now, actor))


async def change(
    store: Store,
    org_id: str,
    campaign_id: str,
    changes: Mapping[str, Any],
    now: datetime,
    actor: Actor = BY_HAND,
) -> CampaignFacts:
    """Change fields of the plan, by their names; raises as ``edits.change`` does."""
    return await store.write(lambda session: edits.change(session, org_id, campaign_id, changes, now, actor))


async def start(
    store: Store,
    org_id: str,
    campaign_id: str,
    terms: Terms,
    now: datetime,
    actor: Actor = BY_HAND,
    report: Report = silent,
) -> tuple[CampaignFacts, Outlook]:
    """Start a campaign, or schedule it where it is to begin later; tells what it will come to.

    One that has failed is resumed. Raises NoCampaignError, CampaignMoveError, and NotReadyError where something is
    missing that hinders: then nothing is changed.
    """
    async with store.reading() as session:
        event = beginning(await read(session, org_id, campaign_id), now)
    outlook = await look_ahead(store, org_id, campaign_id, terms, now, report)
    check_ready(outlook)

    async def begin(session: AsyncSession) -> CampaignFacts:
        return await edits.move(session, org_id, campaign_id, event, now, actor)

    return await store.write(begin), outlook


async def pause(
    store: Store, org_id: str, campaign_id: str, now: datetime, actor: Actor = BY_HAND, reason: str = ""
) -> CampaignFacts:
    """Call nobody until it is resumed; calls under way end by themselves. Raises as ``edits.move`` does."""
    return await _moved(store, org_id, campaign_id, CampaignEvent.PAUSE, now, actor, reason)


async def resume(
    store: Store, org_id: str, campaign_id: str, now: datetime, actor: Actor = BY_HAND
) -> CampaignFacts:
    """Go on with a paused or failed campaign; raises as ``edits.move`` does."""
    return await _moved(store, org_id, campaign_id, CampaignEvent.RESUME, now, actor)


async def stop(
    store: Store, org_id: str, campaign_id: str, now: datetime, actor: Actor = BY_HAND, reason: str = ""
) -> CampaignFacts:
    """End it: who was not called yet is not called any more. Raises as ``edits.move`` does."""
    return await _moved(store, org_id, campaign_id, CampaignEvent.STOP, now, actor, reason)


async def archive(
    store: Store, org_id: str, campaign_id: str, now: datetime, actor: Actor = BY_HAND
) -> CampaignFacts:
    """Put away what is over, for ever; raises as ``edits.move`` does."""
    return await _moved(store, org_id, campaign_id, CampaignEvent.ARCHIVE, now, actor)


def beginning(facts: CampaignFacts, now: datetime) -> CampaignEvent:
    """What a start means for a campaign as it is now; raises CampaignMoveError."""
    later = facts.plan.start_at is not None and facts.plan.start_at > now
    wanted = (CampaignEvent.SCHEDULE, *BEGINNINGS) if later else BEGINNINGS
    found = next((event for event in wanted if (facts.state, event) in MOVES), None)
    if found is None:
        raise edits.not_now(facts, CampaignEvent.START.value)
    return found


def check_ready(outlook: Outlook) -> None:
    """Raises NotReadyError for a campaign that lacks something without which nobody may be called."""
    hindering = outlook.answer.hindering
    if hindering:
        raise NotReadyError(
            tuple(each.value for each in hindering), tuple(ADVICE[each] for each in hindering)
        )


async def _moved(
    store: Store,
    org_id: str,
    campaign_id: str,
    event: CampaignEvent,
    now: datetime,
    actor: Actor,
    reason: str = "",
) -> CampaignFacts:
    async def work(session: AsyncSession) -> CampaignFacts:
        return await edits.move(session, org_id, campaign_id, event, now, actor, reason)

    return await store.write(work)
