"""The benchmark's plot: kills at random and at forced points, people who opt out, a pause, and a stop."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy import func, select

from benchmarks.campaign.doomed import Point
from benchmarks.campaign.moments import Moments
from benchmarks.campaign.processes import Cast
from benchmarks.campaign.scene import Scene, opt_out
from vantum.core.outreach.campaign import CampaignEvent, CampaignState
from vantum.core.outreach.lead import HELD, OVER, LeadState
from vantum.store import campaigns
from vantum.store.engine import Store
from vantum.store.models import AnalysisJob, Campaign, Lead

LOOK_SECONDS: Final = 0.1
PAUSE_SECONDS: Final = 4.0
RING_SECONDS: Final = 4.0
STOP_SECONDS: Final = 4.0
ANALYSIS_SECONDS: Final = 240.0
"""Longer than an analysis is waited for whose process died."""
FAR: Final = timedelta(minutes=20)
"""Whoever is due later than that was promised a call."""
KILLED: Final = (0.2, 0.9)
"""The part of the main campaign in which processes are killed: before it is the pause, which is measured."""
OPT_OUT_AT: Final = 0.15
PAUSE_AT: Final = 0.08
PROXIES: Final = (Point.ROW, Point.ASKED, Point.ANSWERED)
SERVERS: Final = (*PROXIES, Point.CARRIER)

Deed = Callable[[], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Plot:
    """How often somebody is killed, how long all of it may take, whether the window that closes is waited for, and
    whether people talk, so that there is something to analyse."""

    kills: int
    seed: int
    seconds: float
    closes: bool = True
    talks: bool = False


@dataclass(slots=True)
class Play:
    """Plays it; ``tell`` is told how far it is."""

    store: Store
    scene: Scene
    cast: Cast
    plot: Plot
    tell: Callable[[str], None]
    moments: Moments

    async def run(self) -> None:
        """To the end of all campaigns; what does not come to its end in time is told as trouble."""
        try:
            async with asyncio.timeout(self.plot.seconds):
                await self._main()
                await self._ringing()
                if self.plot.closes:
                    await self._closing()
                if self.plot.talks:
                    await self._analysed()
        except TimeoutError:
            self.moments.trouble.append(f"It was not over after {self.plot.seconds:g} s.")
        self.moments.ended = time.time()

    async def _main(self) -> None:
        self.moments.begun = time.time()
        total = len(self.scene.main.leads)
        deeds = self._deeds()
        while not await self._is_over():
            over = await self._over()
            while deeds and over >= deeds[0][0] * total:
                _, name, deed = deeds.pop(0)
                self.tell(f"{over} of {total} over: {name}")
                await deed()
            await asyncio.sleep(LOOK_SECONDS)
        self.tell(f"{total} of {total} over in {time.time() - self.moments.begun:.0f} s")

    def _deeds(self) -> list[tuple[float, str, Deed]]:
        dice = random.Random(self.plot.seed)
        deeds: list[tuple[float, str, Deed]] = [
            (OPT_OUT_AT, "people opt out", self._opt_out),
            (PAUSE_AT, "a pause", self._pause),
        ]
        for place in range(self.plot.kills):
            share = dice.uniform(*KILLED)
            victim = self.cast.victims[place % len(self.cast.victims)]
            points = PROXIES if self.cast.dialers else SERVERS
            # Some die by chance, the others at a point, for which they are opened anew.
            point = points[place // 2 % len(points)] if place % 4 in (1, 2) else None
            at = dice.randint(1, 3)

            async def kill(victim: object = victim, point: Point | None = point, at: int = at) -> None:
                next(each for each in self.cast.all if each is victim).kill(point, at)

            deeds.append((share, f"{victim.name} is killed" + (f", then at {point}" if point else ""), kill))
        return sorted(deeds, key=lambda deed: deed[0])

    async def _opt_out(self) -> None:
        self.moments.opted_out = await opt_out(self.store, self.scene)

    async def _pause(self) -> None:
        await self._move(self.scene.main.campaign, CampaignState.RUNNING, CampaignEvent.PAUSE)
        # The others would be heard in between.
        await self._move(self.scene.closing.campaign, CampaignState.RUNNING, CampaignEvent.PAUSE)
        self.moments.paused = time.time()
        await asyncio.sleep(PAUSE_SECONDS)
        await self._move(self.scene.main.campaign, CampaignState.PAUSED, CampaignEvent.RESUME)
        self.moments.resumed = time.time()
        await self._move(self.scene.closing.campaign, CampaignState.PAUSED, CampaignEvent.RESUME)

    async def _ringing(self) -> None:
        """Begin the campaign that rings, and stop it; who is still to die dies before."""
        for each in self.cast.all:
            if each.doomed:
                each.kill()
        while not all(each.steady for each in self.cast.all):  # noqa: ASYNC110 - processes tell nobody
            await asyncio.sleep(LOOK_SECONDS)
        await self._move(self.scene.closing.campaign, CampaignState.RUNNING, CampaignEvent.PAUSE)
        await self._move(self.scene.ringing.campaign, CampaignState.DRAFT, CampaignEvent.START)
        await asyncio.sleep(RING_SECONDS)
        await self._move(self.scene.ringing.campaign, CampaignState.RUNNING, CampaignEvent.STOP)
        self.moments.stopped = time.time()
        await asyncio.sleep(STOP_SECONDS)
        self.moments.ended = time.time()
        self.tell("a campaign that rings was stopped")
        await self._move(self.scene.closing.campaign, CampaignState.PAUSED, CampaignEvent.RESUME)

    async def _closing(self) -> None:
        """Wait until the window is closed, and all that was begun is over."""
        while datetime.now(UTC) < self.scene.closes_at or not await self._is_quiet():  # noqa: ASYNC110
            await asyncio.sleep(LOOK_SECONDS)

    async def _is_quiet(self) -> bool:
        async with self.store.reading() as session:
            wanted = select(Lead.id).where(Lead.campaign_id == self.scene.closing.campaign)
            busy = wanted.where(Lead.state.in_({*HELD, LeadState.PENDING})).limit(1)
            return await session.scalar(busy) is None

    async def _is_over(self) -> bool:
        """Whether all have been called; who was promised a call for another hour is waited for no longer."""
        if await self._state(self.scene.main.campaign) is CampaignState.COMPLETED:
            return True
        promised = await self._promised()
        return promised > 0 and promised + await self._over() == len(self.scene.main.leads)

    async def _promised(self) -> int:
        async with self.store.reading() as session:
            later = Lead.next_attempt_at > datetime.now(UTC) + FAR
            mine = Lead.campaign_id == self.scene.main.campaign
            count = select(func.count()).where(mine, Lead.state.not_in(OVER), later)
            return await session.scalar(count) or 0

    async def _analysed(self) -> None:
        """Wait until all calls are analysed, or it takes too long."""
        last = time.monotonic() + ANALYSIS_SECONDS
        while await self._to_analyse() and time.monotonic() < last:  # noqa: ASYNC110
            await asyncio.sleep(LOOK_SECONDS)

    async def _to_analyse(self) -> int:
        async with self.store.reading() as session:
            waiting = AnalysisJob.next_at.is_not(None)
            count = select(func.count()).where(AnalysisJob.org_id == self.scene.org, waiting)
            return await session.scalar(count) or 0

    async def _over(self) -> int:
        async with self.store.reading() as session:
            mine = Lead.campaign_id == self.scene.main.campaign
            count = select(func.count()).where(mine, Lead.state.in_(OVER))
            return await session.scalar(count) or 0

    async def _state(self, campaign_id: str) -> CampaignState | None:
        async with self.store.reading() as session:
            return await session.scalar(select(Campaign.state).where(Campaign.id == campaign_id))

    async def _move(self, campaign_id: str, seen: CampaignState, event: CampaignEvent) -> None:
        org = self.scene.org
        moved = await self.store.write(lambda s: campaigns.move(s, org, campaign_id, seen, event))
        if not moved:
            self.moments.trouble.append(f"A campaign was not {seen} when it should {event}.")
