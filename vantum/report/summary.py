"""A report's values out of what the store has counted."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from vantum.core.outreach.outcome import AttemptOutcome
from vantum.report.tally import Tally, zone_of
from vantum.report.values import Amount, Bar, Person, Quote, Report
from vantum.store.reported_people import Winner
from vantum.store.reporting import Funnel, Head, Sum
from vantum.store.words import CostState

MOST_OBJECTIONS: Final = 12
"""Others are one bar together."""
LONGEST_TEXT: Final = 1_000
"""Characters of a summary, a next step or a quote: what is longer was not made by an analyst of ours."""
MOST_QUOTES: Final = 4
"""Of one person."""
WORD_MS: Final = 450
"""How long a word takes, slowly spoken."""
UNKNOWN_MS: Final = 1_000
"""More of the sound where it is only known when the words were over."""
SHOWN: Final[Mapping[str, str]] = {
    "interest": "interest",
    "disposition": "outcome",
    "next_step": "next step",
    "callback": "promised time",
    "objections": "objection",
    "data": "answer",
    "summary": "summary",
}
"""Which evidence is quoted, the most telling first, and how it is called."""
_RANK: Final = {name: rank for rank, name in enumerate(SHOWN)}


@dataclass(frozen=True, slots=True)
class Span:
    """A quote, and from when to when it is heard in a recording, in milliseconds; 0 to 0 where that is not known."""

    quote: Quote
    start_ms: int
    end_ms: int


@dataclass(frozen=True, slots=True)
class Named:
    """A person of the report, and where their quotes are heard: a path below the data folder, or a call's record."""

    person: Person
    recording: str | None
    record_id: str | None
    spans: Sequence[Span]


@dataclass(frozen=True, slots=True)
class Counted:
    """What was counted."""

    head: Head
    funnel: Funnel
    outcomes: Mapping[AttemptOutcome, int]
    objections: Counter[str]
    costs: Sequence[Sum]
    tally: Tally


def report_of(counted: Counted, people: Sequence[Person], now: datetime) -> Report:
    """The report at a moment."""
    head, funnel, tally = counted.head, counted.funnel, counted.tally
    return Report(
        campaign=head.campaign,
        organisation=head.organisation,
        state=head.state.value,
        made_at=now,
        first_call=head.first_call,
        last_call=head.last_call,
        funnel=(
            Bar("Leads", funnel.leads),
            Bar("Dialed", funnel.dialed),
            Bar("Reached", funnel.reached),
            Bar("Conversations", funnel.talked),
            Bar("Interested", funnel.interested),
            Bar("Meetings", funnel.meetings),
        ),
        cells=tally.cells,
        objections=_objections(counted.objections),
        durations=tally.durations,
        median_seconds=tally.median_seconds,
        abandoned_month=tally.month,
        abandoned_ever=tally.ever,
        outcomes=_outcomes(counted.outcomes),
        costs=_amounts(counted.costs, head.currency),
        conversations=tally.conversations,
        interested=funnel.interested,
        people=people,
    )


def named(winner: Winner) -> Named:
    """A person as the report names them, the times by their own clock."""
    talk, zone = winner.talk, zone_of(winner.zone)
    spans = spans_of(talk.evidence) if talk is not None else ()
    callback = winner.callback
    person = Person(
        name=winner.name,
        title=winner.title,
        company=winner.company,
        phone=winner.phone,
        email=winner.email,
        disposition=winner.disposition,
        interest=talk.interest if talk is not None else None,
        next_step=talk.next_step[:LONGEST_TEXT] if talk is not None else "",
        callback="" if callback is None else _moment(callback.at.astimezone(zone_of(callback.zone))),
        summary=talk.summary[:LONGEST_TEXT] if talk is not None else "",
        called_at=_moment(talk.called_at.astimezone(zone)) if talk and talk.called_at else "",
        quotes=tuple(span.quote for span in spans),
    )
    if talk is None:
        return Named(person, None, None, spans)
    return Named(person, talk.recording, talk.record_id, spans)


def spans_of(evidence: Sequence[Mapping[str, object]]) -> Sequence[Span]:
    """The most telling quotes, each once; what has another form than evidence has is left out."""
    found: dict[str, tuple[int, Span]] = {}
    for each in evidence:
        match each:
            case {
                "field": str(field),
                "quote": str(words),
                "start_ms": int(start),
                "end_ms": int(end),
            } if words.strip():
                name = field.partition("[")[0].partition(".")[0]
                rank = _RANK.get(name)
                if rank is None or (words in found and found[words][0] <= rank):
                    continue
                quote = Quote(words[:LONGEST_TEXT], SHOWN[name], max(0, start) / 1000)
                found[words] = (rank, Span(quote, _begin(words, start, end), end))
    ordered = sorted(found.values(), key=lambda ranked: (ranked[0], ranked[1].quote.second))
    return tuple(span for _, span in ordered[:MOST_QUOTES])


def _begin(words: str, start: int, end: int) -> int:
    """From when on a quote is surely heard: no recogniser tells of words before it has some, or all, of them."""
    lasts = WORD_MS * len(words.split()) + (UNKNOWN_MS if start >= end else 0)
    return max(0, min(start, end - lasts))


def _moment(local: datetime) -> str:
    return f"{local:%a %Y-%m-%d %H:%M} {local.tzname() or ''}".strip()


def _objections(found: Counter[str]) -> Sequence[Bar]:
    """Those that differ in case or spaces only are one, in the words that were used most."""
    words: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for text, count in found.items():
        words[" ".join(text.casefold().split())][text] += count
    bars = [Bar(texts.most_common(1)[0][0], texts.total()) for key, texts in words.items() if key]
    bars.sort(key=lambda bar: (-bar.count, bar.label))
    rest = sum(bar.count for bar in bars[MOST_OBJECTIONS:])
    return (*bars[:MOST_OBJECTIONS], Bar("all others", rest)) if rest else tuple(bars)


def _outcomes(found: Mapping[AttemptOutcome, int]) -> Sequence[Bar]:
    bars = [Bar(outcome.value.replace("_", " "), count) for outcome, count in found.items() if count]
    return sorted(bars, key=lambda bar: (-bar.count, bar.label))


def _amounts(sums: Sequence[Sum], currency: str) -> Sequence[Amount]:
    """One amount for each kind and currency; without any costs, nothing of the organisation's own currency."""
    totals: defaultdict[tuple[str, str], Counter[CostState]] = defaultdict(Counter)
    for each in sums:
        totals[each.currency, each.kind.value][each.state] += each.micros
    amounts = [
        Amount(what, of, states.total(), states[CostState.ESTIMATED])
        for (of, what), states in sorted(totals.items())
    ]
    return amounts or [Amount("total", currency, 0)]
