"""Writes down how an attempt ended, and what follows for the lead: all of it in one transaction, or none.

A second report of the same end changes nothing. So whoever learns of an end may write it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import QueryableAttribute

from vantum.core.legal.case import Reason, Scope, Suppression
from vantum.core.machine import AnsweredBy as Verdict
from vantum.core.machine import answered_by
from vantum.core.outreach.campaign import CampaignState
from vantum.core.outreach.lead import HELD, LeadEvent
from vantum.core.outreach.outcome import (
    ANSWERED,
    REACHED,
    Answer,
    AttemptOutcome,
    Disposition,
    Pickup,
    attempt_outcome,
    pickup,
)
from vantum.core.outreach.retry import Attempt, Done, Exhausted, Next, Occasion, TryAgain, after
from vantum.core.phone_call import Outcome
from vantum.dialing import telling
from vantum.dialing.cases import zones_of
from vantum.dialing.means import Means
from vantum.dialing.placer import Over, Refused
from vantum.dialing.policies import policy_of
from vantum.store import attempts, callbacks, costs, leads, suppressions
from vantum.store.models import Call, Campaign, Contact, Lead, Org, RetryPolicy
from vantum.store.suppressions import Origin
from vantum.store.words import AnsweredBy, CallbackState, CallStatus, ContactState

MOST_REASON: Final = 500
STOPPED: Final = frozenset({CampaignState.COMPLETED, CampaignState.ARCHIVED})
"""Of a campaign: nobody is called again."""
STOPPED_WORDS: Final = "The campaign was stopped."

AfterCall = Callable[[AsyncSession, Call], Awaitable[None]]
"""Is told of each attempt that is over, in the transaction that writes it down."""


async def tell_nobody(_session: AsyncSession, _call: Call) -> None:
    """Nobody wants to know."""


@dataclass(frozen=True, slots=True)
class Ending:
    """What is known when an attempt is over."""

    outcome: AttemptOutcome
    at: datetime
    reason: str
    pickup: Pickup = Pickup.NOBODY
    disposition: Disposition | None = None
    answered_at: datetime | None = None
    over: Over | None = None

    @property
    def seconds(self) -> float:
        """How long the line was open."""
        if self.over is not None and self.over.seconds is not None:
            return self.over.seconds
        return 0.0 if self.answered_at is None else (self.at - self.answered_at) / timedelta(seconds=1)


def ending_of(over: Over) -> Ending:
    """What an end, as the phone tells it, means."""
    answered_at = _answered_at(over)
    ended_at = over.ended_at if answered_at is None else max(over.ended_at, answered_at)
    human = answered_at is not None and over.end is not Outcome.VOICEMAIL
    how = Pickup.NOBODY
    if human and answered_at is not None:
        how = pickup(Answer(answered_at, ended_at, over.hung_up_by, over.greeted_at, over.first_word_at))
    outcome = over.not_placed or attempt_outcome(over.end, how, over.message, over.sip_code)
    disposition = _disposition(over.disposition)
    if disposition is None and outcome in ANSWERED - REACHED - {AttemptOutcome.ABANDONED}:
        disposition = Disposition.VOICEMAIL
    return Ending(outcome, ended_at, over.reason, how, disposition, answered_at, over)


def _answered_at(over: Over) -> datetime | None:
    """Where the stream never came up, the carrier's own count of seconds tells that somebody took the call."""
    if over.answered_at is not None or over.end not in (Outcome.COMPLETED, Outcome.VOICEMAIL):
        return over.answered_at
    return over.ended_at - timedelta(seconds=over.seconds or 0.0)


def _disposition(word: str) -> Disposition | None:
    try:
        return Disposition(word.strip().lower().replace(" ", "_").replace("-", "_"))
    except ValueError:
        return None


class Outcomes:
    """Writes the ends of one dialer's attempts."""

    def __init__(self, means: Means, told: AfterCall = tell_nobody) -> None:
        self._means = means
        self._told = told

    async def over(self, call: Call, over: Over) -> None:
        """A call has ended."""
        await self._write(call, ending_of(over))

    async def refused(self, call: Call, refused: Refused) -> None:
        """The carrier did not take the call: it never rang."""
        now = await self._now()
        await self._write(call, Ending(refused.outcome, now, refused.reason))

    async def unknown(self, call: Call, reason: str) -> None:
        """Nobody can tell whether it rang: it is not dialed again, and a person decides."""
        await self._write(call, Ending(AttemptOutcome.UNKNOWN, await self._now(), reason))

    async def _now(self) -> datetime:
        async with self._means.store.reading() as session:
            return await self._means.clock(session)

    async def _write(self, call: Call, ending: Ending) -> bool:
        return await self._means.store.write(lambda session: self._conclude(session, call, ending))

    async def _conclude(self, session: AsyncSession, call: Call, ending: Ending) -> bool:
        own = await attempts.own(session, call.org_id, call.id, self._means.dialer_id)
        if own is None:
            return False
        now = await self._means.clock(session)
        _fill(own, ending)
        org = await session.get_one(Org, own.org_id)
        cost = self._means.trunk.tariff.taken(ending.seconds, org.currency)
        await costs.put(session, own.org_id, own.id, own.campaign_id, cost)
        await _suppress(session, own, ending)
        await _settle_promise(session, own, ending)
        await _follow_up(session, own, ending, now)
        await session.flush()
        if own.answered_at is not None:
            await telling.call_is(session, own, CallStatus.IN_CALL, own.answered_at)
        await self._told(session, own)
        return True


def _fill(call: Call, ending: Ending) -> None:
    call.status, call.ended_at, call.outcome = CallStatus.ENDED, ending.at, ending.outcome
    call.end_reason = ending.reason[:MOST_REASON]
    call.pickup, call.disposition = ending.pickup, ending.disposition
    call.answered_at = ending.answered_at
    over = ending.over
    if over is None:
        return
    call.first_audio_at, call.sip_code = over.first_word_at, over.sip_code
    call.provider_sid = over.sid or call.provider_sid
    call.answered_by = _who(over, ending)


def _who(over: Over, ending: Ending) -> AnsweredBy | None:
    if ending.answered_at is None:
        return None
    if over.end is Outcome.VOICEMAIL:
        return AnsweredBy.MACHINE
    return AnsweredBy.HUMAN if answered_by(over.answered_by) is Verdict.HUMAN else AnsweredBy.UNKNOWN


async def _suppress(session: AsyncSession, call: Call, ending: Ending) -> None:
    """Who asked not to be called is not called from this second on, from any campaign."""
    if ending.disposition is Disposition.DO_NOT_CALL:
        origin = Origin(call_id=call.id)
        wish = Suppression(Scope.NUMBER, call.to_number, Reason.ASKED)
        await suppressions.add(session, call.org_id, wish, origin)
        if call.contact_id is not None:
            person = Suppression(Scope.CONTACT, call.contact_id, Reason.ASKED)
            await suppressions.add(session, call.org_id, person, origin)
    if ending.outcome is AttemptOutcome.INVALID_NUMBER and call.contact_id is not None:
        contact = await session.get(Contact, call.contact_id)
        if contact is not None:
            contact.state = ContactState.INVALID


async def _settle_promise(session: AsyncSession, call: Call, ending: Ending) -> None:
    """A callback that was due when this attempt was claimed is kept or missed by it."""
    if call.occasion is Occasion.PROMISE and call.lead_id is not None:
        state = CallbackState.KEPT if ending.outcome in REACHED else CallbackState.MISSED
        await callbacks.settle(session, call.org_id, call.lead_id, state, until=call.queued_at)


async def _follow_up(session: AsyncSession, call: Call, ending: Ending, now: datetime) -> None:
    lead = await _held_lead(session, call)
    if lead is None:
        return
    following = await _next(session, call, lead, ending, now)
    also: dict[QueryableAttribute[Any], object] = {
        Lead.leased_by: None,
        Lead.leased_at: None,
        Lead.last_outcome: ending.outcome,
        Lead.occasion: Occasion.LIST,
    }
    match following:
        case TryAgain(at, _, occasion):
            event = LeadEvent.REQUEUED
            also |= {Lead.next_attempt_at: at, Lead.occasion: occasion, Lead.state_reason: ""}
        case Done():
            event = LeadEvent.FINISHED
            also |= {Lead.next_attempt_at: None, Lead.final_disposition: ending.disposition}
        case Exhausted(reason):
            event = LeadEvent.EXHAUSTED
            final = ending.disposition or Disposition.NO_CONVERSATION
            also |= {
                Lead.next_attempt_at: None,
                Lead.final_disposition: final,
                Lead.state_reason: reason[:MOST_REASON],
            }
    await leads.move(session, lead.org_id, lead.id, lead.state, event, also)


async def _held_lead(session: AsyncSession, call: Call) -> Lead | None:
    """The lead of an attempt, if it still waits for its end."""
    if call.lead_id is None:
        return None
    lead = await leads.get(session, call.org_id, call.lead_id)
    return lead if lead is not None and lead.state in HELD else None


async def _next(session: AsyncSession, call: Call, lead: Lead, ending: Ending, now: datetime) -> Next:
    campaign = await session.get_one(Campaign, lead.campaign_id, populate_existing=True)
    if ending.disposition is Disposition.DO_NOT_CALL:
        return Done()
    row = None
    if campaign.retry_policy_id is not None:
        row = await session.get(RetryPolicy, campaign.retry_policy_id)
    history = [_attempt(each) for each in await attempts.before(session, call)]
    following = after(
        policy_of(row),
        history,
        Attempt(call.dialed_at or now, ending.outcome, call.occasion),
        now,
        await _zone(session, call),
        await callbacks.first_open(session, call.org_id, lead.id),
    )
    if isinstance(following, TryAgain) and campaign.state in STOPPED:
        return Exhausted(STOPPED_WORDS)
    return following


def _attempt(call: Call) -> Attempt:
    assert call.dialed_at is not None  # noqa: S101 - the query gives no others
    assert call.outcome is not None  # noqa: S101
    return Attempt(call.dialed_at, call.outcome, call.occasion)


async def _zone(session: AsyncSession, call: Call) -> tzinfo:
    contact = None if call.contact_id is None else await session.get(Contact, call.contact_id)
    zones = () if contact is None else zones_of(contact)
    return zones[0].zone if zones else UTC
