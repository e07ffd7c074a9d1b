"""Holds what the carrier saw against what the database says: who was lost, dialed twice, too fast, or told wrong."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from benchmarks.campaign.cast import DIALS, OUTCOMES, Kind, kind_of
from benchmarks.campaign.journal import Entry, Seen
from benchmarks.campaign.moments import Moments
from benchmarks.campaign.scene import PAST_CALLS, Scene
from vantum.core.outreach.lead import OVER, LeadState
from vantum.core.outreach.outcome import AttemptOutcome
from vantum.core.outreach.progress import progress
from vantum.store import decisions, figures
from vantum.store.engine import Store
from vantum.store.models import Call, Callback, Lead

AT_ONCE: Final = 1.0
"""Seconds within which a pause, a stop and a wish not to be called hold."""
IF_MACHINE: Final = frozenset({OUTCOMES[Kind.MACHINE], AttemptOutcome.VOICEMAIL_LEFT})
"""How a call to a machine may end: where there is a message for it, that is left."""
IF_CUT: Final = frozenset({AttemptOutcome.ABANDONED, AttemptOutcome.FAILED, AttemptOutcome.ANSWERED_HUMAN})
"""How a call may end whose server was killed while somebody was on the line."""
IF_UNTOLD: Final = frozenset({AttemptOutcome.INVALID_NUMBER, AttemptOutcome.FAILED})
"""How a call to a dead number may end whose report came while the server was down: the REST API has no reason."""


@dataclass(frozen=True, slots=True)
class Row:
    """What must hold, and what was measured; ``details`` name a few cases where it does not."""

    what: str
    must: str
    measured: str
    holds: bool
    details: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the carrier and the database have."""

    entries: Sequence[Entry]
    calls: Sequence[Call]
    leads: Mapping[str, Lead]
    promised: frozenset[str] = frozenset()
    """The leads that were promised a call."""

    def of(self, seen: Seen) -> Iterator[Entry]:
        """What happened of one kind."""
        return (entry for entry in self.entries if entry.seen is seen)

    def attempts(self, lead_id: str) -> Sequence[Call]:
        """The attempts at a lead that were dialed, in their order."""
        found = [call for call in self.calls if call.lead_id == lead_id and call.dialed_at is not None]
        return sorted(found, key=lambda call: (call.dialed_at, call.id))


async def checked(
    store: Store, scene: Scene, entries: Sequence[Entry], moments: Moments, per_second: float
) -> list[Row]:
    """All that must hold."""
    evidence = await evidence_of(store, scene, entries)
    async with store.reading() as session:
        exact = await _exact(session, scene, evidence)
        broken = await decisions.check(session, scene.org)
    return [
        count_row("leads lost", _lost(scene, evidence)),
        count_row("attempts dialed twice", _twice(evidence)),
        count_row("people dialed too often", _too_often(scene, evidence)),
        count_row("calls that nobody knows of", _unknown(evidence)),
        count_row("calls outside of a window", _outside(scene, evidence)),
        count_row("calls after an opt-out", _after_opt_out(scene, evidence, moments)),
        _at_most(
            "requests in the busiest second",
            busiest_second([e.at for e in evidence.of(Seen.ASKED)]),
            per_second,
        ),
        _at_most("calls at a time", busiest_moment(evidence), scene.concurrency),
        count_row("outcomes that are wrong", _wrong(scene, evidence)),
        exact,
        seconds_row("the last new call after a pause", _after(evidence, moments.paused, moments.resumed)),
        seconds_row("the first call after it goes on", _next(evidence, moments.resumed)),
        seconds_row("the last new call after a stop", _after(evidence, moments.stopped, moments.ended)),
        seconds_row("the last that rings after a stop", _still_rings(scene, evidence, moments)),
        Row("the chain of decisions", "whole", "broken" if broken else "whole", broken is None),
    ]


async def evidence_of(store: Store, scene: Scene, entries: Sequence[Entry]) -> Evidence:
    """What there is to look at."""
    async with store.reading() as session:
        calls = (await session.scalars(select(Call).where(Call.org_id == scene.org))).all()
        leads = await session.scalars(select(Lead).where(Lead.org_id == scene.org))
        promised = await session.scalars(select(Callback.lead_id).where(Callback.org_id == scene.org))
        return Evidence(entries, calls, {lead.id: lead for lead in leads}, frozenset(promised))


def busiest_second(times: Sequence[float]) -> int:
    """The most of them in one second, wherever it begins."""
    ordered, first, most = sorted(times), 0, 0
    for place, at in enumerate(ordered):
        while at - ordered[first] >= 1.0:
            first += 1
        most = max(most, place - first + 1)
    return most


def busiest_moment(seen: Evidence) -> int:
    """The most calls at a time."""
    changes = [(entry.at, 1) for entry in seen.of(Seen.DIALED)] + [(e.at, -1) for e in seen.of(Seen.OVER)]
    level = most = 0
    for _, change in sorted(changes):
        level += change
        most = max(most, level)
    return most


# --- people -----------------------------------------------------------------------------------------------


def _lost(scene: Scene, seen: Evidence) -> Iterator[str]:
    """Leads that are over without having been called as they should, or never come to an end."""
    for number, lead_id in scene.main.leads.items():
        lead = seen.leads[lead_id]
        if lead.state not in OVER and lead_id not in seen.promised:
            yield f"{number} is {lead.state} ({lead.state_reason})"
        elif lead.state is LeadState.DONE and not seen.attempts(lead_id):
            yield f"{number} is done, and was never called"
        elif lead.state is LeadState.SKIPPED and number not in scene.opted_out:
            yield f"{number} was left out: {lead.state_reason}"


def _twice(seen: Evidence) -> Iterator[str]:
    counts = Counter(entry.call for entry in seen.of(Seen.DIALED))
    return (f"{call} {count} times" for call, count in counts.items() if count > 1)


def _too_often(scene: Scene, seen: Evidence) -> Iterator[str]:
    counts = Counter(entry.to for entry in seen.of(Seen.DIALED))
    return (
        f"{number} ({kind_of(number)}) {count} times"
        for number, count in counts.items()
        if number not in scene.ringing.leads and count > DIALS[kind_of(number)]
    )


def _unknown(seen: Evidence) -> Iterator[str]:
    known = {call.provider_sid for call in seen.calls}
    return (f"{entry.sid} to {entry.to}" for entry in seen.of(Seen.DIALED) if entry.sid not in known)


def _outside(scene: Scene, seen: Evidence) -> Iterator[str]:
    closes = scene.closes_at.timestamp()
    for entry in seen.of(Seen.ASKED):
        if entry.to in scene.night:
            yield f"{entry.to} sleeps"
        elif entry.to in scene.closing.leads and entry.at >= closes:
            yield f"{entry.to} {entry.at - closes:.1f} s after its window"


def _after_opt_out(scene: Scene, seen: Evidence, moments: Moments) -> Iterator[str]:
    if moments.opted_out is None:
        return
    known = moments.opted_out.timestamp() + AT_ONCE
    for entry in seen.of(Seen.ASKED):
        if entry.to in scene.opted_out and entry.at > known:
            yield f"{entry.to} {entry.at - known + AT_ONCE:.1f} s after"


def _wrong(scene: Scene, seen: Evidence) -> Iterator[str]:
    cut = {entry.sid for entry in seen.of(Seen.CUT)}
    untold = {entry.sid for entry in seen.of(Seen.UNTOLD)}
    for number, lead_id in scene.main.leads.items():
        attempts = seen.attempts(lead_id)
        if not attempts:
            continue
        kind, last = kind_of(number), attempts[-1]
        allowed = IF_MACHINE if kind is Kind.MACHINE else frozenset({OUTCOMES[kind]})
        if last.provider_sid in cut:
            # That a machine is on the line may have been told before.
            allowed = IF_CUT | (IF_MACHINE if kind is Kind.MACHINE else frozenset())
        elif kind is Kind.DEAD and last.provider_sid in untold:
            allowed = IF_UNTOLD
        if last.outcome not in allowed:
            yield f"{number} ({kind}) is {last.outcome}: {last.end_reason}"
        elif kind is Kind.BUSY and number not in scene.opted_out and len(attempts) < DIALS[kind]:
            yield f"{number} was busy, and is not called again"


async def _exact(session: AsyncSession, scene: Scene, seen: Evidence) -> Row:
    """The figures of the main campaign, held against the calls that the carrier had."""
    org, campaign = scene.org, scene.main.campaign
    told = progress(
        await figures.lead_kinds(session, org, campaign), await figures.attempt_kinds(session, org, campaign)
    )
    dialed = {entry.sid for entry in seen.of(Seen.DIALED) if entry.to in scene.main.leads}
    refused = sum(
        told.by_outcome[outcome] for outcome in (AttemptOutcome.INVALID_NUMBER, AttemptOutcome.REFUSED)
    )
    # An invalid number that the carrier took was dialed all the same.
    dead = sum(
        1 for c in seen.calls if c.outcome is AttemptOutcome.INVALID_NUMBER and c.provider_sid in dialed
    )
    counted = {
        "leads": (told.total, len(scene.main.leads)),
        "over": (told.over, sum(seen.leads[each].state in OVER for each in scene.main.leads.values())),
        "under way": (told.under_way, 0),
        "calls": (told.attempts - PAST_CALLS - refused + dead, len(dialed)),
        "answered": (told.answered - PAST_CALLS, _answered(scene, seen)),
    }
    wrong = [
        f"{name}: {ours}, and it was {theirs}" for name, (ours, theirs) in counted.items() if ours != theirs
    ]
    return Row("figures of progress", "exact", "exact" if not wrong else "wrong", not wrong, wrong)


def _answered(scene: Scene, seen: Evidence) -> int:
    return sum(1 for entry in seen.of(Seen.ANSWERED) if entry.to in scene.main.leads)


# --- moments ----------------------------------------------------------------------------------------------


def _after(seen: Evidence, begin: float, end: float) -> float:
    """Seconds from a moment to the last call that was asked for before ``end``, and not before already."""
    first: dict[str, float] = {}
    for entry in seen.of(Seen.ASKED):
        first.setdefault(entry.call, entry.at)
    return max((at - begin for at in first.values() if begin <= at < end), default=0.0)


def _next(seen: Evidence, begin: float) -> float:
    return min((entry.at - begin for entry in seen.of(Seen.ASKED) if entry.at >= begin), default=float("inf"))


def _still_rings(scene: Scene, seen: Evidence, moments: Moments) -> float:
    ends: dict[str, float] = defaultdict(lambda: float("inf"))
    ends.update((entry.sid, entry.at) for entry in seen.of(Seen.OVER))
    rang = [entry.sid for entry in seen.of(Seen.DIALED) if entry.to in scene.ringing.leads]
    return max((ends[sid] - moments.stopped for sid in rang), default=float("inf"))


# --- rows -------------------------------------------------------------------------------------------------


def count_row(what: str, cases: Iterator[str]) -> Row:
    """There must be none of them."""
    found = list(cases)
    return Row(what, "0", str(len(found)), not found, found[:10])


def _at_most(what: str, measured: int, most: float) -> Row:
    return Row(what, f"at most {most:g}", str(measured), 0 < measured <= most)


def seconds_row(what: str, measured: float) -> Row:
    """It must have been so quick."""
    return Row(what, f"within {AT_ONCE:g} s", f"{measured:.2f} s", measured <= AT_ONCE)
