"""Sees to campaigns: begins those whose time has come, ends those that are done, and calls off what was stopped.

Law: a campaign is completed when none of its leads is left, counted from the rows at that moment, and no analysis is
awaited that may yet find a promise to call again.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from loguru import logger
from sqlalchemy.ext.asyncio import AsyncSession

from vantum.core.outreach.campaign import CampaignEvent, CampaignState
from vantum.dialing import telling
from vantum.dialing.engine import Engine
from vantum.dialing.means import Means
from vantum.dialing.outcomes import STOPPED, STOPPED_WORDS
from vantum.store import analysis_jobs, attempts, campaigns, leads
from vantum.store.models import Campaign

_LIVE = (CampaignState.SCHEDULED, CampaignState.RUNNING, CampaignState.PAUSED)
OVER_WORDS = "The campaign's last day is over."
DONE_WORDS = "No lead is left."
ANALYSED: Final = timedelta(minutes=5)
"""How long the analysis of a call is awaited; a later one changes nothing of a campaign that is completed."""
TAKEN_UP: Final = timedelta(seconds=5)
"""An analysis that nobody has begun with by then is not awaited: there may be nobody."""


class Overseer:
    """Sees to the campaigns of all organisations; any number of them may look at once."""

    def __init__(self, means: Means, engine: Engine) -> None:
        self._means = means
        self._engine = engine

    async def look(self) -> None:
        """Do what is due."""
        async with self._means.store.glancing() as session:
            due = await self._due(session)
        if due:
            await self._means.store.write(self._act)

    async def call_off(self) -> None:
        """Wake this dialer's calls that ring for a campaign that was stopped."""
        async with self._means.store.glancing() as session:
            called_off = await attempts.unanswered(session, self._means.dialer_id, STOPPED)
        for call_id in called_off:
            await self._engine.signal(call_id)

    async def _due(self, session: AsyncSession) -> bool:
        now = await self._means.clock(session)
        if await campaigns.unfinished(session):
            return True
        for campaign in await campaigns.of_dialers(session, *_LIVE):
            if _event(campaign, now) is not None or _is_unstamped(campaign):
                return True
            if await _is_done(session, campaign, now):
                return True
        return False

    async def _act(self, session: AsyncSession) -> None:
        now = await self._means.clock(session)
        for campaign in await campaigns.of_dialers(session, *_LIVE):
            event = _event(campaign, now)
            if event is None and await _is_done(session, campaign, now):
                event = CampaignEvent.FINISH
            if event is not None:
                await self._move(session, campaign, event, now)
            elif _is_unstamped(campaign):
                started = campaign.started_at or now
                await campaigns.stamp(session, campaign.org_id, campaign.id, started, None)
        for campaign in await campaigns.unfinished(session):
            await leads.stop(session, campaign.org_id, campaign.id, STOPPED_WORDS)
            await campaigns.stamp(session, campaign.org_id, campaign.id, campaign.started_at, now)

    async def _move(
        self, session: AsyncSession, campaign: Campaign, event: CampaignEvent, now: datetime
    ) -> None:
        words = {CampaignEvent.STOP: OVER_WORDS, CampaignEvent.FINISH: DONE_WORDS}.get(event, "")
        if await campaigns.move(session, campaign.org_id, campaign.id, campaign.state, event, words):
            logger.info("A campaign went on.", campaign=campaign.id, what=event.value)
            await telling.campaign_went_on(session, campaign, event, now)


def _event(campaign: Campaign, now: datetime) -> CampaignEvent | None:
    """What its dates say."""
    if campaign.end_at is not None and campaign.end_at <= now:
        return CampaignEvent.STOP
    begins = campaign.start_at is not None and campaign.start_at <= now
    return CampaignEvent.START if campaign.state is CampaignState.SCHEDULED and begins else None


def _is_unstamped(campaign: Campaign) -> bool:
    """It runs, and nobody wrote down since when; or it runs again after it was completed."""
    running = campaign.state is CampaignState.RUNNING
    return running and (campaign.started_at is None or campaign.completed_at is not None)


async def _is_done(session: AsyncSession, campaign: Campaign, now: datetime) -> bool:
    if campaign.state is CampaignState.SCHEDULED:
        return False
    if await leads.any_left(session, campaign.org_id, campaign.id):
        return False
    return not await analysis_jobs.outstanding(
        session, campaign.org_id, campaign.id, now - ANALYSED, now - TAKEN_UP
    )
