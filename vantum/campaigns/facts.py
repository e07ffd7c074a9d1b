"""A campaign as it is: its plan, and how far it is in its life."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from vantum.campaigns.plan import CampaignPlan, plan_of
from vantum.core.outreach.campaign import CampaignEvent, CampaignState, possible
from vantum.store.models import Campaign

BY_ITSELF: Final = frozenset({CampaignEvent.FINISH, CampaignEvent.FAIL})


@dataclass(frozen=True, slots=True)
class CampaignFacts:
    """A campaign at the moment at which it was read; ``state_reason`` is a sentence, or "" where none was given."""

    id: str
    org_id: str
    state: CampaignState
    state_reason: str
    plan: CampaignPlan
    created_at: datetime
    updated_at: datetime
    started_at: datetime | None
    completed_at: datetime | None

    @property
    def name(self) -> str:
        """Its name."""
        return self.plan.name

    @property
    def possible(self) -> tuple[CampaignEvent, ...]:
        """What people can do to it now; what happens by itself is left out."""
        return tuple(event for event in possible(self.state) if event not in BY_ITSELF)


def facts_of(row: Campaign) -> CampaignFacts:
    """The facts of a row."""
    return CampaignFacts(
        id=row.id,
        org_id=row.org_id,
        state=row.state,
        state_reason=row.state_reason,
        plan=plan_of(row),
        created_at=row.created_at,
        updated_at=row.updated_at,
        started_at=row.started_at,
        completed_at=row.completed_at,
    )
