"""Calls as a list: found by either of their names, with what they cost."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from vantum.store.models import Call, Cost
from vantum.store.words import CostState


@dataclass(frozen=True, slots=True)
class Paid:
    """What a call costs, in millionths of ``currency``; final when no part of it can change any more."""

    micros: int
    currency: str
    state: CostState


async def named(session: AsyncSession, org_id: str, name: str) -> Call | None:
    """The call with this id, or with this name of its record."""
    return await session.scalar(
        select(Call).where(Call.org_id == org_id, or_(Call.id == name, Call.record_id == name))
    )


async def is_somebodys(session: AsyncSession, name: str) -> bool:
    """Whether any organisation has a call of this name: what has none is the operator's own."""
    found = select(Call.id).where(or_(Call.id == name, Call.record_id == name))
    return await session.scalar(found.limit(1)) is not None


async def paid(session: AsyncSession, org_id: str, call_ids: Collection[str]) -> dict[str, Paid]:
    """What each of these calls costs; those of which nothing is known are left out."""
    statement = (
        select(
            Cost.call_id,
            func.sum(Cost.amount_micros),
            func.min(Cost.currency),
            func.count().filter(Cost.state == CostState.ESTIMATED),
        )
        .where(Cost.org_id == org_id, Cost.call_id.in_(call_ids))
        .group_by(Cost.call_id)
    )
    rows = (await session.execute(statement)).all()
    return {
        call_id: Paid(int(micros), currency, CostState.ESTIMATED if open_ones else CostState.FINAL)
        for call_id, micros, currency, open_ones in rows
    }
