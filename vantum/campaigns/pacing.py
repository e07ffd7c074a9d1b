"""How fast a campaign gets on, and in which hours: from its limits, and from how its calls went so far."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, tzinfo
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy.ext.asyncio import AsyncSession

from vantum.campaigns.facts import CampaignFacts
from vantum.campaigns.terms import Terms
from vantum.core.legal.rule import Window
from vantum.core.legal.rules import LEGAL_HOURS, USUAL_WINDOWS
from vantum.core.outreach.pace import Day, Pace
from vantum.core.outreach.progress import Progress, progress
from vantum.dialing.policies import policy_of
from vantum.store import costs, figures
from vantum.store.models import Org, RetryPolicy

USUAL_SECONDS: Final = 60.0
"""For how long a call is thought to hold its line as long as none was made."""


@dataclass(frozen=True, slots=True)
class Course:
    """The figures so far, the pace, and what one call costs, in millionths."""

    figures: Progress
    pace: Pace
    cost_per_call: int


async def course_of(session: AsyncSession, facts: CampaignFacts, org: Org, terms: Terms) -> Course:
    """How a campaign goes; where nothing is known yet it is thought to go as usual, with one call for each lead."""
    org_id, campaign_id, plan = org.id, facts.id, facts.plan
    done = progress(
        await figures.lead_kinds(session, org_id, campaign_id),
        await figures.attempt_kinds(session, org_id, campaign_id),
    )
    policy = None
    if plan.retry_policy_id is not None:
        policy = await session.get(RetryPolicy, plan.retry_policy_id)
    average = await costs.per_call(session, org_id, campaign_id)
    pace = Pace(
        # Of an organisation that may have no call at all, nobody can say when it is done.
        concurrency=max(1, min(plan.max_concurrency, org.max_concurrency, terms.trunk.most_live)),
        per_second=min(plan.calls_per_second, terms.trunk.rate.per_second),
        seconds_per_call=await figures.usual_seconds(session, org_id, campaign_id) or USUAL_SECONDS,
        attempts_per_lead=done.attempts_per_lead(policy_of(policy).total_attempts),
    )
    return Course(done, pace, terms.trunk.tariff.usual_micros if average is None else average)


def day_of(windows: tuple[Window, ...], zone_name: str) -> Day:
    """The hours of a campaign that the law leaves, by the clock of a zone."""
    zone: tzinfo
    try:
        zone = ZoneInfo(zone_name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        zone = UTC
    return Day(tuple(_within_the_law(windows or USUAL_WINDOWS)), zone)


def _within_the_law(windows: tuple[Window, ...]) -> list[Window]:
    legal = {window.weekday: window for window in LEGAL_HOURS}
    return [
        Window(each.weekday, max(each.start, law.start), min(each.end, law.end))
        for each in windows
        if (law := legal.get(each.weekday)) is not None
        and max(each.start, law.start) < min(each.end, law.end)
    ]
