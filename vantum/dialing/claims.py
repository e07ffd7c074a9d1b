"""The claim: one transaction that decides who is called next, and writes it down so that nobody else calls them.

It checks state, dates, limits, brakes and the law, one lead at a time at this very moment. What it decides, the
decision's link in the chain, the attempt, the lead's lease and the engine's job are committed together or not at all.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from loguru import logger
from sqlalchemy.ext.asyncio import AsyncSession

from vantum.core.legal.decision import Decision, Verdict
from vantum.core.outreach import limits
from vantum.core.outreach.campaign import CampaignState
from vantum.core.outreach.lead import LeadEvent
from vantum.core.outreach.limits import Due, Line, Turn, turns
from vantum.core.outreach.retry import Occasion
from vantum.dialing import telling
from vantum.dialing.braking import brake_of
from vantum.dialing.cases import Impossible, Party, gate, party_of, resting_until
from vantum.dialing.engine import PROMISED, Engine, Job
from vantum.dialing.means import Means
from vantum.dialing.pacing import bucket_of, most_ahead, rate_of, soon
from vantum.dialing.release import RESTING_WORDS
from vantum.dialing.setbacks import leave_out, put_off, refuse
from vantum.store import attempts, buckets, calls, campaigns, costs, decisions, dialers, leads
from vantum.store.calls import Live, NewAttempt
from vantum.store.models import Call, Campaign, Lead, Org
from vantum.store.models.campaigns import USUAL_PRIORITY
from vantum.store.words import CallStatus

MOST_JUDGED: Final = 100
"""Leads of a campaign that one claim looks at; a transaction is to be short."""
MOST_BEGUN: Final = 5
"""Attempts that one claim begins: the first ones are dialed while the next are judged."""
MOST_SECONDS: Final = 0.1
"""After so long a claim begins no more, however many may be called: others write, too."""
BUSY_WAIT: Final = timedelta(minutes=1)
"""When a number has a call already, from another campaign."""
REST_SECONDS: Final = 0.4
"""All places are taken, or a brake holds: to look again at once would keep others from the lock of claims."""
BUSY_WORDS: Final = "The number is in a call already."


@dataclass(frozen=True, slots=True)
class Claimed:
    """What a claim came to: attempts that were begun, and leads that were put off or left out."""

    begun: int = 0
    moved: int = 0

    @property
    def anything(self) -> bool:
        """Whether it is worth looking again at once."""
        return self.begun + self.moved > 0


@dataclass(slots=True)
class _Round:
    """What one claim has read."""

    now: datetime
    live: Live
    orgs: dict[str, Org] = field(default_factory=dict)
    campaigns: dict[str, Campaign] = field(default_factory=dict)
    leads: dict[str, Lead] = field(default_factory=dict)
    lines: list[Line] = field(default_factory=list)
    org_rooms: dict[str, int] = field(default_factory=dict)
    everywhere: int = 0
    brakes: dict[str, str] = field(default_factory=dict)


class Claims:
    """Claims leads for one dialer."""

    def __init__(self, means: Means, engine: Engine) -> None:
        self._means = means
        self._engine = engine
        self.brakes: Mapping[str, str] = {}
        """Why campaigns do not call now, by their ids, as of the last claim."""
        self._rests_until = 0.0

    async def claim(self) -> Claimed:
        """Claim what may be called now; nothing for a moment after a claim that came to nothing."""
        loop = asyncio.get_running_loop()
        if loop.time() < self._rests_until:
            return Claimed()
        async with self._means.store.glancing() as session:
            if not await leads.any_due(session, await self._means.clock(session)):
                return Claimed()
        claimed, brakes = await self._means.store.write(self._claim)
        self.brakes = brakes
        if not claimed.anything:
            self._rests_until = loop.time() + REST_SECONDS
        return claimed

    async def _claim(self, session: AsyncSession) -> tuple[Claimed, Mapping[str, str]]:
        await dialers.lock_claims(session)
        now = await self._means.clock(session)
        live = await calls.live(session)
        ahead = most_ahead(self._means.trunk) - sum(live.waiting.values())
        if ahead < 1:
            return Claimed(), self.brakes
        found = await self._read(session, now, live)
        given = turns(found.lines, found.org_rooms, found.everywhere, now)
        begun, moved, last = 0, 0, time.monotonic() + MOST_SECONDS
        for turn in given:
            if begun == min(ahead, MOST_BEGUN) or (begun + moved and time.monotonic() >= last):
                break
            if await self._begin(session, found, turn):
                begun += 1
            else:
                moved += 1
        return Claimed(begun, moved), found.brakes

    # --- who is due ---------------------------------------------------------------------------------

    async def _read(self, session: AsyncSession, now: datetime, live: Live) -> _Round:
        found = _Round(now, live)
        running = [
            campaign
            for campaign in await campaigns.of_dialers(session, CampaignState.RUNNING)
            if _is_open(campaign, now)
        ]
        ids = [campaign.id for campaign in running]
        served = await attempts.last_claims(session, ids)
        filled = await buckets.peek(session, [bucket_of(each) for each in ids])
        for campaign in running:
            try:
                pace = soon(filled.get(bucket_of(campaign.id)), rate_of(campaign), now)
                places = pace - live.waiting.get(campaign.id, 0)
                await self._add(session, found, campaign, served.get(campaign.id), places)
            except (ValueError, TypeError, LookupError) as error:
                # One campaign that makes no sense is no other's fault.
                logger.error("A campaign cannot be dialed for.", campaign=campaign.id, reason=str(error))
                found.brakes[campaign.id] = "What is set of the campaign makes no sense."
        return found

    async def _add(
        self,
        session: AsyncSession,
        found: _Round,
        campaign: Campaign,
        served: datetime | None,
        places: int,
    ) -> None:
        org = found.orgs.get(campaign.org_id) or await session.get(
            Org, campaign.org_id, populate_existing=True
        )
        if org is None:
            return
        found.orgs[org.id], found.campaigns[campaign.id] = org, campaign
        found.org_rooms[org.id] = org.max_concurrency - found.live.orgs.get(org.id, 0)
        found.everywhere = self._means.trunk.most_live - sum(found.live.orgs.values())
        own = found.live.campaigns.get(campaign.id, 0)
        brake = await brake_of(session, campaign, own, self._means.trunk.tariff, found.now)
        if brake.stops:
            found.brakes[campaign.id] = brake.words
            await telling.braked(session, campaign, brake, found.now)
        rooms = (campaign.max_concurrency - own, found.org_rooms[org.id], found.everywhere)
        places = min(*rooms, brake.more, places, MOST_JUDGED)
        if places < 1:
            return
        rows = await leads.due(session, org.id, campaign.id, found.now, places)
        found.leads.update((lead.id, lead) for lead in rows)
        due = tuple(_due(lead, campaign, found.now) for lead in rows)
        cap = min(campaign.max_concurrency, own + brake.more, own + places)
        found.lines.append(Line(campaign.id, org.id, due, cap, own, served))

    # --- one lead -----------------------------------------------------------------------------------

    async def _begin(self, session: AsyncSession, found: _Round, turn: Turn) -> bool:
        """Judge a lead, and claim it if it may be called; False when it was moved elsewhere."""
        campaign, lead = found.campaigns[turn.campaign_id], found.leads[turn.lead_id]
        party = await party_of(session, found.orgs[campaign.org_id], campaign, lead)
        if isinstance(party, Impossible):
            return await _left_out(session, lead, party.reason)
        number = party.contact.e164 or ""
        if await attempts.numbers_in_call(session, lead.org_id, (number,)):
            await put_off(session, lead, found.now + BUSY_WAIT, BUSY_WORDS)
            return False
        resting = await resting_until(session, party, found.now)
        if resting is not None:
            await put_off(session, lead, resting, RESTING_WORDS)
            return False
        decision = await gate(session, party, found.now)
        if isinstance(decision, Impossible):
            return await _left_out(session, lead, decision.reason)
        if decision.verdict is not Verdict.ALLOW:
            await refuse(session, lead, decision)
            return False
        await self._attempt(session, party, decision, found.now)
        return True

    async def _attempt(self, session: AsyncSession, party: Party, decision: Decision, now: datetime) -> None:
        lead, campaign, trunk = party.lead, party.campaign, self._means.trunk
        call = await calls.insert_attempt(
            session,
            lead.org_id,
            NewAttempt(
                campaign_id=campaign.id,
                lead_id=lead.id,
                contact_id=party.contact.id,
                attempt_no=lead.attempts + 1,
                to_number=party.contact.e164 or "",
                from_number=from_number(campaign.from_numbers, lead.id),
                transport=trunk.transport,
                pipeline=campaign.pipeline,
                claimed_by=self._means.dialer_id,
                at=now,
                occasion=lead.occasion,
            ),
        )
        await decisions.append(session, lead.org_id, call.id, decision, lead.id)
        await costs.put(session, lead.org_id, call.id, campaign.id, trunk.tariff.bound(party.org.currency))
        also: leads.Values = {
            Lead.leased_by: self._means.dialer_id,
            Lead.leased_at: now,
            Lead.state_reason: "",
        }
        await leads.move(session, lead.org_id, lead.id, lead.state, LeadEvent.CLAIMED, also)
        await telling.call_is(session, call, CallStatus.CLAIMED, now)
        await self._engine.enqueue_attempt(session, job_of(call, _priority(lead, campaign)))


async def _left_out(session: AsyncSession, lead: Lead, words: str) -> bool:
    await leave_out(session, lead, LeadEvent.BLOCKED, words)
    return False


def from_number(numbers: Sequence[str], lead_id: str) -> str:
    """The number to call from: always the same for a lead, and "" where the phone is to choose."""
    return sorted(numbers)[int(lead_id.replace("-", "")[-8:], 16) % len(numbers)] if numbers else ""


def job_of(call: Call, priority: int = USUAL_PRIORITY, run: str = "") -> Job:
    """The engine's job of an attempt."""
    urgency = PROMISED if call.occasion is Occasion.PROMISE else priority
    return Job(call.org_id, call.id, urgency, run)


def _is_open(campaign: Campaign, now: datetime) -> bool:
    begun = campaign.start_at is None or campaign.start_at <= now
    return begun and (campaign.end_at is None or now < campaign.end_at)


def _due(lead: Lead, campaign: Campaign, now: datetime) -> Due:
    return Due(lead.id, lead.next_attempt_at or now, _priority(lead, campaign), lead.occasion)


def _priority(lead: Lead, campaign: Campaign) -> int:
    """A lead's own priority, raised or lowered by as much as its campaign's differs from the usual one."""
    return min(limits.HIGHEST, max(limits.LOWEST, lead.priority + campaign.priority - USUAL_PRIORITY))
