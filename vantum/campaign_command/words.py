"""What a campaign is and will come to, in lines for people."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, tzinfo
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from vantum.campaign_command.hours import hours_in_words
from vantum.campaigns.facts import CampaignFacts
from vantum.campaigns.preflighting import Outlook
from vantum.core.legal.decision import Verdict
from vantum.core.outreach.preflight import ADVICE, Missing
from vantum.store.campaigns import Label

MICROS: Final = 1_000_000
REMEDIES: Final = {
    Missing.LEADS: "vantum campaign import CAMPAIGN FILE",
    Missing.FROM_NUMBER: "vantum campaign change CAMPAIGN --from NUMBER, or set TWILIO_FROM",
    Missing.CALLBACK_NUMBER: "vantum campaign caller --callback-number NUMBER",
    Missing.LEGAL_NAME: "vantum campaign caller --legal-name NAME",
    Missing.PIPELINE: "vantum campaign change CAMPAIGN --pipeline FILE",
}


def money(micros: int, currency: str) -> str:
    """An amount for people."""
    return f"{micros / MICROS:,.2f} {currency}"


def clock(moment: datetime, zone_name: str) -> str:
    """A moment by the clocks of a zone, such as ``Mon 2026-11-23 09:00 EST``."""
    return f"{moment.astimezone(zone_of(zone_name)):%a %Y-%m-%d %H:%M %Z}"


def zone_of(name: str) -> tzinfo:
    """The time zone; UTC for one that nobody knows."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return UTC


def count(number: int, what: str) -> str:
    """``1 lead``, ``2 leads``."""
    return f"{number:,} {what}" if number == 1 else f"{number:,} {what}s"


def listed(labels: Sequence[Label]) -> Iterator[str]:
    """The campaigns in columns."""
    if not labels:
        yield "There is no campaign yet: `vantum campaign create` makes one."
    width = max((len(label.name) for label in labels), default=0)
    for label in labels:
        yield f"{label.id}  {label.state:<9}  {label.name:<{width}}  {label.pipeline}"


def described(facts: CampaignFacts, timezone: str) -> Iterator[str]:
    """What a campaign is."""
    plan = facts.plan
    yield f"{facts.name}: {facts.state}, {facts.id}"
    yield f"  calls through {plan.pipeline}, in {plan.language}, hours: {hours_in_words(plan.windows)}"
    budget = "no budget" if plan.budget_micros is None else f"budget {plan.budget_micros / MICROS:,.2f}"
    yield f"  at most {count(plan.max_concurrency, 'call')} at a time, {plan.calls_per_second:g} a second; {budget}"
    if plan.start_at is not None:
        yield f"  not before {clock(plan.start_at, timezone)}"
    if plan.end_at is not None:
        yield f"  not after {clock(plan.end_at, timezone)}"


def foreseen(outlook: Outlook) -> Iterator[str]:
    """What a campaign will come to, and what is missing."""
    answer, zone = outlook.answer, outlook.timezone
    yield f"{outlook.campaign.name}, as of {clock(outlook.at, zone)}: {count(answer.total, 'lead')} to call"
    if outlook.in_call + outlook.over:
        yield f"  besides {outlook.in_call:,} in a call, and {outlook.over:,} that are over"
    yield f"  {answer.allowed:>9,} can be called now"
    yield f"  {answer.deferred:>9,} later{_reasons(outlook, Verdict.DEFER)}"
    for wait in outlook.waits:
        yield f"            from {clock(wait.until, zone)}: {wait.leads:,}"
    told = sum(wait.leads for wait in outlook.waits)
    if told < answer.deferred:
        yield f"            later than that: {answer.deferred - told:,}"
    yield f"  {answer.human_only:>9,} only by a person{_reasons(outlook, Verdict.HUMAN_ONLY)}"
    yield f"  {answer.blocked:>9,} not at all{_reasons(outlook, Verdict.BLOCK)}"
    yield from _costs(outlook)
    yield from _missing(outlook)


def _reasons(outlook: Outlook, verdict: Verdict) -> str:
    ruled = [f"{each.rule} {each.leads:,}" for each in outlook.answer.rules if each.verdict is verdict]
    return f" ({', '.join(ruled)})" if ruled else ""


def _costs(outlook: Outlook) -> Iterator[str]:
    answer, currency = outlook.answer, outlook.currency
    if answer.affordable < answer.dialed:
        yield f"The budget pays for {answer.affordable:,} of {count(answer.dialed, 'lead')}."
    if not answer.calls:
        return
    cost = money(answer.cost, currency)
    end = "it takes more than a year"
    if answer.ends_at is not None:
        end = f"over at about {clock(answer.ends_at, outlook.timezone)}"
    yield f"About {count(answer.calls, 'call')} for about {cost}; {end}."
    if outlook.ends_too_late:
        yield "Its last day is before that: some will not be called."


def _missing(outlook: Outlook) -> Iterator[str]:
    answer = outlook.answer
    for each in answer.missing:
        kind = "Missing" if each in answer.hindering else "Note"
        remedy = f" ({REMEDIES[each]})" if each in REMEDIES else ""
        yield f"{kind}: {ADVICE[each]}{remedy}"
    yield "It can start." if answer.may_start else "It cannot start."
