"""Calls: an attempt is a row before anybody is asked to dial, and is found again by every name that it has."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from vantum.core.outreach.retry import Occasion
from vantum.store.columns import new_id
from vantum.store.models import Call
from vantum.store.models.calls import IS_LIVE
from vantum.store.words import CallStatus, Direction, Transport


@dataclass(frozen=True, slots=True)
class NewAttempt:
    """One attempt at a lead. Its id is its idempotency key: the carrier is never asked twice for one id."""

    campaign_id: str
    lead_id: str
    contact_id: str
    attempt_no: int
    to_number: str
    from_number: str
    transport: Transport
    pipeline: str
    claimed_by: str
    at: datetime
    occasion: Occasion = Occasion.LIST
    pipeline_version: str = ""
    id: str = field(default_factory=new_id)


@dataclass(frozen=True, slots=True)
class Live:
    """Calls that are not over, by their organisation and by their campaign; and those of them, by their campaign,
    that are claimed and not dialed yet."""

    orgs: Mapping[str, int]
    campaigns: Mapping[str | None, int]
    waiting: Mapping[str | None, int]


async def insert_attempt(session: AsyncSession, org_id: str, attempt: NewAttempt) -> Call:
    """Write an attempt down; it is live from now on."""
    call = Call(
        id=attempt.id,
        org_id=org_id,
        campaign_id=attempt.campaign_id,
        lead_id=attempt.lead_id,
        contact_id=attempt.contact_id,
        attempt_no=attempt.attempt_no,
        occasion=attempt.occasion,
        direction=Direction.OUTBOUND,
        transport=attempt.transport,
        idempotency_key=attempt.id,
        claimed_by=attempt.claimed_by,
        from_number=attempt.from_number,
        to_number=attempt.to_number,
        status=CallStatus.CLAIMED,
        queued_at=attempt.at,
        pipeline=attempt.pipeline,
        pipeline_version=attempt.pipeline_version,
    )
    session.add(call)
    await session.flush()
    return call


async def get(session: AsyncSession, org_id: str, call_id: str) -> Call | None:
    """A call."""
    return await session.scalar(select(Call).where(Call.org_id == org_id, Call.id == call_id))


async def by_key(session: AsyncSession, org_id: str, idempotency_key: str) -> Call | None:
    """The call that a key was given for."""
    return await session.scalar(
        select(Call).where(Call.org_id == org_id, Call.idempotency_key == idempotency_key)
    )


async def by_provider_sid(session: AsyncSession, org_id: str, sid: str) -> Call | None:
    """The call that the carrier knows under a name."""
    return await session.scalar(select(Call).where(Call.org_id == org_id, Call.provider_sid == sid))


async def of_lead(session: AsyncSession, org_id: str, lead_id: str) -> Sequence[Call]:
    """The attempts at a lead, in their order."""
    statement = select(Call).where(Call.org_id == org_id, Call.lead_id == lead_id)
    return (await session.scalars(statement.order_by(Call.attempt_no, Call.id))).all()


async def org_of(session: AsyncSession, call_id: str) -> str | None:
    """Whose call it is: for the carrier's own messages, which name a call and no organisation."""
    return await session.scalar(select(Call.org_id).where(Call.id == call_id))


async def attempts_at(
    session: AsyncSession, org_id: str, number: str, since: datetime
) -> tuple[datetime, ...]:
    """When a number was called since a moment, from any campaign, as the legal gate asks for it.

    An attempt that is claimed and not dialed yet counts from its claim.
    """
    at = func.coalesce(Call.dialed_at, Call.queued_at, type_=Call.queued_at.type)
    statement = select(at).where(
        Call.org_id == org_id, Call.to_number == number, Call.direction == Direction.OUTBOUND, at >= since
    )
    return tuple(moment for moment in await session.scalars(statement.order_by(at)) if moment is not None)


async def live(session: AsyncSession) -> Live:
    """How many calls are not over; of all organisations."""
    statement = select(Call.org_id, Call.campaign_id, Call.status, func.count()).where(IS_LIVE)
    rows = await session.execute(statement.group_by(Call.org_id, Call.campaign_id, Call.status))
    orgs, campaigns, waiting = Counter[str](), Counter[str | None](), Counter[str | None]()
    for org, campaign, status, count in rows:
        orgs[org] += count
        campaigns[campaign] += count
        if status is CallStatus.CLAIMED:
            waiting[campaign] += count
    return Live(orgs, campaigns, waiting)
