"""An organisation that calls, and dialers in memory that can be killed: all on virtual time from noon on."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from tests.vantum.dialing.bad_placer import at
from tests.vantum.store.rows import NOON, number
from vantum.core.legal.case import LineType, ZoneSource
from vantum.core.outreach.bucket import Rate
from vantum.core.outreach.campaign import CampaignState
from vantum.dialing.dialer import Dialer
from vantum.dialing.engine import Engine, Work
from vantum.dialing.means import Means, Trunk
from vantum.dialing.memory_engine import MemoryEngine, MemoryQueue
from vantum.dialing.outcomes import AfterCall, tell_nobody
from vantum.dialing.placer import Placer
from vantum.dialing.tariff import Tariff
from vantum.dialing.wakers import Wakers
from vantum.store import contacts, leads
from vantum.store.columns import new_id
from vantum.store.contacts import NewContact
from vantum.store.engine import Store
from vantum.store.models import Call, Campaign, Lead, Org
from vantum.store.words import CallStatus, Transport

TRUNK: Final = Trunk("account", Transport.LOCAL, Rate(10.0), 100, Tariff("test", 60_000))


async def clock(_session: AsyncSession) -> datetime:
    """Noon, and the virtual seconds since."""
    return at(time.monotonic())


@dataclass(frozen=True, slots=True)
class Scene:
    """Ids of an organisation, of its campaign, and of the leads and contacts in the order of their numbers."""

    org: str
    campaign: str
    leads: Sequence[str]
    contacts: Sequence[str]


def person(index: int, **facts: Any) -> NewContact:
    """Somebody with a landline in New York, where it is noon."""
    usual = NewContact(
        e164=number(index),
        source="list.csv",
        name=f"Person {index}",
        line_type=LineType.LANDLINE,
        country="US",
        region="NY",
        timezone="America/New_York",
        timezone_source=ZoneSource.EXPLICIT,
    )
    return replace(usual, **facts)


async def new_scene(
    session: AsyncSession, people: Sequence[NewContact], org: Mapping[str, Any] | None = None, **campaign: Any
) -> Scene:
    """A campaign that runs, and everybody in it due at noon."""
    given = {"slug": new_id(), "name": "Acme", "country": "US", "region": "NY", **(org or {})}
    row = Org(**given)
    session.add(row)
    await session.flush()
    wanted = {
        "name": "Autumn",
        "pipeline": "outreach",
        "state": CampaignState.RUNNING,
        "max_concurrency": 20,
        "calls_per_second": 100.0,
    }
    made = Campaign(org_id=row.id, **{**wanted, **campaign})
    session.add(made)
    await session.flush()
    ids = await contacts.upsert(session, row.id, people)
    await leads.add(session, row.id, made.id, [*ids.values()], NOON)
    found = await session.execute(select(Lead.contact_id, Lead.id).where(Lead.campaign_id == made.id))
    by_contact = dict(found.all())
    in_order = [ids[each.e164] for each in people]
    return Scene(row.id, made.id, [by_contact[each] for each in in_order], in_order)


@dataclass(slots=True)
class Process:
    """A dialer in a process of its own."""

    dialer: Dialer
    engine: MemoryEngine
    running: asyncio.Task[None] | None = None

    def kill(self) -> None:
        """End it as a power cut does: nothing is told to anybody."""
        self.engine.kill()
        if self.running is not None:
            self.running.cancel()


@dataclass(slots=True)
class Hall:
    """Dialers side by side on one store."""

    store: Store
    placer: Placer
    trunk: Trunk = TRUNK
    told: AfterCall = tell_nobody
    queue: MemoryQueue = field(default_factory=MemoryQueue)
    processes: list[Process] = field(default_factory=list)

    def make(self) -> Process:
        """A dialer that does nothing yet."""
        made: list[MemoryEngine] = []
        means = Means(self.store, new_id(), self.trunk, clock)

        def new_engine(work: Work, wakers: Wakers) -> Engine:
            made.append(MemoryEngine(self.queue, means.dialer_id, work, wakers))
            return made[0]

        dialer = Dialer(means, self.placer, new_engine, self.told)
        process = Process(dialer, made[0])
        self.processes.append(process)
        return process

    async def open(self) -> Process:
        """A dialer that dials."""
        process = self.make()
        await process.dialer.start("host", 1, "1")
        process.running = asyncio.create_task(process.dialer.run(), name="dialer")
        return process

    async def close(self) -> None:
        """End all."""
        for process in self.processes:
            await process.engine.close()
            if process.running is not None:
                process.running.cancel()
                await asyncio.gather(process.running, return_exceptions=True)


@asynccontextmanager
async def hall(store: Store, placer: Placer, trunk: Trunk = TRUNK, dialers: int = 1) -> AsyncIterator[Hall]:
    """Dialers that dial."""
    opened = Hall(store, placer, trunk)
    try:
        for _ in range(dialers):
            await opened.open()
        yield opened
    finally:
        await opened.close()


async def state_of(store: Store, campaign_id: str) -> CampaignState:
    """Where a campaign stands."""
    async with store.reading() as session:
        return (
            await session.scalar(select(Campaign.state).where(Campaign.id == campaign_id))
            or CampaignState.DRAFT
        )


async def until_over(store: Store, campaign_id: str, seconds: float) -> None:
    """Wait until a campaign is completed."""
    loop = asyncio.get_running_loop()
    end = loop.time() + seconds
    while await state_of(store, campaign_id) is not CampaignState.COMPLETED:
        assert loop.time() < end, f"not over; {await lead_states(store, campaign_id)}"
        await asyncio.sleep(1.0)


async def lead_states(store: Store, campaign_id: str) -> dict[str, int]:
    """How many leads are in each state that any is in."""
    async with store.reading() as session:
        states = await session.scalars(select(Lead.state).where(Lead.campaign_id == campaign_id))
        return dict(Counter(state.value for state in states))


async def calls_of(store: Store, campaign_id: str) -> Sequence[Call]:
    """All attempts of a campaign in their order."""
    async with store.reading() as session:
        return (
            await session.scalars(select(Call).where(Call.campaign_id == campaign_id).order_by(Call.id))
        ).all()


async def lead_of(store: Store, lead_id: str) -> Lead:
    """A lead."""
    async with store.reading() as session:
        return (await session.scalars(select(Lead).where(Lead.id == lead_id))).one()


def nothing_left(calls: Sequence[Call]) -> bool:
    """Whether every attempt is over and says how."""
    return all(call.status is CallStatus.ENDED and call.outcome is not None for call in calls)


def seconds_of(moment: datetime | None) -> float | None:
    """Virtual seconds of a moment."""
    return None if moment is None else (moment - NOON) / timedelta(seconds=1)


def many(count: int) -> list[NewContact]:
    """So many people."""
    return [person(index) for index in range(count)]
