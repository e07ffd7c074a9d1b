"""The hours in which somebody may be called: of the law, of the callee's state, of the campaign.

Law: all of them have to allow, in every time zone in which the callee may be. Where a US state (or even the
country) is not known, the hours of all states hold. A window ends before its last minute: at 21:00 it is too late.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from vantum.core.legal.case import Case, Jurisdiction, utc
from vantum.core.legal.decision import Finding, Verdict
from vantum.core.legal.rule import DAY_NAMES, StateRule, Window, clock
from vantum.core.legal.rules import (
    LEGAL_HOURS,
    LEGAL_HOURS_SOURCE,
    STATES,
    USUAL_WINDOWS,
    USUAL_WINDOWS_SOURCE,
)

DAY = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Hours:
    """Windows under the name of who sets them."""

    rule: str
    source: str
    windows: tuple[Window, ...]

    def allow(self, moment: datetime, zone: tzinfo) -> bool:
        """Whether ``moment`` is within one of the windows, by the clocks of ``zone``."""
        local = moment.astimezone(zone)
        minute = local.hour * 60 + local.minute
        return any(w.weekday == local.weekday() and w.start <= minute < w.end for w in self.windows)


@dataclass(frozen=True, slots=True)
class Rest:
    """Under a state's limit of calls in 24 hours: how many there may be, and the moment from which one more may."""

    rule: str
    source: str
    most: int
    over_at: datetime | None

    def allow(self, moment: datetime) -> bool:
        """Whether one more call may be placed at ``moment``."""
        return self.over_at is None or moment >= self.over_at


def states_of(at: Jurisdiction) -> tuple[StateRule, ...]:
    """The rules of a callee's state: of every state, where it is not known."""
    if at.country not in ("US", ""):
        return ()
    return tuple(rule for rule in STATES if at.state in ("", rule.state))


def hours_of(case: Case) -> tuple[Hours, ...]:
    """All hours that have to allow this call."""
    windows = case.plan.windows
    return (
        Hours("legal_hours", LEGAL_HOURS_SOURCE, LEGAL_HOURS),
        *(Hours(f"hours_{rule.state}", rule.source, rule.windows) for rule in states_of(case.callee.at)),
        Hours("campaign_windows", "campaign", windows)
        if windows
        else Hours("usual_windows", USUAL_WINDOWS_SOURCE, USUAL_WINDOWS),
    )


def rests_of(case: Case) -> tuple[Rest, ...]:
    """The limits of calls in 24 hours that hold for this call; an attempt in the future counts too."""
    attempts = sorted(case.attempts)
    return tuple(
        Rest(
            f"most_in_24_hours_{rule.state}",
            rule.source,
            rule.most_in_24_hours,
            attempts[-rule.most_in_24_hours] + DAY if len(attempts) >= rule.most_in_24_hours else None,
        )
        for rule in states_of(case.callee.at)
        if rule.most_in_24_hours is not None
    )


def time_findings(case: Case) -> tuple[Finding, ...]:
    """What every rule on time says of this moment."""
    return (
        *(_hours_finding(hours, case) for hours in hours_of(case)),
        *(_rest_finding(rest, case) for rest in rests_of(case)),
    )


def _hours_finding(hours: Hours, case: Case) -> Finding:
    if not case.zones:
        words = "No time zone of the callee is known, so nobody can tell how late it is there."
        return Finding(hours.rule, hours.source, (), Verdict.BLOCK, words)
    clocks = sorted({(zone.name, zone.source, _local(case.now, zone.zone)) for zone in case.zones})
    outside = sorted(
        {f"{_local(case.now, z.zone)} in {z.name}" for z in case.zones if not hours.allow(case.now, z.zone)}
    )
    words = "It is within these hours, wherever the callee may be."
    if outside:
        words = f"It is outside these hours: {', '.join(outside)}."
    windows = sorted((w.weekday, w.start, w.end) for w in hours.windows)
    inputs = (
        (
            "windows",
            ", ".join(f"{DAY_NAMES[day]} {clock(start)}-{clock(end)}" for day, start, end in windows),
        ),
        *(("local_time", f"{local} in {name} (by {source})") for name, source, local in clocks),
    )
    return Finding(hours.rule, hours.source, inputs, Verdict.DEFER if outside else Verdict.ALLOW, words)


def _rest_finding(rest: Rest, case: Case) -> Finding:
    recent = sorted(utc(attempt) for attempt in case.attempts if attempt > case.now - DAY)
    inputs = (("most", str(rest.most)), *(("attempt", attempt) for attempt in recent))
    if rest.over_at is None or rest.allow(case.now):
        words = f"Calls in the last 24 hours: {len(recent)} of {rest.most}."
        return Finding(rest.rule, rest.source, inputs, Verdict.ALLOW, words)
    words = f"Calls in the last 24 hours: {len(recent)} of {rest.most}; the next from {utc(rest.over_at)}."
    return Finding(rest.rule, rest.source, inputs, Verdict.DEFER, words)


def _local(moment: datetime, zone: tzinfo) -> str:
    """The clock there, such as ``Sat 07:15 -05:00``."""
    local = moment.astimezone(zone)
    return f"{DAY_NAMES[local.weekday()]} {local.isoformat(' ', 'minutes')[11:]}"
