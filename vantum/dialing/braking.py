"""Reads what the brakes of a campaign ask about, and tells how many calls they still allow."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from vantum.core.outreach.brakes import (
    ABANDONED_PERIOD,
    Brake,
    Spending,
    abandonment,
    budget,
    failures,
    tightest,
)
from vantum.dialing.tariff import Tariff
from vantum.store import attempts, costs
from vantum.store.models import Campaign


async def brake_of(
    session: AsyncSession, campaign: Campaign, live: int, tariff: Tariff, now: datetime
) -> Brake:
    """The brake that allows the fewest calls beside the ``live`` ones."""
    org_id = campaign.org_id
    answered = await attempts.answered(session, org_id, campaign.id, now - ABANDONED_PERIOD)
    results = await attempts.results(session, org_id, campaign.id)
    return tightest(
        (
            abandonment(answered, live, campaign.max_concurrency),
            budget(campaign.budget_micros, await _spending(session, campaign, tariff)),
            failures(results, live, now),
        )
    )


async def _spending(session: AsyncSession, campaign: Campaign, tariff: Tariff) -> Spending:
    if campaign.budget_micros is None:
        return Spending(0, 0, 0)
    spent = await costs.spent(session, campaign.org_id, campaign.id)
    average = await costs.per_call(session, campaign.org_id, campaign.id)
    # Each call binds what is set aside for one: less than that must not be left.
    return Spending(spent.final, spent.estimated, max(average or 0, tariff.usual_micros))
