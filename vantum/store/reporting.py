"""Every number of a campaign's report, and the people in it: counted in the database, from one moment of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, ScalarSelect, and_, case, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from vantum.core.outreach.campaign import CampaignState
from vantum.core.outreach.outcome import ABANDONED, REACHED, SILENT, AttemptOutcome, Disposition, Pickup
from vantum.store.models import Analysis, Call, Campaign, Contact, Cost, Lead, Org
from vantum.store.words import CostKind, CostState

WON: Final = frozenset({Disposition.INTERESTED, Disposition.MEETING_BOOKED})
"""How leads came out that a report names."""
PIECE: Final = 1_000
LONGEST_OBJECTION: Final = 200


@dataclass(frozen=True, slots=True)
class Head:
    """What the report is about; ``first_call`` and ``last_call`` are None as long as nobody was dialed."""

    campaign: str
    state: CampaignState
    organisation: str
    currency: str
    first_call: datetime | None
    last_call: datetime | None


@dataclass(frozen=True, slots=True)
class Funnel:
    """Leads, and how far they came: each number counts some of those before it, but ``meetings`` of ``interested``.

    Interested are those who talked and came out as interested or with a meeting.
    """

    leads: int
    dialed: int
    reached: int
    talked: int
    interested: int
    meetings: int


@dataclass(frozen=True, slots=True)
class Answered:
    """A call that a human answered. ``interest`` is that of its newest analysis, ``zone`` the callee's."""

    answered_at: datetime | None
    ended_at: datetime | None
    abandoned: bool
    talked: bool
    interest: int | None
    zone: str


@dataclass(frozen=True, slots=True)
class Sum:
    """Costs of one kind, in millionths of a currency."""

    kind: CostKind
    currency: str
    state: CostState
    micros: int


def _is_talk() -> ColumnElement[bool]:
    """``core.outreach.outcome.is_conversation``, in SQL."""
    return and_(Call.outcome.in_(REACHED), Call.disposition.is_not(None), Call.disposition.not_in(SILENT))


def newest_analysis() -> ScalarSelect[str | None]:
    """The id of the newest analysis of a call: ids sort by time."""
    analysis = aliased(Analysis)
    newest = select(func.max(analysis.id)).where(analysis.call_id == Call.id)
    return newest.correlate(Call).scalar_subquery()


async def head(session: AsyncSession, org_id: str, campaign_id: str) -> Head | None:
    """What the report is about; None when there is no such campaign."""
    statement = (
        select(Campaign.name, Campaign.state, Org.name, Org.currency)
        .join(Org, Org.id == Campaign.org_id)
        .where(Campaign.org_id == org_id, Campaign.id == campaign_id)
    )
    found = (await session.execute(statement)).first()
    if found is None:
        return None
    dialed = select(func.min(Call.dialed_at), func.max(Call.dialed_at)).where(_calls(org_id, campaign_id))
    first, last = (await session.execute(dialed)).one()
    campaign, state, organisation, currency = found
    return Head(campaign, state, organisation, currency, first, last)


async def funnel(session: AsyncSession, org_id: str, campaign_id: str) -> Funnel:
    """How many leads came how far."""
    per_lead = (
        select(
            Call.lead_id,
            func.max(_one(Call.dialed_at.is_not(None))).label("dialed"),
            func.max(_one(Call.outcome.in_(REACHED))).label("reached"),
            func.max(_one(_is_talk())).label("talked"),
        )
        .where(_calls(org_id, campaign_id))
        .group_by(Call.lead_id)
        .subquery()
    )
    columns = per_lead.c
    reached = func.coalesce(columns.reached, 0)
    talked = func.coalesce(columns.talked, 0)
    statement = (
        select(
            func.count(Lead.id),
            func.sum(_one(func.coalesce(columns.dialed, 0) + reached > 0)),
            func.sum(reached),
            func.sum(talked),
            func.sum(talked * _one(Lead.final_disposition.in_(WON))),
            func.sum(talked * _one(Lead.final_disposition == Disposition.MEETING_BOOKED)),
        )
        .outerjoin(per_lead, columns.lead_id == Lead.id)
        .where(Lead.org_id == org_id, Lead.campaign_id == campaign_id)
    )
    return Funnel(*(int(count or 0) for count in (await session.execute(statement)).one()))


async def outcomes(session: AsyncSession, org_id: str, campaign_id: str) -> Mapping[AttemptOutcome, int]:
    """How often attempts ended how; those under way are in none."""
    statement = select(Call.outcome, func.count()).where(
        _calls(org_id, campaign_id), Call.outcome.is_not(None)
    )
    rows = await session.execute(statement.group_by(Call.outcome))
    return {outcome: count for outcome, count in rows if outcome is not None}


async def answered(session: AsyncSession, org_id: str, campaign_id: str) -> AsyncIterator[Answered]:
    """The calls that a human answered, one by one: there may be very many."""
    statement = (
        select(
            Call.answered_at,
            Call.ended_at,
            Call.pickup,
            _one(_is_talk()),
            Analysis.interest,
            func.coalesce(Contact.timezone, ""),
        )
        .select_from(Call)
        .outerjoin(Contact, Contact.id == Call.contact_id)
        .outerjoin(Analysis, Analysis.id == newest_analysis())
        .where(_calls(org_id, campaign_id), Call.pickup.is_not(None), Call.pickup != Pickup.NOBODY)
        .execution_options(yield_per=PIECE)
    )
    async for answered_at, ended_at, pickup, talked, interest, zone in await session.stream(statement):
        yield Answered(answered_at, ended_at, pickup in ABANDONED, talked == 1, interest, zone)


async def objections(session: AsyncSession, org_id: str, campaign_id: str) -> Counter[str]:
    """In how many conversations an objection was made, by its words as the analysis has them."""
    statement = (
        select(Analysis.objections)
        .select_from(Call)
        .join(Analysis, Analysis.id == newest_analysis())
        .where(_calls(org_id, campaign_id))
        .execution_options(yield_per=PIECE)
    )
    found: Counter[str] = Counter()
    async for (made,) in await session.stream(statement):
        found.update({str(words)[:LONGEST_OBJECTION] for words in made})
    return found


async def costs(session: AsyncSession, org_id: str, campaign_id: str) -> Sequence[Sum]:
    """What the campaign has cost."""
    statement = (
        select(Cost.kind, Cost.currency, Cost.state, func.sum(Cost.amount_micros))
        .where(Cost.org_id == org_id, Cost.campaign_id == campaign_id)
        .group_by(Cost.kind, Cost.currency, Cost.state)
        .order_by(Cost.currency, Cost.kind, Cost.state)
    )
    rows = await session.execute(statement)
    return [Sum(kind, currency, state, int(micros)) for kind, currency, state, micros in rows]


def _calls(org_id: str, campaign_id: str) -> ColumnElement[bool]:
    return and_(Call.org_id == org_id, Call.campaign_id == campaign_id)


def _one(condition: ColumnElement[bool]) -> ColumnElement[int]:
    """1 where a condition holds and 0 elsewhere: sums of conditions are not known to all databases."""
    return case((condition, 1), else_=0)
