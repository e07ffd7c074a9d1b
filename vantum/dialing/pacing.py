"""How fast calls start: the account's own rate and each campaign's, as buckets that all dialers share."""

from __future__ import annotations

import math
from datetime import datetime, timedelta
from typing import Final

from vantum.core.outreach.bucket import FASTEST, SLOWEST, Bucket, Rate, Wait, take
from vantum.dialing.means import Trunk
from vantum.store.models import Campaign

AHEAD_SECONDS: Final = 2.0
"""So much more is claimed than may start at once: what is claimed waits for its token."""


def bucket_of(campaign_id: str) -> str:
    """The name of a campaign's bucket, beside those of accounts."""
    return f"campaign:{campaign_id}"


def rate_of(campaign: Campaign) -> Rate:
    """How many calls a second a campaign wants."""
    return Rate(min(FASTEST, max(SLOWEST, campaign.calls_per_second)))


def rates_of(campaign: Campaign, trunk: Trunk) -> dict[str, Rate]:
    """The buckets from which a call takes a token each."""
    return {bucket_of(campaign.id): rate_of(campaign), trunk.account: trunk.rate}


def most_ahead(trunk: Trunk) -> int:
    """How many calls may be claimed and wait for a token of the account."""
    return max(1, math.ceil(trunk.rate.per_second * AHEAD_SECONDS))


def soon(bucket: Bucket | None, rate: Rate, now: datetime) -> int:
    """How many calls a campaign may start within the next ``AHEAD_SECONDS``: no others are claimed for it, or a
    slow campaign would take the places of a fast one."""
    given = None if bucket is None else take(bucket, rate, now)
    waits = given.seconds if isinstance(given, Wait) else 0.0
    left = AHEAD_SECONDS - waits
    return 0 if left < 0.0 else 1 + int(left * timedelta(seconds=1) / rate.gap)
