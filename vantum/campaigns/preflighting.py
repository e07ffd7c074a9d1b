"""Tells what a campaign will come to, before it starts: all of its leads are read, piece by piece, and judged.

It asks the gate that is asked before every call, so it says of this moment what dialing would. Nothing is written.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from vantum.campaigns.facts import CampaignFacts
from vantum.campaigns.finding import read
from vantum.campaigns.judging import Judge, Known, callee_of
from vantum.campaigns.pacing import Course, course_of, day_of
from vantum.campaigns.terms import Terms
from vantum.core.errors import CampaignError
from vantum.core.legal.case import Jurisdiction, Plan
from vantum.core.outreach.lead import HELD
from vantum.core.outreach.preflight import Missing, Preflight, Setup, preflight
from vantum.dialing.cases import DAY
from vantum.store import costs, judged, suppressions
from vantum.store.engine import Store
from vantum.store.figures import queue
from vantum.store.judged import Judged
from vantum.store.models import Org
from vantum.store.suppressions import Key

MOST_WAITS: Final = 10
"""Moments that are told of those to which leads are deferred."""

Report = Callable[[int, int], None]
"""Is told how many leads were judged, of how many."""


@dataclass(frozen=True, slots=True)
class Wait:
    """So many leads are called from ``until`` on."""

    until: datetime
    leads: int


@dataclass(frozen=True, slots=True)
class Outlook:
    """What is to be expected of a campaign at the moment ``at``, which is its beginning where that is later than now.

    ``answer`` counts the leads that may still be called; ``in_call`` and ``over`` are the others. ``waits`` are the
    first moments to which leads are deferred, in order.
    """

    campaign: CampaignFacts
    at: datetime
    answer: Preflight
    waits: tuple[Wait, ...]
    in_call: int
    over: int
    currency: str
    timezone: str

    @property
    def ends_too_late(self) -> bool:
        """Whether some leads will not be called before the campaign's last day is over."""
        end_at = self.campaign.plan.end_at
        if end_at is None:
            return False
        return self.answer.ends_at is None or self.answer.ends_at > end_at


@dataclass(frozen=True, slots=True)
class _Scene:
    facts: CampaignFacts
    org: Org
    course: Course
    spent: int
    waiting: int
    at: datetime


def silent(_judged: int, _total: int) -> None:
    """Nobody waits for it."""


async def look_ahead(
    store: Store,
    org_id: str,
    campaign_id: str,
    terms: Terms,
    now: datetime,
    report: Report = silent,
) -> Outlook:
    """What a campaign will come to; raises NoCampaignError, and CampaignError for an organisation
    that makes no sense. Needs the memory of some hundred leads, however many
    there are."""
    async with store.reading() as session:
        scene = await _scene(session, org_id, campaign_id, terms, now)
    try:
        judge = Judge(_plan(scene), scene.at)
    except ValueError as error:
        problem = f"What is known of the organisation makes no sense: {error}"
        raise CampaignError(problem, "Correct its country and region.") from error
    report(0, scene.waiting)
    async with store.reading() as session:
        async for leads in judged.streamed(session, org_id, campaign_id):
            known = await _known(session, org_id, leads, scene.at)
            # Beside the loop: the same process may carry calls, whose sound must not wait for it.
            await asyncio.to_thread(judge.add, leads, known)
            report(judge.seen, max(judge.seen, scene.waiting))
    return await asyncio.to_thread(_outlook, scene, judge, terms)


async def _scene(session: AsyncSession, org_id: str, campaign_id: str, terms: Terms, now: datetime) -> _Scene:
    facts = await read(session, org_id, campaign_id)
    org = await session.get_one(Org, org_id)
    spent = await costs.spent(session, org_id, campaign_id)
    at = now if facts.plan.start_at is None else max(now, facts.plan.start_at)
    waiting = await queue(session, org_id, campaign_id, at)
    return _Scene(
        facts=facts,
        org=org,
        course=await course_of(session, facts, org, terms),
        spent=spent.final + spent.estimated,
        waiting=waiting.due + waiting.later,
        at=at,
    )


def _plan(scene: _Scene) -> Plan:
    plan, org = scene.facts.plan, scene.org
    return Plan(
        purpose=plan.purpose,
        audience=plan.audience,
        language=plan.language,
        caller_at=Jurisdiction(org.country, org.region),
        recording=plan.recording,
        windows=plan.windows,
    )


async def _known(session: AsyncSession, org_id: str, leads: Sequence[Judged], at: datetime) -> Known:
    numbers = {lead.number for lead in leads if lead.number is not None}
    companies = {lead.company_id for lead in leads if lead.most_a_day is not None}
    return Known(
        consents=await judged.consents_of(session, org_id, {lead.contact_id for lead in leads}),
        suppressed=await suppressions.in_force(session, org_id, _keys(leads), at),
        called=await judged.called(session, org_id, numbers, at - DAY),
        companies_called=await judged.companies_called(session, org_id, companies, at - DAY),
    )


def _keys(leads: Sequence[Judged]) -> set[Key]:
    callees = (callee_of(lead) for lead in leads)
    return {key for callee in callees if callee is not None for key in suppressions.keys_of(callee)}


def _outlook(scene: _Scene, judge: Judge, terms: Terms) -> Outlook:
    facts, org, figures = scene.facts, scene.org, scene.course.figures
    zone = judge.zones.most_common(1)[0][0] if judge.zones else org.timezone
    budget = facts.plan.budget_micros
    setup = Setup(
        callback_number=org.callback_number,
        legal_name=org.legal_name,
        from_numbers=facts.plan.from_numbers or terms.from_numbers,
        pace=scene.course.pace,
        day=day_of(facts.plan.windows, zone),
        cost_per_call=scene.course.cost_per_call,
        budget=None if budget is None else max(0, budget - scene.spent),
        lacks=() if terms.knows(facts.plan.pipeline) else (Missing.PIPELINE,),
    )
    return Outlook(
        campaign=facts,
        at=scene.at,
        answer=preflight(judge.decisions(), setup, scene.at),
        waits=tuple(Wait(until, judge.waits[until]) for until in sorted(judge.waits)[:MOST_WAITS]),
        in_call=sum(figures.by_state[state] for state in HELD),
        over=figures.over,
        currency=org.currency,
        timezone=org.timezone,
    )
