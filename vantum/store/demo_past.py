"""The demo's finished campaign: calls of some weeks ago, so that there is something to look at from the start."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from enum import Enum
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from vantum.core.outreach.campaign import CampaignState
from vantum.core.outreach.lead import LeadState
from vantum.core.outreach.outcome import Disposition, Pickup
from vantum.store import campaigns
from vantum.store.columns import new_id
from vantum.store.contacts import NewContact
from vantum.store.demo_stories import ASKED, RARE, STORIES, Ring, Story
from vantum.store.demo_talks import MODEL, analysis_of, spoken, turns_of
from vantum.store.models import Base, Call, Callback, Campaign, Cost, Lead, Org
from vantum.store.words import (
    AnsweredBy,
    CallbackState,
    CallStatus,
    CostKind,
    CostState,
    Direction,
    Transport,
)

FINISHED: Final = "Demo campaign, finished"
AGO: Final = timedelta(days=21)
"""It began in the week before; two weeks of calls are over well before today."""
_OWN_NUMBER: Final = "+12125550199"
_NO_CONSENT: Final = "The number may only be called by a person: there is no consent."
_PER_MINUTE: Final = (
    (CostKind.TELEPHONY, 14_000, CostState.FINAL),
    (CostKind.STT, 4_800, CostState.FINAL),
    (CostKind.TTS, 9_000, CostState.FINAL),
    (CostKind.LLM, 2_100, CostState.ESTIMATED),
)
"""Millionths of a unit of the organisation's currency."""


class Fate(Enum):
    """Whether somebody of the demo was called."""

    CALLED = "called"
    ASKED = "asked"  # was called, and asked not to be called again
    SKIPPED = "skipped"  # no machine may call them


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody of the demo, and the id of their contact."""

    contact_id: str
    known: NewContact
    fate: Fate


@dataclass(frozen=True, slots=True)
class Past:
    """How many rows were added."""

    campaigns: int
    leads: int
    calls: int


@dataclass(slots=True)
class _Rows:
    """New rows, in the order in which they can be added."""

    leads: list[Base] = field(default_factory=list)
    calls: list[Base] = field(default_factory=list)
    others: list[Base] = field(default_factory=list)


async def sow_past(session: AsyncSession, org_id: str, persons: Sequence[Person], at: datetime) -> Past:
    """Add the campaign with all that happened in it, unless it is there."""
    if await campaigns.by_name(session, org_id, FINISHED) is not None:
        return Past(0, 0, 0)
    org = await session.get_one(Org, org_id)
    monday = (at - AGO).date() - timedelta(days=(at - AGO).weekday())
    begin = datetime.combine(monday, time(8), ZoneInfo("Europe/Berlin"))
    campaign = Campaign(
        org_id=org_id,
        name=FINISHED,
        state=CampaignState.COMPLETED,
        pipeline="pipelines/outreach.py",
        language="en-US",
        started_at=begin,
        completed_at=begin + timedelta(days=12),
    )
    session.add(campaign)
    await session.flush()
    rows = _rows(_Maker(campaign, org.currency, begin), persons)
    for new in (rows.leads, rows.calls, rows.others):
        session.add_all(new)
        await session.flush()
    return Past(1, len(rows.leads), len(rows.calls))


def _rows(maker: _Maker, persons: Sequence[Person]) -> _Rows:
    rows, called = _Rows(), 0
    for person in persons:
        if person.fate is Fate.SKIPPED:
            rows.leads.append(maker.skipped(person))
        else:
            maker.tell(rows, person, called)
            called += 1
    return rows


@dataclass(frozen=True, slots=True)
class _Maker:
    """Makes the rows of one campaign that began on the morning of a Monday."""

    campaign: Campaign
    currency: str
    begin: datetime

    def skipped(self, person: Person) -> Lead:
        """Somebody who was not called."""
        lead = self._lead(person, LeadState.SKIPPED)
        lead.state_reason = _NO_CONSENT
        return lead

    def tell(self, rows: _Rows, person: Person, number: int) -> None:
        """Add the rows of somebody who was called, as the one with a number from 0."""
        story: Story = (
            ASKED if person.fate is Fate.ASKED else RARE.get(number, STORIES[number % len(STORIES)])
        )
        lead = self._lead(person, LeadState.DONE)
        lead.attempts = len(story)
        lead.last_outcome = story[-1].outcome
        lead.final_disposition = story[-1].disposition or Disposition.NO_CONVERSATION
        rows.leads.append(lead)
        for attempt, ring in enumerate(story):
            local = self._moment(person.known.timezone, number, attempt)
            call = self._call(person, lead, attempt, ring, local)
            rows.calls.append(call)
            rows.others += self._costs(call, _PER_MINUTE if ring.talk is not None else _PER_MINUTE[:1])
            if ring.talk is not None:
                rows.others += turns_of(call, ring.talk)
                rows.others.append(analysis_of(call, ring.talk, local))
            if ring.disposition is Disposition.CALLBACK:
                promised = self._moment(person.known.timezone, number, attempt + 1)
                rows.others.append(_promise(call, promised, person.known.timezone))

    def _lead(self, person: Person, state: LeadState) -> Lead:
        return Lead(
            id=new_id(),
            org_id=self.campaign.org_id,
            campaign_id=self.campaign.id,
            contact_id=person.contact_id,
            state=state,
            next_attempt_at=None,
        )

    def _moment(self, zone: str, number: int, attempt: int) -> datetime:
        """When somebody was called, by their own clock: on one of ten working days, from 9 to 17."""
        workday = number * 3 % 8 + attempt
        day = self.begin.date() + timedelta(days=workday // 5 * 7 + workday % 5)
        hour = 9 + (number * 5 + number // 8 + attempt * 3) % 8
        return datetime.combine(day, time(hour, number * 13 % 60), ZoneInfo(zone))

    def _call(self, person: Person, lead: Lead, attempt: int, ring: Ring, local: datetime) -> Call:
        picked_up = ring.seconds > 0
        answered_at = local + timedelta(seconds=8) if picked_up else None
        talked_ms = spoken(ring.talk)[-1].end_ms if ring.talk is not None else 0
        length = timedelta(seconds=ring.seconds, milliseconds=talked_ms)
        ended_at = answered_at + length if answered_at is not None else local + timedelta(seconds=25)
        call_id = new_id()
        return Call(
            id=call_id,
            org_id=lead.org_id,
            campaign_id=lead.campaign_id,
            lead_id=lead.id,
            contact_id=lead.contact_id,
            attempt_no=attempt + 1,
            direction=Direction.OUTBOUND,
            transport=Transport.LOCAL,
            idempotency_key=call_id,
            from_number=_OWN_NUMBER,
            to_number=person.known.e164,
            status=CallStatus.ENDED,
            outcome=ring.outcome,
            disposition=ring.disposition,
            answered_by=_who(ring) if picked_up else None,
            pickup=ring.pickup,
            queued_at=local,
            dialed_at=local,
            answered_at=answered_at,
            ended_at=ended_at,
            end_reason="completed" if picked_up else ring.outcome.value,
            pipeline=self.campaign.pipeline,
            created_at=local,
        )

    def _costs(self, call: Call, prices: Sequence[tuple[CostKind, int, CostState]]) -> Iterator[Cost]:
        if call.answered_at is None or call.ended_at is None:
            return
        minutes = math.ceil((call.ended_at - call.answered_at) / timedelta(minutes=1))
        for kind, price, state in prices:
            yield Cost(
                org_id=call.org_id,
                call_id=call.id,
                campaign_id=call.campaign_id,
                provider=MODEL,
                kind=kind,
                unit="minute",
                units=float(minutes),
                unit_price_micros=float(price),
                amount_micros=minutes * price,
                currency=self.currency,
                state=state,
            )


def _who(ring: Ring) -> AnsweredBy:
    return AnsweredBy.MACHINE if ring.pickup is Pickup.NOBODY else AnsweredBy.HUMAN


def _promise(call: Call, promised: datetime, zone: str) -> Callback:
    return Callback(
        org_id=call.org_id,
        lead_id=call.lead_id,
        call_id=call.id,
        promised_at=promised,
        timezone=zone,
        words="the day after tomorrow",
        state=CallbackState.KEPT,
    )
