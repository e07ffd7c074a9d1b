"""What a campaign will come to, before it starts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.vantum.core.legal.legal_cases import (
    NEW_YORK,
    NOON,
    NUMBER,
    callee,
    case,
    cases,
    consent,
    matching,
    others,
    patient,
    plan,
)
from vantum.core.legal.case import Case, Jurisdiction, LineType, Reason, Scope, Suppression
from vantum.core.legal.decision import Verdict
from vantum.core.legal.gate import decide
from vantum.core.legal.rules import USUAL_WINDOWS
from vantum.core.outreach.pace import Day, Pace
from vantum.core.outreach.preflight import ADVICE, Missing, Preflight, Ruled, Setup, in_words, preflight

# 10 at a time, a minute each: 600 calls an hour.
SETUP = Setup(
    "+12125550100",
    "Shop Ltd.",
    ("+12125550101",),
    Pace(10, 5.0, 60.0),
    Day(USUAL_WINDOWS, ZoneInfo(NEW_YORK)),
    100_000,
)
NIGHT = NOON + timedelta(hours=12)
MORNING = NOON + timedelta(hours=21)
MOBILE = callee(line_type=LineType.MOBILE)
GERMANY = replace(MOBILE, at=Jurisdiction("DE"))
STOP = (Suppression(Scope.NUMBER, NUMBER, Reason.ASKED),)


def answer(cases: Sequence[Case], setup: Setup = SETUP) -> Preflight:
    """The answer for leads of whom this is known; the time is that of the first."""
    # Leads of whom the same is known get the same decision.
    decisions = {place: decide(about) for place, about in {id(about): about for about in cases}.items()}
    return preflight((decisions[id(about)] for about in cases), setup, cases[0].now if cases else NOON)


def test_leads_are_counted_by_verdict_and_by_the_rule_that_made_it() -> None:
    found = answer(
        [
            *(case(),) * 6,
            *(case(MOBILE),) * 3,
            *(case(GERMANY),) * 2,
            case(suppressions=STOP),
            case(MOBILE, suppressions=STOP),
        ]
    )
    assert (found.total, found.allowed, found.deferred, found.human_only, found.blocked) == (13, 6, 0, 2, 5)
    assert found.rules == (
        Ruled("us_artificial_voice", Verdict.BLOCK, 3),
        Ruled("europe_automated_calling", Verdict.HUMAN_ONLY, 2),
        Ruled("suppression", Verdict.BLOCK, 2),
    )
    assert (found.dialed, found.calls, found.cost) == (6, 6, 600_000)
    assert found.missing == (Missing.CONSENT,)
    assert found.may_start


def test_the_end_is_after_those_who_have_to_wait() -> None:
    found = answer([case(now=NIGHT)] * 600)
    assert (found.allowed, found.deferred) == (0, 600)
    assert found.rules == (Ruled("legal_hours", Verdict.DEFER, 600),)
    assert found.ends_at == MORNING + timedelta(hours=1)
    assert answer([case()] * 600).ends_at == NOON + timedelta(hours=1)


def test_attempts_and_budget_count() -> None:
    twice = replace(SETUP, pace=replace(SETUP.pace, attempts_per_lead=2.0))
    found = answer([case()] * 600, twice)
    assert (found.calls, found.cost, found.affordable) == (1200, 120_000_000, 600)
    assert found.ends_at == NOON + timedelta(hours=2)
    poor = answer([*(case(),) * 600], replace(twice, budget=60_000_000))
    assert (poor.dialed, poor.affordable, poor.calls, poor.cost) == (600, 300, 600, 60_000_000)
    assert poor.ends_at == NOON + timedelta(hours=1)
    free = answer([case()] * 3, replace(twice, budget=0, cost_per_call=0))
    assert (free.affordable, free.cost) == (3, 0)


@pytest.mark.parametrize(
    ("setup", "cases", "missing"),
    [
        (SETUP, [], (Missing.LEADS,)),
        (replace(SETUP, from_numbers=()), [case()], (Missing.FROM_NUMBER,)),
        (replace(SETUP, callback_number=""), [case()], (Missing.CALLBACK_NUMBER,)),
        (replace(SETUP, legal_name=""), [case()], (Missing.LEGAL_NAME,)),
        (replace(SETUP, lacks=(Missing.PIPELINE,)), [case()], (Missing.PIPELINE,)),
        (SETUP, [case(suppressions=STOP)], (Missing.CALLABLE,)),
        (SETUP, [case(MOBILE)], (Missing.CALLABLE, Missing.CONSENT)),
        (SETUP, [case(wanted=plan(language="xx"))], (Missing.CALLABLE, Missing.DISCLOSURE)),
        (SETUP, [case()], ()),
    ],
)
def test_what_is_missing_hinders_the_start(
    setup: Setup, cases: list[Case], missing: tuple[Missing, ...]
) -> None:
    found = answer(cases, setup)
    assert found.missing == missing
    assert found.hindering == missing
    assert found.may_start is (missing == ())


@pytest.mark.parametrize(
    ("cases", "missing"),
    [
        ([case(), case(wanted=plan(language="xx"))], (Missing.DISCLOSURE,)),
        ([case(), case(MOBILE)], (Missing.CONSENT,)),
    ],
)
def test_what_only_some_leads_lack_does_not_hinder(cases: list[Case], missing: tuple[Missing, ...]) -> None:
    found = answer(cases)
    assert (found.missing, found.hindering, found.may_start) == (missing, (), True)


def test_only_leads_without_consent_lack_it() -> None:
    assert answer([case(MOBILE, consents=(consent(),)), case(suppressions=STOP)]).missing == ()


def test_the_answer_in_words() -> None:
    poor = replace(SETUP, budget=50_000_000, callback_number="")
    words = in_words(answer([*(case(),) * 600, case(MOBILE)], poor), "EUR")
    assert words == (
        "The organisation has no number at which it can be called back.",
        "Some leads have not consented to a machine's call.",
        "Of 601 leads 600 can be called now, 0 later, 0 only by a person, 1 not at all.",
        "1 block by us_artificial_voice.",
        "The budget pays for 500 of 600 leads.",
        "About 500 calls cost about 50.00 EUR.",
        "It will be over at about 2026-11-18T17:50:00+00:00.",
    )
    slow = replace(SETUP, pace=Pace(1, 0.001, 60.0))
    assert in_words(answer([case()] * 9_000, slow), "EUR")[-1] == "At this pace it takes more than a year."
    assert in_words(answer([]), "EUR")[-1] == "About 0 calls cost about 0.00 EUR."
    assert set(ADVICE) == set(Missing)


@settings(patient, max_examples=40)
@given(st.lists(cases(others | matching), max_size=4))
def test_every_lead_is_counted_once(about: list[Case]) -> None:
    found = preflight([decide(each) for each in about], SETUP, NOON)
    assert found.total == len(about)
    assert found.allowed + found.deferred + found.human_only + found.blocked == found.total
    assert sum(ruled.leads for ruled in found.rules) == found.total - found.allowed
    assert found.affordable == found.dialed


@pytest.mark.parametrize("change", [{"cost_per_call": -1}, {"budget": -1}])
def test_money_is_not_below_zero(change: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="0 or more"):
        replace(SETUP, **change)  # type: ignore[arg-type]
