"""What a campaign will come to, before it starts: who will be called and who not, until when, for how much.

Law: it asks the same gate as the moment of dialing, so it says of this moment what dialing would. Each lead is
counted once, under the first rule that made its verdict.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from vantum.core.legal.case import utc
from vantum.core.legal.decision import Decision, Verdict
from vantum.core.legal.rules import CONSENT, ELSEWHERE
from vantum.core.outreach.pace import Batch, Day, Pace, finished_at

CONSENT_RULES: Final = frozenset(rule.name for rule in (*CONSENT, ELSEWHERE))


class Missing(StrEnum):
    """What a campaign has to have before it starts, or what some of its leads lack."""

    LEADS = "leads"
    FROM_NUMBER = "from_number"
    CALLBACK_NUMBER = "callback_number"
    LEGAL_NAME = "legal_name"
    PIPELINE = "pipeline"
    CALLABLE = "callable"
    DISCLOSURE = "disclosure"
    CONSENT = "consent"


ADVICE: Final = {
    Missing.LEADS: "The campaign has no leads to call.",
    Missing.FROM_NUMBER: "The campaign has no number to call from.",
    Missing.CALLBACK_NUMBER: "The organisation has no number at which it can be called back.",
    Missing.LEGAL_NAME: "The organisation has no legal name to say in the call.",
    Missing.PIPELINE: "The campaign's pipeline is not there.",
    Missing.CALLABLE: "None of its leads may be called by a machine.",
    Missing.DISCLOSURE: "Some leads' language has no sentence that says that a machine calls.",
    Missing.CONSENT: "Some leads have not consented to a machine's call.",
}
HINDERS: Final = frozenset(Missing) - {Missing.DISCLOSURE, Missing.CONSENT}
"""Without these a campaign does not start. What only some leads lack leaves out those leads, and hinders where nobody
else is left."""


@dataclass(frozen=True, slots=True)
class Setup:
    """What is known of the campaign: "" for a text that is missing, money in millionths of the currency.

    ``cost_per_call`` is an average; ``budget`` is None where there is none. ``lacks`` is what is missing besides, as
    far as only the machine that calls can tell. Raises ValueError.
    """

    callback_number: str
    legal_name: str
    from_numbers: tuple[str, ...]
    pace: Pace
    day: Day
    cost_per_call: int
    budget: int | None = None
    lacks: tuple[Missing, ...] = ()

    def __post_init__(self) -> None:
        if self.cost_per_call < 0 or (self.budget is not None and self.budget < 0):
            raise ValueError("Money is 0 or more.")


@dataclass(frozen=True, slots=True)
class Ruled:
    """So many leads got ``verdict`` from ``rule``."""

    rule: str
    verdict: Verdict
    leads: int


@dataclass(frozen=True, slots=True)
class Preflight:
    """The answer: leads by verdict, by rule (most leads first), calls and costs that are to be expected.

    ``dialed`` are all that will be called, at once or later; ``affordable`` those of them that the budget pays
    for. ``ends_at`` is None if the end is more than a year away. ``cost`` covers the affordable ones.
    """

    total: int
    allowed: int
    deferred: int
    human_only: int
    blocked: int
    rules: tuple[Ruled, ...]
    affordable: int
    calls: int
    cost: int
    ends_at: datetime | None
    missing: tuple[Missing, ...]

    @property
    def dialed(self) -> int:
        """Leads that will be called, now or later, as far as the law goes."""
        return self.allowed + self.deferred

    @property
    def may_start(self) -> bool:
        """Whether nothing is missing that hinders the start."""
        return not self.hindering

    @property
    def hindering(self) -> tuple[Missing, ...]:
        """What hinders the start."""
        if self.total and not self.dialed:
            return self.missing
        return tuple(each for each in self.missing if each in HINDERS)


def preflight(decisions: Iterable[Decision], setup: Setup, now: datetime) -> Preflight:
    """The answer for a campaign whose leads got ``decisions`` at ``now``; they are read once."""
    verdicts: Counter[Verdict] = Counter()
    rules: Counter[tuple[str, Verdict]] = Counter()
    ready: Counter[datetime] = Counter()
    disclosures = set()
    for decision in decisions:
        verdict = decision.verdict
        verdicts[verdict] += 1
        disclosures.add(decision.duties.disclosure)
        if verdict is not Verdict.ALLOW:
            rules[_rule(decision), verdict] += 1
        if verdict in (Verdict.ALLOW, Verdict.DEFER):
            ready[decision.until or now] += 1
    dialed = verdicts[Verdict.ALLOW] + verdicts[Verdict.DEFER]
    affordable = _affordable(dialed, setup)
    calls = round(affordable * setup.pace.attempts_per_lead)
    return Preflight(
        total=verdicts.total(),
        allowed=verdicts[Verdict.ALLOW],
        deferred=verdicts[Verdict.DEFER],
        human_only=verdicts[Verdict.HUMAN_ONLY],
        blocked=verdicts[Verdict.BLOCK],
        rules=tuple(Ruled(rule, verdict, leads) for (rule, verdict), leads in rules.most_common()),
        affordable=affordable,
        calls=calls,
        cost=calls * setup.cost_per_call,
        ends_at=finished_at(_batches(ready, affordable), setup.pace, setup.day, now),
        missing=(
            *_missing(verdicts.total(), setup),
            *_missing_of_leads(verdicts.total(), dialed, {rule for rule, _ in rules}, disclosures),
        ),
    )


def in_words(answer: Preflight, currency: str) -> tuple[str, ...]:
    """The answer in sentences for people, what is missing first."""
    return tuple(_sentences(answer, currency))


def _rule(decision: Decision) -> str:
    return next(finding.rule for finding in decision.findings if finding.verdict is decision.verdict)


def _affordable(dialed: int, setup: Setup) -> int:
    each = setup.pace.attempts_per_lead * setup.cost_per_call
    if setup.budget is None or each == 0:
        return dialed
    return min(dialed, int(setup.budget / each))


def _batches(ready: Counter[datetime], affordable: int) -> list[Batch]:
    """The first ``affordable`` leads, by when they may be called."""
    batches = []
    for moment in sorted(ready):
        leads = min(ready[moment], affordable)
        affordable -= leads
        batches.append(Batch(moment, leads))
    return batches


def _missing(total: int, setup: Setup) -> Iterator[Missing]:
    if total == 0:
        yield Missing.LEADS
    if not setup.from_numbers:
        yield Missing.FROM_NUMBER
    if not setup.callback_number:
        yield Missing.CALLBACK_NUMBER
    if not setup.legal_name:
        yield Missing.LEGAL_NAME
    yield from setup.lacks


def _missing_of_leads(total: int, dialed: int, rules: set[str], disclosures: set[str]) -> Iterator[Missing]:
    if total and not dialed:
        yield Missing.CALLABLE
    if "" in disclosures:
        yield Missing.DISCLOSURE
    if rules & CONSENT_RULES:
        yield Missing.CONSENT


def _sentences(answer: Preflight, currency: str) -> Iterator[str]:
    yield from (ADVICE[missing] for missing in answer.missing)
    yield (
        f"Of {answer.total} leads {answer.allowed} can be called now, {answer.deferred} later, "
        f"{answer.human_only} only by a person, {answer.blocked} not at all."
    )
    yield from (f"{ruled.leads} {ruled.verdict} by {ruled.rule}." for ruled in answer.rules)
    if answer.affordable < answer.dialed:
        yield f"The budget pays for {answer.affordable} of {answer.dialed} leads."
    yield f"About {answer.calls} calls cost about {answer.cost / 1_000_000:,.2f} {currency}."
    if answer.ends_at is None:
        yield "At this pace it takes more than a year."
    elif answer.calls:
        yield f"It will be over at about {utc(answer.ends_at)}."
