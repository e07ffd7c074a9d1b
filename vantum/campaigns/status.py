"""How far a campaign is: exact figures from one moment of the database, what it costs, and what holds it up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from vantum.campaigns.facts import CampaignFacts
from vantum.campaigns.finding import read
from vantum.campaigns.pacing import Course, course_of, day_of
from vantum.campaigns.terms import Terms
from vantum.core.outreach.campaign import CampaignState
from vantum.core.outreach.lead import HELD
from vantum.core.outreach.progress import Progress, ends_at
from vantum.dialing.braking import brake_of
from vantum.store import campaigns, costs, dialers, figures
from vantum.store.costs import Spent
from vantum.store.engine import Store
from vantum.store.figures import Queue
from vantum.store.models import Campaign, Org

ENDED: Final = frozenset({CampaignState.COMPLETED, CampaignState.FAILED, CampaignState.ARCHIVED})
"""No call starts any more, unless somebody starts the campaign again."""


@dataclass(frozen=True, slots=True)
class CampaignStatus:
    """A campaign at the moment ``at``. ``ends_at`` is None where it does not call, or takes more than a year.

    ``spent`` is in millionths of ``currency``, ``timezone`` the organisation's; ``brake`` is a sentence while a brake
    stops it, else "". ``dialers`` are the processes that dial, for all campaigns.
    """

    campaign: CampaignFacts
    at: datetime
    figures: Progress
    queue: Queue
    ends_at: datetime | None
    spent: Spent
    currency: str
    timezone: str
    brake: str
    dialers: int

    @property
    def in_call(self) -> int:
        """Leads that are being called."""
        return sum(self.figures.by_state[state] for state in HELD)

    @property
    def is_over(self) -> bool:
        """Whether nothing will change any more by itself."""
        return self.campaign.state in ENDED and self.in_call == 0


async def status(store: Store, org_id: str, campaign_id: str, terms: Terms, now: datetime) -> CampaignStatus:
    """The status of a campaign; raises NoCampaignError."""
    async with store.reading() as session:
        facts = await read(session, org_id, campaign_id)
        org = await session.get_one(Org, org_id)
        course = await course_of(session, facts, org, terms)
        waiting = await figures.queue(session, org_id, campaign_id, now)
        spent = await costs.spent(session, org_id, campaign_id)
        brake = ""
        row = await campaigns.get(session, org_id, campaign_id)
        if row is not None and row.state is CampaignState.RUNNING:
            held = await brake_of(session, row, course.figures.under_way, terms.trunk.tariff, now)
            brake = held.words if held.stops and not _is_full(row, course) else ""
        living = len(await dialers.living(session))
    return CampaignStatus(
        campaign=facts,
        at=now,
        figures=course.figures,
        queue=waiting,
        ends_at=_ends_at(facts, course, waiting, org.timezone, now),
        spent=spent,
        currency=org.currency,
        timezone=org.timezone,
        brake=brake,
        dialers=living,
    )


def _is_full(row: Campaign, course: Course) -> bool:
    """All its places are taken: that is no brake."""
    return course.figures.under_way >= row.max_concurrency


def _ends_at(
    facts: CampaignFacts, course: Course, waiting: Queue, zone: str, now: datetime
) -> datetime | None:
    if facts.state not in (CampaignState.RUNNING, CampaignState.SCHEDULED):
        return None
    due: dict[datetime, int] = {}
    if waiting.first is not None and waiting.last is not None:
        # Nearly all of them at the first moment, and somebody at the last.
        due[waiting.first] = max(1, waiting.later - 1)
        if waiting.last != waiting.first:
            due[waiting.last] = 1
    begin = now if facts.plan.start_at is None else max(now, facts.plan.start_at)
    return ends_at(course.figures, due, course.pace, day_of(facts.plan.windows, zone), begin)
