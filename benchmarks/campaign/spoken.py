"""Holds what people said in the campaign's benchmark against what is known of them afterwards."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from statistics import median
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import select

from benchmarks.campaign.checks import AT_ONCE, Evidence, Row, count_row, evidence_of, seconds_row
from benchmarks.campaign.journal import Entry, Seen
from benchmarks.campaign.people import PROMISED, REMOVALS, WANTED, person_at
from benchmarks.campaign.scene import Scene
from vantum.core.legal.case import Scope
from vantum.core.words import plain
from vantum.record import read_record
from vantum.store.engine import Store
from vantum.store.models import Analysis, Call, Callback, Suppression

PROVED: Final = ("disposition", "sentiment", "interest")
"""What an analysis may not tell without a quote."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """What is known of all calls; ``cut`` tells when the stream of a call broke, by its sid, and
    ``died`` when the server was killed."""

    seen: Evidence
    scene: Scene
    cut: Mapping[str, float]
    died: Sequence[float]
    analyses: Mapping[str, Analysis]
    callbacks: Mapping[str, Callback]
    suppressed: Mapping[str, datetime]

    def talks(self) -> Iterator[tuple[str, str, Call]]:
        """Number and name of those who had their talk, and the call of it; those whose server died had none."""
        for number, lead_id in self.scene.main.leads.items():
            person, attempts = person_at(number), self.seen.attempts(lead_id)
            if person is not None and attempts and attempts[-1].provider_sid not in self.cut:
                yield number, person.name, attempts[-1]

    def wishes(self) -> Iterator[Entry]:
        """The wishes not to be called that the server had a second to write down."""
        for entry in self.seen.of(Seen.SAID):
            was_cut = self.cut.get(entry.sid, float("inf")) <= entry.at + AT_ONCE
            had_died = any(abs(moment - entry.at) <= AT_ONCE for moment in self.died)
            if entry.word in REMOVALS and not was_cut and not had_died:
                yield entry


async def spoken(
    store: Store, scene: Scene, entries: Sequence[Entry], data: Path, died: Sequence[float]
) -> list[Row]:
    """All that must hold of what was said; ``data`` is the server's folder, and ``died`` when it was killed."""
    seen = await evidence_of(store, scene, entries)
    async with store.reading() as session:
        org = scene.org
        analyses = await session.scalars(select(Analysis).where(Analysis.org_id == org))
        callbacks = await session.scalars(select(Callback).where(Callback.org_id == org))
        by_number = Suppression.scope == Scope.NUMBER
        removed = await session.scalars(select(Suppression).where(Suppression.org_id == org, by_number))
        known = Spoken(
            seen,
            scene,
            {entry.sid: entry.at for entry in seen.of(Seen.CUT)},
            died,
            {one.call_id: one for one in analyses},
            {one.lead_id: one for one in callbacks},
            {one.value: one.created_at for one in removed},
        )
    talks, wishes = list(known.talks()), list(known.wishes())
    lags = [_known_after(known, wish) for wish in wishes] or [float("inf")]
    quotes = [(call, quote) for _, _, call in talks for quote in _quotes(known, call)]
    return [
        Row(
            "people who had their talk",
            "at least a quarter",
            str(len(talks)),
            4 * len(talks) >= len(scene.main.leads),
        ),
        count_row("people who are told wrong", _told_wrong(talks)),
        Row("wishes not to be called", "some", str(len(wishes)), bool(wishes)),
        seconds_row("half of them were known after", median(lags)),
        seconds_row("the slowest of them was known after", max(lags)),
        count_row("calls after such a wish", _called_after(known, wishes)),
        count_row("promises that are wrong", _promised_wrong(known, talks)),
        Row("quotes", "some", str(len(quotes)), bool(quotes)),
        count_row("quotes that nobody said", _unsaid(known, quotes, data)),
        count_row("values without a quote", _unproved(known, talks)),
        count_row("talks without an analysis", (n for n, _, call in talks if call.id not in known.analyses)),
    ]


def _told_wrong(talks: Sequence[tuple[str, str, Call]]) -> Iterator[str]:
    for number, name, call in talks:
        if call.disposition not in WANTED[name]:
            yield f"{number} ({name}) is {call.disposition}"


def _known_after(known: Spoken, wish: Entry) -> float:
    at = known.suppressed.get(wish.to)
    return float("inf") if at is None else at.timestamp() - wish.at


def _called_after(known: Spoken, wishes: Sequence[Entry]) -> Iterator[str]:
    asked = defaultdict[str, list[float]](list)
    for entry in known.seen.of(Seen.ASKED):
        asked[entry.to].append(entry.at)
    return (wish.to for wish in wishes if any(at > wish.at for at in asked[wish.to]))


def _promised_wrong(known: Spoken, talks: Sequence[tuple[str, str, Call]]) -> Iterator[str]:
    for number, name, call in talks:
        if name not in PROMISED:
            continue
        promise = known.callbacks.get(str(call.lead_id))
        if promise is None:
            yield f"{number} ({name}) was promised nothing"
            continue
        at = promise.promised_at.astimezone(ZoneInfo(promise.timezone))
        if (at.weekday(), at.hour, at.minute) != (*PROMISED[name], 0):
            yield f"{number} ({name}) was promised {at:%A %H:%M}"


def _quotes(known: Spoken, call: Call) -> Iterator[Mapping[str, Any]]:
    analysis = known.analyses.get(call.id)
    return iter(()) if analysis is None else iter(analysis.evidence)


def _unsaid(known: Spoken, quotes: Sequence[tuple[Call, Mapping[str, Any]]], data: Path) -> Iterator[str]:
    lines = defaultdict[str, list[str]](list)
    for entry in known.seen.of(Seen.SAID):
        lines[entry.sid].append(plain(entry.word))
    for call, quote in quotes:
        said = plain(str(quote["quote"]))
        record = read_record(data, str(call.record_id), lambda _: False) or {}
        transcript: Any = record.get("transcript", [])
        turn = transcript[quote["turn"]] if quote["turn"] < len(transcript) else {"text": ""}
        if said not in plain(turn["text"]) or said not in " ".join(lines[str(call.provider_sid)]):
            yield f"{call.id} {quote['field']}: {quote['quote']!r}"


def _unproved(known: Spoken, talks: Sequence[tuple[str, str, Call]]) -> Iterator[str]:
    for number, name, call in talks:
        analysis = known.analyses.get(call.id)
        if analysis is None or not analysis.evidence:
            # Nobody said anything: that is known without words.
            continue
        proved = {quote["field"] for quote in analysis.evidence}
        for value in PROVED:
            if getattr(analysis, value) is not None and value not in proved:
                yield f"{number} ({name}): {value}"
