"""Callbacks: the times that people were promised, each of them open until it is kept, missed or taken back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from vantum.core.outreach.moment import in_utc
from vantum.store.models import Callback
from vantum.store.words import CallbackState


@dataclass(frozen=True, slots=True)
class Promise:
    """A time that somebody was promised; ``timezone`` is the callee's, ``words`` are what was said."""

    at: datetime
    timezone: str
    words: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "at", in_utc(self.at))


async def add(
    session: AsyncSession, org_id: str, lead_id: str, promise: Promise, call_id: str | None = None
) -> Callback:
    """Promise a callback. One that was promised before is taken back: the last word counts."""
    await settle(session, org_id, lead_id, CallbackState.CANCELED)
    row = Callback(
        org_id=org_id,
        lead_id=lead_id,
        call_id=call_id,
        promised_at=promise.at,
        timezone=promise.timezone,
        words=promise.words,
    )
    session.add(row)
    await session.flush()
    return row


async def first_open(session: AsyncSession, org_id: str, lead_id: str) -> datetime | None:
    """When a lead is to be called back; None when nothing is promised."""
    statement = select(Callback.promised_at).where(
        Callback.org_id == org_id, Callback.lead_id == lead_id, Callback.state == CallbackState.OPEN
    )
    return await session.scalar(statement.order_by(Callback.promised_at).limit(1))


async def of_lead(session: AsyncSession, org_id: str, lead_id: str) -> Sequence[Callback]:
    """What a lead was promised, in the order in which it was."""
    statement = select(Callback).where(Callback.org_id == org_id, Callback.lead_id == lead_id)
    return (await session.scalars(statement.order_by(Callback.id))).all()


async def settle(
    session: AsyncSession,
    org_id: str,
    lead_id: str,
    state: CallbackState,
    until: datetime | None = None,
) -> int:
    """End the open callbacks of a lead, those promised for ``until`` or before if it is given; tells how many."""
    statement = update(Callback).where(
        Callback.org_id == org_id, Callback.lead_id == lead_id, Callback.state == CallbackState.OPEN
    )
    if until is not None:
        statement = statement.where(Callback.promised_at <= until)
    return len((await session.scalars(statement.values(state=state).returning(Callback.id))).all())
