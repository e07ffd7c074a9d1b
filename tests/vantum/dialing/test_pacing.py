"""How far ahead calls are claimed: as many as may start soon, and no more."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.vantum.dialing.kit import TRUNK
from tests.vantum.store.rows import NOON
from vantum.core.outreach.bucket import FASTEST, SLOWEST, Bucket, Rate
from vantum.dialing.pacing import bucket_of, most_ahead, rate_of, rates_of, soon
from vantum.store.models import Campaign


@pytest.mark.parametrize(
    ("bucket", "per_second", "after", "calls"),
    [
        (None, 1.0, 0.0, 2),
        (None, 10.0, 0.0, 19),
        (None, 0.1, 0.0, 1),
        (Bucket(0.0, NOON), 0.1, 0.0, 0),
        (Bucket(0.0, NOON), 0.1, 8.0, 0),
        (Bucket(0.0, NOON), 0.1, 8.2, 1),
        (Bucket(0.0, NOON), 1.0, 0.0, 1),
        (Bucket(0.0, NOON), 1.0, 60.0, 2),
    ],
)
def test_a_slow_campaign_takes_nobodys_place(
    bucket: Bucket | None, per_second: float, after: float, calls: int
) -> None:
    assert soon(bucket, Rate(per_second), NOON + timedelta(seconds=after)) == calls


@pytest.mark.parametrize(("wanted", "rate"), [(0.5, 0.5), (0.0, SLOWEST), (1e9, FASTEST)])
def test_a_campaign_has_a_rate_of_its_own(wanted: float, rate: float) -> None:
    campaign = Campaign(id="c", calls_per_second=wanted)
    assert rate_of(campaign) == Rate(rate)
    assert rates_of(campaign, TRUNK) == {bucket_of("c"): Rate(rate), TRUNK.account: TRUNK.rate}


def test_two_seconds_of_the_accounts_rate_are_claimed_ahead() -> None:
    assert most_ahead(TRUNK) == 20
