"""Many leads are judged by their kind, and no kind is taken for another."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.vantum.core.legal.legal_cases import LONG_AGO, NOON, NUMBER, consent, patient, plan, zone
from vantum.campaigns import judging
from vantum.campaigns.judging import Judge, Known
from vantum.core.legal.case import (
    Callee,
    Case,
    Consent,
    ConsentKind,
    Jurisdiction,
    LineType,
    Method,
    Reason,
    Scope,
    Suppression,
    ZoneSource,
)
from vantum.core.legal.decision import Verdict
from vantum.core.legal.gate import decide
from vantum.store.judged import Judged
from vantum.store.words import ContactState

LEAD = Judged(
    due_at=NOON,
    contact_id="contact-1",
    number=NUMBER,
    state=ContactState.ACTIVE,
    line_type=LineType.LANDLINE,
    country="US",
    region="NY",
    timezone="America/New_York",
    timezone_source=ZoneSource.EXPLICIT,
    other_zones=(),
    language="",
    company_id="company-1",
    domain="eu.shop.example.com",
    dnc=False,
    most_a_day=None,
)
NOTHING = Known({}, {}, {}, {})
moments = st.sampled_from([NOON - timedelta(hours=hours) for hours in (-30, -1, 0, 1, 5, 23, 25, 900)])
some_consents = st.builds(
    Consent, st.sampled_from([*ConsentKind]), st.sampled_from([*Method]), moments, st.none() | moments
)


def known(**given: Any) -> Known:
    return replace(NOTHING, **given)


@patient
@given(
    at=st.sampled_from(
        [("US", "NY"), ("US", "FL"), ("US", ""), ("", ""), ("DE", "BY"), ("CA", "ON"), ("BR", "")]
    ),
    line_type=st.sampled_from([*LineType]),
    zones=st.sampled_from(
        [("America/New_York", ()), ("America/Chicago", ("America/Denver",)), ("Europe/Berlin", ())]
    ),
    given_consents=st.lists(some_consents, max_size=3),
    attempts=st.lists(moments, max_size=4),
    stopped=st.booleans(),
    now=st.sampled_from([NOON + timedelta(hours=hours) for hours in (0, 3, 9, 60)]),
)
def test_a_kind_is_judged_as_the_lead_itself(
    at: tuple[str, str],
    line_type: LineType,
    zones: tuple[str, tuple[str, ...]],
    given_consents: list[Consent],
    attempts: list[datetime],
    stopped: bool,
    now: datetime,
) -> None:
    lead = replace(
        LEAD, country=at[0], region=at[1], line_type=line_type, timezone=zones[0], other_zones=zones[1]
    )
    wish = Suppression(Scope.DOMAIN, "example.com", Reason.MANUAL)
    case = Case(
        callee=Callee(NUMBER, Jurisdiction(*at), line_type, "contact-1", "company-1", lead.domain),
        plan=plan(),
        now=now,
        zones=tuple(zone(name) for name in (zones[0], *zones[1])),
        consents=tuple(given_consents),
        suppressions=(wish,) if stopped else (),
        attempts=tuple(attempts),
    )
    found = Judge(plan(), now).judge(
        lead,
        known(
            consents={"contact-1": tuple(given_consents)},
            suppressed={(Scope.DOMAIN, "example.com"): (wish,)} if stopped else {},
            called={NUMBER: tuple(attempts)},
        ),
    )
    expected = decide(case)
    assert (found.verdict, found.until) == (expected.verdict, expected.until)
    assert found.duties.disclosure == expected.duties.disclosure
    assert [(each.rule, each.verdict) for each in found.findings] == [
        (each.rule, each.verdict) for each in expected.findings
    ]


def test_those_who_agreed_on_other_days_are_of_one_kind() -> None:
    judge = Judge(plan(), NOON)
    mobile = replace(LEAD, line_type=LineType.MOBILE)
    days = [LONG_AGO + timedelta(days=day) for day in range(50)]
    for number, day in enumerate(days):
        lead = replace(mobile, contact_id=str(number))
        judge.add([lead], known(consents={str(number): (replace(consent(), granted_at=day),)}))
    assert [each.verdict for each in judge.decisions()] == [Verdict.ALLOW] * 50
    assert len(judge._remembered) == 1
    assert (judge.seen, judge.zones) == (50, {"America/New_York": 50})


def test_not_more_kinds_are_remembered_than_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(judging, "MOST_KINDS", 3)
    judge = Judge(plan(), NOON)
    for language in ("en", "de", "fr", "es", "hi"):
        judge.add([replace(LEAD, language=language)], NOTHING)
        assert len(judge._remembered) <= 3
    assert len(list(judge.decisions())) == 5


@pytest.mark.parametrize(
    ("minutes", "until"), [(-5, None), (0, None), (1, 15), (15, 15), (16, 30), (7 * 60, 7 * 60)]
)
def test_what_is_due_later_is_taken_by_the_quarter_of_an_hour(minutes: int, until: int | None) -> None:
    # A second past, so that quarters are counted from the moment that is looked at.
    now = NOON - timedelta(hours=2) + timedelta(seconds=1)
    found = Judge(plan(), now).judge(replace(LEAD, due_at=now + timedelta(minutes=minutes)), NOTHING)
    if until is None:
        assert (found.verdict, found.until) == (Verdict.ALLOW, None)
    else:
        assert (found.verdict, found.until) == (Verdict.DEFER, now + timedelta(minutes=until))
        assert found.findings[0].rule == "next_attempt"


def test_one_that_is_due_when_nobody_may_be_called_waits_longer() -> None:
    night = replace(LEAD, due_at=NOON + timedelta(hours=12))
    found = Judge(plan(), NOON).judge(night, NOTHING)
    assert (found.verdict, found.until) == (Verdict.DEFER, NOON + timedelta(hours=21))


@pytest.mark.parametrize(
    ("most", "hours", "until"),
    [(None, (1,), None), (2, (1,), None), (2, (30, 1), None), (2, (5, 1), 19), (1, (5, 1), 23), (0, (), 24)],
)
def test_a_company_rests(most: int | None, hours: tuple[int, ...], until: int | None) -> None:
    called = tuple(NOON - timedelta(hours=each) for each in hours)
    lead = replace(LEAD, most_a_day=most)
    found = Judge(plan(), NOON).judge(lead, known(companies_called={"company-1": called}))
    assert found.until == (None if until is None else NOON + timedelta(hours=until))


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"number": None}, "contact_state"),
        ({"state": ContactState.INVALID}, "contact_state"),
        ({"number": "112"}, "contact_facts"),
        ({"country": "usa"}, "contact_facts"),
    ],
)
def test_who_is_not_there_is_not_called(change: dict[str, Any], rule: str) -> None:
    judge = Judge(plan(), NOON)
    judge.add([replace(LEAD, **change)], NOTHING)
    (found,) = judge.decisions()
    assert (found.verdict, found.findings[0].rule) == (Verdict.BLOCK, rule)
