"""What a campaign is and will come to is told line by line."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests.vantum.campaign_command.kit import facts
from tests.vantum.store.rows import NOON
from vantum.campaign_command.words import REMEDIES, clock, described, foreseen, zone_of
from vantum.campaigns.preflighting import Outlook, Wait
from vantum.core.legal.decision import Verdict
from vantum.core.outreach.campaign import CampaignState
from vantum.core.outreach.preflight import HINDERS, Missing, Preflight, Ruled

ANSWER = Preflight(
    total=200,
    allowed=82,
    deferred=38,
    human_only=50,
    blocked=30,
    rules=(
        Ruled("europe_automated_calling", Verdict.HUMAN_ONLY, 50),
        Ruled("usual_windows", Verdict.DEFER, 38),
        Ruled("us_artificial_voice", Verdict.BLOCK, 22),
        Ruled("suppression", Verdict.BLOCK, 8),
    ),
    affordable=120,
    calls=120,
    cost=14_400_000,
    ends_at=NOON + timedelta(hours=2),
    missing=(Missing.CONSENT,),
)
WAITS = (Wait(NOON + timedelta(hours=21), 20), Wait(NOON + timedelta(hours=24), 15))


def outlook(answer: Preflight = ANSWER, **given: Any) -> Outlook:
    usual: dict[str, Any] = {
        "campaign": facts(CampaignState.DRAFT),
        "at": NOON,
        "waits": WAITS,
        "in_call": 0,
        "over": 0,
        "currency": "USD",
        "timezone": "America/New_York",
    }
    return Outlook(answer=answer, **{**usual, **given})


def test_an_outlook() -> None:
    assert list(foreseen(outlook(in_call=2, over=1_000))) == [
        "Autumn, as of Wed 2026-11-18 12:00 EST: 200 leads to call",
        "  besides 2 in a call, and 1,000 that are over",
        "         82 can be called now",
        "         38 later (usual_windows 38)",
        "            from Thu 2026-11-19 09:00 EST: 20",
        "            from Thu 2026-11-19 12:00 EST: 15",
        "            later than that: 3",
        "         50 only by a person (europe_automated_calling 50)",
        "         30 not at all (us_artificial_voice 22, suppression 8)",
        "About 120 calls for about 14.40 USD; over at about Wed 2026-11-18 14:00 EST.",
        "Note: Some leads have not consented to a machine's call.",
        "It can start.",
    ]


@pytest.mark.parametrize(
    ("about", "line"),
    [
        (outlook(replace(ANSWER, affordable=60)), "The budget pays for 60 of 120 leads."),
        (
            outlook(replace(ANSWER, ends_at=None)),
            "About 120 calls for about 14.40 USD; it takes more than a year.",
        ),
        (
            outlook(campaign=facts(CampaignState.DRAFT, end_at=NOON + timedelta(hours=1))),
            "Its last day is before that: some will not be called.",
        ),
        (
            outlook(replace(ANSWER, missing=(Missing.LEGAL_NAME,))),
            "Missing: The organisation has no legal name to say in the call. "
            "(vantum campaign caller --legal-name NAME)",
        ),
        (outlook(replace(ANSWER, missing=(Missing.LEADS,))), "It cannot start."),
    ],
)
def test_what_is_in_the_way_is_told(about: Outlook, line: str) -> None:
    assert line in foreseen(about)


def test_what_hinders_has_a_remedy() -> None:
    assert REMEDIES.keys() == HINDERS - {Missing.CALLABLE}


def test_a_campaign() -> None:
    plan = {
        "start_at": NOON,
        "end_at": NOON + timedelta(days=1),
        "max_concurrency": 1,
        "budget_micros": 5_000_000,
    }
    assert list(described(facts(CampaignState.DRAFT, **plan), "Europe/Berlin"))[1:] == [
        "  calls through outreach, in en, hours: usual",
        "  at most 1 call at a time, 1 a second; budget 5.00",
        "  not before Wed 2026-11-18 18:00 CET",
        "  not after Thu 2026-11-19 18:00 CET",
    ]


@pytest.mark.parametrize("name", ["Mars/Olympus", "", "../x"])
def test_a_zone_that_nobody_knows_is_utc(name: str) -> None:
    assert str(zone_of(name)) == "UTC"
    assert clock(NOON, name) == "Wed 2026-11-18 17:00 UTC"
