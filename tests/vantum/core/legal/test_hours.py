"""The hours of the law, of the states and of the campaign, and calls in 24 hours."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.vantum.core.legal.legal_cases import ALWAYS, CHICAGO, NEW_YORK, NOON, callee, case, plan, zone
from vantum.core.legal.case import Jurisdiction, ZoneSource
from vantum.core.legal.decision import Verdict
from vantum.core.legal.hours import hours_of, rests_of, states_of, time_findings

MICRO = timedelta(microseconds=1)


def at(text: str, name: str = NEW_YORK) -> datetime:
    """A moment by the clock of a zone."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(name))


def deferring(state: str, now: datetime, **others: object) -> list[str]:
    """The rules on time that do not allow ``now``, with a campaign that has no hours of its own."""
    about = case(callee(state=state), plan(ALWAYS), now, **others)  # type: ignore[arg-type]
    return [finding.rule for finding in time_findings(about) if finding.verdict is Verdict.DEFER]


@pytest.mark.parametrize(
    ("state", "clock", "rules"),
    [
        ("NY", "2026-11-18 07:59:59.999999", ["legal_hours"]),
        ("NY", "2026-11-18 08:00", []),
        ("NY", "2026-11-18 20:59:59.999999", []),
        ("NY", "2026-11-18 21:00", ["legal_hours"]),
        ("NY", "2026-11-22 12:00", []),
        ("FL", "2026-11-18 19:59", []),
        ("FL", "2026-11-18 20:00", ["hours_FL"]),
        ("KY", "2026-11-18 09:59", ["hours_KY"]),
        ("KY", "2026-11-18 10:00", []),
        ("KY", "2026-11-18 20:30", []),
        ("AL", "2026-11-21 12:00", []),
        ("AL", "2026-11-22 12:00", ["hours_AL"]),
        ("LA", "2026-11-22 12:00", ["hours_LA"]),
        ("MS", "2026-11-22 12:00", ["hours_MS"]),
        ("", "2026-11-22 09:00", ["hours_AL", "hours_KY", "hours_LA", "hours_MS"]),
    ],
)
def test_the_hours_of_a_day(state: str, clock: str, rules: list[str]) -> None:
    assert deferring(state, at(clock)) == rules


def test_every_zone_has_to_allow() -> None:
    both = (zone(NEW_YORK, ZoneSource.AREA_CODE), zone(CHICAGO, ZoneSource.AREA_CODE))
    assert deferring("NY", at("2026-11-18 08:30"), zones=both) == ["legal_hours"]
    assert deferring("NY", at("2026-11-18 20:30", CHICAGO), zones=both) == ["legal_hours"]
    assert deferring("NY", at("2026-11-18 09:00"), zones=both) == []


def test_without_a_zone_nobody_is_called() -> None:
    assert {finding.verdict for finding in time_findings(case(zones=()))} == {Verdict.BLOCK}


@pytest.mark.parametrize(
    ("place", "states"),
    [
        (Jurisdiction("US", "KY"), ["KY"]),
        (Jurisdiction("US", "NY"), []),
        (Jurisdiction("DE", ""), []),
        (Jurisdiction("CA", "AL"), []),
        (Jurisdiction("US", ""), ["AL", "FL", "KY", "LA", "MA", "MD", "MS", "OK"]),
        (Jurisdiction("", ""), ["AL", "FL", "KY", "LA", "MA", "MD", "MS", "OK"]),
    ],
)
def test_whose_rules_hold(place: Jurisdiction, states: list[str]) -> None:
    assert [rule.state for rule in states_of(place)] == states


def test_usual_windows_where_the_campaign_has_none() -> None:
    assert [hours.rule for hours in hours_of(case())] == ["legal_hours", "usual_windows"]
    assert [hours.rule for hours in hours_of(case(wanted=plan(ALWAYS)))] == [
        "legal_hours",
        "campaign_windows",
    ]
    saturday = case(now=at("2026-11-21 12:00"))
    assert [finding.verdict for finding in time_findings(saturday)] == [Verdict.ALLOW, Verdict.DEFER]


@pytest.mark.parametrize("state", ["FL", "OK"])
@pytest.mark.parametrize(
    ("hours_ago", "over_at"),
    [
        ((), None),
        ((1, 2), None),
        ((30, 1, 2), NOON - timedelta(hours=6)),
        ((24, 1, 2), NOON),
        ((1, 23, 2), NOON + timedelta(hours=1)),
        ((1, 2, 3, 4), NOON + timedelta(hours=21)),
        # A clock that is wrong does not free anybody.
        ((-1, -2, -3), NOON + timedelta(hours=25)),
    ],
)
def test_three_calls_in_24_hours(state: str, hours_ago: tuple[int, ...], over_at: datetime | None) -> None:
    attempts = tuple(NOON - timedelta(hours=hours) for hours in hours_ago)
    (rest,) = rests_of(case(callee(state=state), attempts=attempts))
    assert rest.over_at == over_at
    allowed = over_at is None or over_at <= NOON
    assert rest.allow(NOON) is allowed
    expected = [] if allowed else [f"most_in_24_hours_{state}"]
    assert deferring(state, NOON, attempts=attempts) == expected
    if over_at is not None:
        assert not rest.allow(over_at - MICRO)


def test_other_states_set_no_number() -> None:
    assert rests_of(case(attempts=(NOON,) * 9)) == ()


def test_the_words() -> None:
    now = at("2026-11-18 21:30")
    attempts = (now - timedelta(hours=1),) * 3 + (now - timedelta(days=2),)
    zones = (zone(CHICAGO, ZoneSource.COUNTRY), zone(NEW_YORK))
    legal, florida, campaign, rest = time_findings(
        case(callee(state="FL"), plan(ALWAYS), now, zones, (), (), attempts)
    )
    assert legal.words == "It is outside these hours: Wed 21:30-05:00 in America/New_York."
    assert legal.inputs[1:] == (
        ("local_time", "Wed 20:30-06:00 in America/Chicago (by country)"),
        ("local_time", "Wed 21:30-05:00 in America/New_York (by explicit)"),
    )
    assert florida.inputs[0][1].startswith("Mon 08:00-20:00, Tue 08:00-20:00")
    assert campaign.words == "It is within these hours, wherever the callee may be."
    assert rest.words == "Calls in the last 24 hours: 3 of 3; the next from 2026-11-20T01:30:00+00:00."
    assert rest.inputs == (("most", "3"), *(("attempt", "2026-11-19T01:30:00+00:00"),) * 3)
    recent = (NOON, NOON - timedelta(hours=24))
    (fine,) = (
        f for f in time_findings(case(callee(state="OK"), attempts=recent)) if f.rule.startswith("most")
    )
    assert fine.words == "Calls in the last 24 hours: 1 of 3."
