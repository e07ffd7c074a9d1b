"""Statuses and outlooks, as the store would give them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from tests.vantum.store.rows import NOON
from vantum.campaigns.facts import CampaignFacts
from vantum.campaigns.plan import CampaignPlan
from vantum.campaigns.status import CampaignStatus
from vantum.core.outreach.campaign import CampaignState
from vantum.core.outreach.lead import LeadState
from vantum.core.outreach.outcome import AttemptOutcome, Disposition, Pickup
from vantum.core.outreach.progress import AttemptKind, LeadKind, progress
from vantum.store.costs import Spent
from vantum.store.figures import Queue

LEADS: Final[Mapping[LeadKind, int]] = {
    LeadKind(LeadState.PENDING): 100,
    LeadKind(LeadState.WAITING): 25,
    LeadKind(LeadState.IN_CALL): 3,
    LeadKind(LeadState.DONE, Disposition.INTERESTED): 20,
    LeadKind(LeadState.DONE, Disposition.DO_NOT_CALL): 40,
    LeadKind(LeadState.SKIPPED): 12,
}
ATTEMPTS: Final[Mapping[AttemptKind, int]] = {
    AttemptKind(None): 3,
    AttemptKind(AttemptOutcome.BUSY): 30,
    AttemptKind(AttemptOutcome.ANSWERED_HUMAN, Pickup.IN_TIME, Disposition.INTERESTED): 20,
    AttemptKind(AttemptOutcome.ANSWERED_HUMAN, Pickup.LATE, Disposition.DO_NOT_CALL): 40,
}


def facts(state: CampaignState = CampaignState.RUNNING, **plan: Any) -> CampaignFacts:
    """A campaign that began at noon."""
    return CampaignFacts(
        id="01970000-0000-7000-8000-000000000001",
        org_id="01970000-0000-7000-8000-000000000002",
        state=state,
        state_reason="",
        plan=CampaignPlan("Autumn", "outreach", **plan),
        created_at=NOON,
        updated_at=NOON,
        started_at=NOON,
        completed_at=None,
    )


def status(
    about: CampaignFacts | None = None,
    leads: Mapping[LeadKind, int] = LEADS,
    attempts: Mapping[AttemptKind, int] = ATTEMPTS,
    **given: Any,
) -> CampaignStatus:
    """Half an hour later."""
    usual: dict[str, Any] = {
        "at": NOON + timedelta(minutes=30),
        "queue": Queue(100, 25, NOON + timedelta(hours=2), NOON + timedelta(days=1)),
        "ends_at": NOON + timedelta(hours=3),
        "spent": Spent(4_000_000, 500_000),
        "currency": "USD",
        "timezone": "America/New_York",
        "brake": "",
        "dialers": 1,
    }
    return CampaignStatus(campaign=about or facts(), figures=progress(leads, attempts), **{**usual, **given})
