"""Has the legal gate judge very many leads, and counts what it says.

Leads of whom the same is known get the same decision, so each kind of lead is judged once. What tells them apart and
no rule asks about (who it is, on which day somebody agreed) is left out of the kind.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import repeat
from typing import Final

from vantum.core.languages import base
from vantum.core.legal.case import (
    Callee,
    CandidateZone,
    Case,
    Consent,
    Jurisdiction,
    LineType,
    Plan,
    Reason,
    Scope,
    Suppression,
    ZoneSource,
)
from vantum.core.legal.decision import Decision, Duties, Finding, Recording, Verdict
from vantum.core.legal.gate import decide
from vantum.core.legal.hours import states_of
from vantum.core.legal.rules import DISCLOSURES, RULESET_VERSION
from vantum.dialing.cases import DAY, zones_of
from vantum.store.judged import Judged
from vantum.store.models import Contact
from vantum.store.suppressions import Key, keys_of
from vantum.store.words import ContactState

MOST_KINDS: Final = 20_000
"""That are remembered at a time."""
MOST_ZONES: Final = 4_096
QUARTER: Final = timedelta(minutes=15)
HOUSE: Final = "house rule"
ANYBODY: Final = "+12125550100"
"""Stands for everybody of a kind."""
LONG_AGO: Final = datetime(2000, 1, 1, tzinfo=UTC)
_STOP: Final = (Suppression(Scope.NUMBER, ANYBODY, Reason.ASKED),)


@dataclass(frozen=True, slots=True)
class Known:
    """What else is known of some leads: consents by contact, what is suppressed, and calls of the last 24 hours by
    number and by company."""

    consents: Mapping[str, tuple[Consent, ...]]
    suppressed: Mapping[Key, tuple[Suppression, ...]]
    called: Mapping[str, tuple[datetime, ...]]
    companies_called: Mapping[str, tuple[datetime, ...]]


@dataclass(frozen=True, slots=True)
class _Kind:
    """All of a lead that a rule asks about."""

    at: Jurisdiction
    line_type: LineType
    language: str
    moment: datetime
    zones: tuple[CandidateZone, ...]
    consents: tuple[Consent, ...]
    suppressions: tuple[Suppression, ...]
    attempts: tuple[datetime, ...]


@dataclass(slots=True)
class _Counted:
    decision: Decision
    leads: int = 0


@dataclass(slots=True)
class Judge:
    """Judges leads for ``plan`` at the moment ``at``; ``plan.language`` is that of leads who have none."""

    plan: Plan
    at: datetime
    seen: int = 0
    zones: Counter[str] = field(default_factory=Counter)
    waits: Counter[datetime] = field(default_factory=Counter)
    _remembered: dict[_Kind, Decision] = field(default_factory=dict)
    _counts: dict[tuple[Verdict, datetime | None, str, str], _Counted] = field(default_factory=dict)

    def add(self, leads: Sequence[Judged], known: Known) -> None:
        """Judge some more."""
        for lead in leads:
            decision = self.judge(lead, known)
            self.seen += 1
            if decision.until is not None:
                self.waits[decision.until] += 1
            key = (decision.verdict, decision.until, _rule(decision), decision.duties.disclosure)
            self._counts.setdefault(key, _Counted(decision)).leads += 1

    def decisions(self) -> Iterator[Decision]:
        """One for each lead that was added; those that say the same are the same."""
        for counted in self._counts.values():
            yield from repeat(counted.decision, counted.leads)

    def judge(self, lead: Judged, known: Known) -> Decision:
        """What would become of a call to ``lead``, at this moment or when it is due."""
        if lead.number is None or lead.state is not ContactState.ACTIVE:
            words = "There is nobody to call any more."
            return self._ruled("contact_state", words, Verdict.BLOCK, lead)
        callee = callee_of(lead)
        if callee is None:
            words = "What is known of the contact does not make sense."
            return self._ruled("contact_facts", words, Verdict.BLOCK, lead)
        moment = _moment(lead, self.at)
        decision = self._decided(self._kind(lead, callee, known, moment))
        if decision.verdict is not Verdict.ALLOW:
            return decision
        rests = _rests_until(lead, known, moment)
        if rests is not None:
            words = "The company was called as often as it may be in a day."
            return self._ruled("company_limit", words, Verdict.DEFER, lead, rests)
        if moment > self.at:
            return self._ruled("next_attempt", "It is not due yet.", Verdict.DEFER, lead, moment)
        return decision

    def _decided(self, kind: _Kind) -> Decision:
        decision = self._remembered.get(kind)
        if decision is None:
            if len(self._remembered) >= MOST_KINDS:
                self._remembered.clear()
            decision = self._remembered[kind] = decide(self._case(kind))
        return decision

    def _case(self, kind: _Kind) -> Case:
        return Case(
            callee=Callee(ANYBODY, kind.at, kind.line_type),
            plan=replace(self.plan, language=kind.language),
            now=kind.moment,
            zones=kind.zones,
            consents=kind.consents,
            suppressions=kind.suppressions,
            attempts=kind.attempts,
        )

    def _kind(self, lead: Judged, callee: Callee, known: Known, moment: datetime) -> _Kind:
        number = callee.number
        stopped = lead.dnc or any(key in known.suppressed for key in keys_of(callee))
        zones = _zones(lead.timezone, lead.timezone_source, lead.other_zones, "" if lead.timezone else number)
        self.zones.update(zone.name for zone in zones[:1])
        counts = any(rule.most_in_24_hours is not None for rule in states_of(callee.at))
        return _Kind(
            at=callee.at,
            line_type=lead.line_type,
            language=lead.language or self.plan.language,
            moment=moment,
            zones=zones,
            consents=_alike(known.consents.get(lead.contact_id, ()), moment),
            suppressions=_STOP if stopped else (),
            attempts=known.called.get(number, ()) if counts else (),
        )

    def _ruled(
        self, rule: str, words: str, verdict: Verdict, lead: Judged, until: datetime | None = None
    ) -> Decision:
        """What a rule of the dialer says, in the form of the gate's."""
        language = base(lead.language or self.plan.language)
        return Decision(
            verdict=verdict,
            until=until,
            decided_at=self.at,
            ruleset=RULESET_VERSION,
            findings=(Finding(rule, HOUSE, (), verdict, words),),
            duties=Duties(language, DISCLOSURES.get(language, ""), Recording.OFF, ""),
        )


def callee_of(lead: Judged) -> Callee | None:
    """Who is to be called; None where what somebody wrote into the database makes no sense."""
    try:
        at = Jurisdiction(lead.country, lead.region)
        return Callee(lead.number or "", at, lead.line_type, lead.contact_id, lead.company_id, lead.domain)
    except ValueError:
        return None


def _rule(decision: Decision) -> str:
    return next(each.rule for each in decision.findings if each.verdict is decision.verdict)


def _moment(lead: Judged, at: datetime) -> datetime:
    """When a lead is called at the earliest. What is due later is taken by the quarter of an hour: it is an estimate,
    and there may be as many moments as leads."""
    if lead.due_at is None or lead.due_at <= at:
        return at
    return at - (at - lead.due_at) // QUARTER * QUARTER


def _alike(consents: tuple[Consent, ...], moment: datetime) -> tuple[Consent, ...]:
    """The same consents for the gate: without a withdrawal it only asks whether a consent was given by now."""
    if not consents or any(each.revoked_at is not None for each in consents):
        return consents
    kinds = {
        (each.kind, each.method)
        for each in consents
        if each.granted_at is not None and each.granted_at <= moment
    }
    return tuple(Consent(kind, method, LONG_AGO) for kind, method in sorted(kinds))


def _rests_until(lead: Judged, known: Known, moment: datetime) -> datetime | None:
    if lead.most_a_day is None:
        return None
    if lead.most_a_day < 1:
        return moment + DAY
    called = known.companies_called.get(lead.company_id, ())
    if len(called) < lead.most_a_day:
        return None
    rested = called[-lead.most_a_day] + DAY
    return rested if rested > moment else None


@lru_cache(maxsize=MOST_ZONES)
def _zones(
    timezone: str, source: ZoneSource | None, others: tuple[str, ...], number: str
) -> tuple[CandidateZone, ...]:
    """Where somebody may be, as the dialer has it; ``number`` where no zone is known."""
    return zones_of(Contact(e164=number, timezone=timezone, timezone_source=source, other_zones=list(others)))
