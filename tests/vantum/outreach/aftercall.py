"""A campaign whose calls are over, and who analyses them, for tests."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from tests.vantum.store.rows import Scene, new_scene
from vantum.core.analysis.brief import Brief
from vantum.core.analysis.turn import Turn
from vantum.core.analysis.verdict import EMBEDDED, Analysis, Evidence
from vantum.core.legal.case import Scope, Suppression
from vantum.core.outreach.campaign import CampaignState
from vantum.core.outreach.delivery import EventType
from vantum.core.outreach.lead import LeadState
from vantum.core.outreach.outcome import AttemptOutcome, Disposition
from vantum.outreach.aftermath import settled
from vantum.outreach.analysis_work import Staff
from vantum.outreach.analyst import Analysing, open_analyst
from vantum.retention import began
from vantum.store import (
    calls,
    suppressions,
)
from vantum.store.columns import new_id
from vantum.store.engine import Store
from vantum.store.models import (
    AnalysisJob,
    Call,
    Campaign,
    Contact,
    Lead,
    WebhookDelivery,
    WebhookEndpoint,
)
from vantum.store.words import CallStatus


@dataclass(slots=True)
class Judge:
    """An analyst that says what it is told to, and raises what it is told to."""

    answers: list[Analysis | Exception] = field(default_factory=list)
    asked: list[tuple[tuple[Turn, ...], object, Brief]] = field(default_factory=list)
    waits: asyncio.Event | None = None

    async def analyze(self, turns: Sequence[Turn], schema: object, brief: Brief) -> Analysis:
        self.asked.append((tuple(turns), schema, brief))
        if self.waits is not None:
            await self.waits.wait()
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer


def analysis(
    model: str = "gpt-test", quote: str = "Tell me more.", ms: int = 2200, **values: Any
) -> Analysis:
    """An analysis in which one quote proves all."""
    proof = tuple(Evidence(name, 1, quote, ms, ms + 900) for name in _names(values))
    return Analysis(model, confidence=0.8, evidence=proof, **values)


def _names(values: dict[str, Any]) -> list[str]:
    found: list[str] = []
    for name, value in values.items():
        found += [f"{name}[{place}]" for place in range(len(value))] if isinstance(value, tuple) else [name]
    return found


async def end_attempt(
    session: AsyncSession,
    scene: Scene,
    name: str = "",
    lead: int = 0,
    outcome: AttemptOutcome = AttemptOutcome.ANSWERED_HUMAN,
    *,
    tell: bool = True,
) -> Call:
    """An attempt that is over, with its lead, as a dialer leaves it; ``name`` is that of its record."""
    call = await calls.insert_attempt(session, scene.org, scene.attempt(lead))
    begun = began(name) if name else datetime.now(UTC)
    call.record_id = name or None
    call.status, call.outcome, call.ended_at = CallStatus.ENDED, outcome, begun
    call.answered_at = begun if name else None
    row = update(Lead).where(Lead.id == scene.leads[lead])
    await session.execute(row.values(state=LeadState.DONE, attempts=1, last_outcome=outcome))
    await session.flush()
    if tell:
        await settled(session, call)
    return call


async def endpoint(session: AsyncSession, org_id: str) -> None:
    """Somebody who is told of everything."""
    row = WebhookEndpoint(org_id=org_id, url="https://example.org/", secret="s", events=["*"])
    session.add(row)
    await session.flush()


async def told(store: Store, org_id: str) -> list[EventType]:
    """What was told, in order."""
    async with store.reading() as session:
        statement = select(WebhookDelivery.event).where(WebhookDelivery.org_id == org_id)
        return [EventType(event) for event in await session.scalars(statement.order_by(WebhookDelivery.id))]


async def suppressed(store: Store, org_id: str, scope: Scope, value: str) -> tuple[Suppression, ...]:
    """What stands against a call to somebody."""
    async with store.reading() as session:
        found = await suppressions.in_force(session, org_id, [(scope, value)], datetime.now(UTC))
    return found.get((scope, value), ())


async def row_of(store: Store, call_id: str) -> Call:
    """A call as it is now."""
    async with store.reading() as session:
        return (await session.scalars(select(Call).where(Call.id == call_id))).one()


async def lead_of(store: Store, lead_id: str) -> Lead:
    """A lead as it is now."""
    async with store.reading() as session:
        return (await session.scalars(select(Lead).where(Lead.id == lead_id))).one()


ASKED = ("caller", "Tell me more.")
INTERESTED = analysis(interest=70, disposition=Disposition.INTERESTED, summary=("Tell me more.",))
RULES = analysis(EMBEDDED, disposition=Disposition.NOT_INTERESTED)


class Clock:
    """Time that a test moves on."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead


async def a_scene(store: Store, people: int = 1) -> Scene:
    async with store.writing() as session:
        scene = await new_scene(session, new_id(), people)
        await session.execute(
            update(Campaign).where(Campaign.id == scene.campaign).values(state=CampaignState.RUNNING)
        )
        await session.execute(
            update(Contact).where(Contact.org_id == scene.org).values(timezone="America/New_York")
        )
        await endpoint(session, scene.org)
        return scene


async def ended(store: Store, scene: Scene, name: str, **facts: object) -> str:
    async with store.writing() as session:
        return (await end_attempt(session, scene, name, **facts)).id  # type: ignore[arg-type]


async def job_of(store: Store, job_id: str) -> AnalysisJob:
    async with store.reading() as session:
        return (await session.scalars(select(AnalysisJob).where(AnalysisJob.id == job_id))).one()


async def until(store: Store, job_id: str, done: Callable[[AnalysisJob], bool]) -> AnalysisJob:
    async with asyncio.timeout(20):
        while not done(job := await job_of(store, job_id)):  # noqa: ASYNC110 - the database tells nobody
            await asyncio.sleep(0.01)
    return job


async def analysed(
    store: Store,
    data: Path,
    call_id: str,
    staff: Staff,
    done: Callable[[AnalysisJob], bool] = lambda job: job.next_at is None,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> AnalysisJob:
    async with open_analyst(Analysing(store, data, staff, clock=clock)):
        return await until(store, call_id, done)
