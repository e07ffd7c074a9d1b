"""What holds for any case: any contact, zones, windows, and any moment around the changes of clocks.

The hours are looked up here in another way than by the gate: minute by minute, from the table.
"""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TypeVar
from unittest.mock import patch

from hypothesis import assume, example, given
from hypothesis import strategies as st

from tests.vantum.core.legal.legal_cases import (
    ALWAYS,
    NEW_YORK,
    callee,
    callees,
    case,
    cases,
    matching,
    moments,
    night_windows,
    patient,
    plan,
    waiting_cases,
    windows,
    zone,
    zones,
)
from vantum.core.legal import hours
from vantum.core.legal.case import Callee, CandidateZone, Case, Reason, Scope, Suppression
from vantum.core.legal.decision import Verdict
from vantum.core.legal.document import written
from vantum.core.legal.gate import decide
from vantum.core.legal.moment import HORIZON, first_moment
from vantum.core.legal.rule import Window

MINUTE = timedelta(minutes=1)
Item = TypeVar("Item")
STATE_HOURS = {
    **dict.fromkeys(("FL", "OK", "MA", "MD"), (8, 20, 7)),
    **dict.fromkeys(("AL", "LA", "MS"), (8, 20, 6)),
    "KY": (10, 21, 7),
}


def is_open(about: Case, now: datetime, law: tuple[int, int] = (8, 21)) -> bool:
    """Whether every zone's clock is within all hours at ``now``."""
    return all(_is_open_at(about, now.astimezone(zone.zone), law) for zone in about.zones) and _is_rested(
        about, now
    )


def _states(about: Case) -> list[str]:
    at = about.callee.at
    if at.country not in ("US", ""):
        return []
    return [state for state in STATE_HOURS if at.state in ("", state)]


def _is_open_at(about: Case, local: datetime, law: tuple[int, int]) -> bool:
    hour = local.hour
    if not law[0] <= hour < law[1]:
        return False
    for state in _states(about):
        start, end, days = STATE_HOURS[state]
        if not (start <= hour < end and local.weekday() < days):
            return False
    if not about.plan.windows:
        return local.weekday() < 5 and 9 <= hour < 18
    minute = hour * 60 + local.minute
    return any(w.weekday == local.weekday() and w.start <= minute < w.end for w in about.plan.windows)


def _is_rested(about: Case, now: datetime) -> bool:
    recent = [attempt for attempt in about.attempts if attempt > now - timedelta(hours=24)]
    return len(recent) < 3 or not {"FL", "OK"} & set(_states(about))


def minutes_before(about: Case, end: datetime) -> list[datetime]:
    """Moments from now to before ``end``: the last four days' minutes, some of the others, and the last instant."""
    count = int((end - about.now) / MINUTE) + 1
    places = {
        *range(max(0, count - 4 * 1440), count, 3),
        *range(max(0, count - 200), count),
        *range(0, count, 101),
    }
    found = [about.now + place * MINUTE for place in places]
    return [now for now in (*found, end - timedelta(microseconds=1)) if about.now <= now < end]


@patient
@given(cases())
def test_what_is_allowed_is_within_every_window_in_every_zone(about: Case) -> None:
    if decide(about).verdict is Verdict.ALLOW:
        assert is_open(about, about.now)


@patient
@given(waiting_cases())
def test_where_only_time_can_object_it_is_allowed_exactly_within_the_windows(about: Case) -> None:
    assert (decide(about).verdict is Verdict.ALLOW) is is_open(about, about.now)


@patient
@given(
    callees, st.one_of(st.just(ALWAYS), st.just(()), windows), moments, zones, st.lists(st.integers(0, 50))
)
@example(callee(), ALWAYS, datetime(2026, 11, 1, 5, 30, tzinfo=UTC), (zone(NEW_YORK),), [])
def test_the_first_moment_is_allowed_and_no_earlier_one(
    who: Callee, hours: tuple[Window, ...], now: datetime, at: tuple[CandidateZone, ...], ago: list[int]
) -> None:
    attempts = tuple(now - timedelta(hours=hour) for hour in ago)
    about = case(who, plan(hours), now, at, attempts=attempts)
    found = first_moment(about)
    if found is not None:
        assert is_open(about, found)
    for earlier in minutes_before(about, found or now + HORIZON):
        assert not is_open(about, earlier), earlier


@patient
@given(night_windows, moments, zones)
def test_at_night_too_when_clocks_are_changed(
    nights: tuple[Window, ...], now: datetime, at: tuple[CandidateZone, ...]
) -> None:
    about = case(wanted=plan(nights), now=now, zones=at)
    with patch.object(hours, "LEGAL_HOURS", ALWAYS):
        found = first_moment(about)
    if found is not None:
        assert is_open(about, found, (0, 24))
    for earlier in minutes_before(about, found or now + HORIZON):
        assert not is_open(about, earlier, (0, 24)), earlier


@patient
@given(waiting_cases())
def test_what_is_deferred_is_allowed_then_and_not_before(about: Case) -> None:
    decision = decide(about)
    assume(decision.until is not None)
    until = decision.until or about.now
    assert about.now < until <= about.now + HORIZON
    assert decide(replace(about, now=until)).verdict is Verdict.ALLOW
    for earlier in (about.now, until - timedelta(microseconds=1), max(about.now, until - MINUTE)):
        assert decide(replace(about, now=earlier)).verdict is not Verdict.ALLOW


@patient
@given(cases(), matching)
def test_a_suppression_wins_whatever_else_is_true(about: Case, item: tuple[Scope, str]) -> None:
    stop = Suppression(*item, Reason.ASKED)
    decision = decide(replace(about, suppressions=(*about.suppressions, stop)))
    assert decision.verdict is Verdict.BLOCK
    assert decision.findings[0].verdict is Verdict.BLOCK


def _mixed(chance: random.Random, items: tuple[Item, ...]) -> tuple[Item, ...]:
    return tuple(chance.sample(items, len(items)))


@patient
@given(cases(), st.randoms(use_true_random=False))
def test_the_order_of_what_is_known_means_nothing(about: Case, chance: random.Random) -> None:
    other = replace(
        about,
        zones=_mixed(chance, about.zones),
        consents=_mixed(chance, about.consents),
        suppressions=_mixed(chance, about.suppressions),
        attempts=_mixed(chance, about.attempts),
        plan=replace(about.plan, windows=_mixed(chance, about.plan.windows)),
    )
    assert written(decide(other)) == written(decide(about))


@patient
@given(cases())
def test_the_same_case_gets_the_same_decision_and_names_nobody(about: Case) -> None:
    text = written(decide(about))
    assert text == written(decide(about))
    for name in (about.callee.number, about.callee.contact_id, about.callee.company_id, about.callee.domain):
        assert name not in text


@patient
@given(cases())
def test_the_verdict_is_the_strictest_finding(about: Case) -> None:
    decision = decide(about)
    found = {finding.verdict for finding in decision.findings}
    assert decision.verdict in found
    assert (decision.verdict is Verdict.ALLOW) is (found == {Verdict.ALLOW})
