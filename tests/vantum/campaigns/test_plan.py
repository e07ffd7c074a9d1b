"""A plan that cannot be does not exist; what can be is kept as it is."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.vantum.store.rows import NOON
from vantum.campaigns.plan import CampaignPlan, columns_of, every_day, plan_of
from vantum.core.errors import UsageError
from vantum.core.legal.case import Audience, Purpose, RecordingWish
from vantum.core.legal.rule import WEEK, WORKDAYS, Weekday, Window
from vantum.store.models import Campaign
from vantum.store.words import MachinePolicy

PLAN = CampaignPlan("Autumn", "outreach")
FULL = CampaignPlan(
    name="Autumn",
    pipeline="outreach",
    variables={"product": "Paper", "year": 2026},
    purpose=Purpose.SERVICE,
    audience=Audience.CONSUMER,
    language="de-DE",
    recording=RecordingWish.NOT_WANTED,
    windows=every_day(540, 1080, *WORKDAYS),
    start_at=NOON,
    end_at=NOON + timedelta(days=3),
    priority=9,
    max_concurrency=40,
    calls_per_second=0.5,
    budget_micros=50_000_000,
    machine_policy=MachinePolicy.LEAVE_MESSAGE,
    voicemail_text="Call us back.",
    from_numbers=("+12125550101", "+12125550102"),
    brief="We sell paper.",
    analysis_schema={"type": "object", "properties": {"budget": {"type": "number"}}},
)


@pytest.mark.parametrize("plan", [PLAN, FULL])
def test_a_plan_is_kept_as_it_is(plan: CampaignPlan) -> None:
    assert plan_of(Campaign(org_id="a", **columns_of(plan))) == plan


def test_windows_are_kept_as_plain_numbers() -> None:
    kept = columns_of(replace(PLAN, windows=(Window(Weekday.SATURDAY, 600, 840),)))["windows"]
    assert kept == [{"weekday": 5, "start": 600, "end": 840}]
    assert type(kept[0]["weekday"]) is int


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"name": "  "}, "has a name"),
        ({"name": "x" * 201}, "has a name"),
        ({"pipeline": ""}, "has a pipeline"),
        ({"language": "english please"}, "A language is like"),
        ({"language": "en-abcdefgh-abcdefgh"}, "A language is like"),
        ({"voicemail_text": "x" * 2001}, "at most 2000 characters"),
        ({"brief": "x" * 20_001}, "a brief 20000"),
        ({"machine_policy": MachinePolicy.LEAVE_MESSAGE}, "needs its text"),
        ({"priority": 10}, "0 to 9"),
        ({"priority": -1}, "0 to 9"),
        ({"max_concurrency": 0}, "1 to 10000 calls"),
        ({"max_concurrency": 10_001}, "1 to 10000 calls"),
        ({"calls_per_second": 0.0}, "0.001 to 1000.0 calls"),
        ({"calls_per_second": float("nan")}, "0.001 to 1000.0 calls"),
        ({"budget_micros": -1}, "A budget is 0"),
        ({"budget_micros": 10**15 + 1}, "A budget is 0"),
        ({"from_numbers": ("212 555 0100",)}, "each like"),
        ({"from_numbers": ("+12125550100",) * 101}, "at most 100 numbers"),
        ({"windows": every_day(0, 10, *WEEK) * 11}, "at most 70 windows"),
        ({"start_at": NOON, "end_at": NOON}, "ends after it begins"),
        ({"start_at": datetime(2026, 11, 18)}, "time zone"),  # noqa: DTZ001
        ({"variables": {"1st": "x"}}, "is no variable"),
        ({"variables": {"a": "x" * 1001}}, "at most 1000 characters"),
        ({"variables": {"a": ["x"]}}, "at most 1000 characters"),
        ({"variables": {f"v{number}": "" for number in range(51)}}, "at most 50 variables"),
    ],
)
def test_what_cannot_be_is_refused(change: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        replace(PLAN, **change)


@pytest.mark.parametrize(
    ("schema", "words"),
    [
        ({"type": "array"}, "the schema"),
        ({"type": "object", "properties": {"a": {"type": "secret"}}}, "a: "),
        ({"a": object()}, "is no JSON"),
        ({"type": "object", "description": "x" * 70_000}, "too large"),
    ],
)
def test_a_schema_that_nobody_can_ask_for_is_refused(schema: dict[str, object], words: str) -> None:
    with pytest.raises(UsageError, match=words):
        replace(PLAN, analysis_schema=schema)


def test_a_row_with_hours_that_are_none_is_refused() -> None:
    with pytest.raises(ValueError, match="A window has"):
        plan_of(Campaign(org_id="a", **{**columns_of(PLAN), "windows": [{"day": 1}]}))
