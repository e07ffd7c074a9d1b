"""Costs: what a call is thought to cost is bound before it is dialed, and told again when more is known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from vantum.store.bulk import inserting
from vantum.store.columns import new_id, now
from vantum.store.models import Call, Cost
from vantum.store.models.base import table_of
from vantum.store.words import CostKind, CostState

_TABLE: Final = table_of(Cost)
_TOLD: Final = ("unit", "units", "unit_price_micros", "amount_micros", "currency", "state", "updated_at")
RECENT: Final = 200
"""Calls from which the average is taken."""


@dataclass(frozen=True, slots=True)
class NewCost:
    """An amount in millionths of ``currency``; raises ValueError for one below 0."""

    provider: str
    kind: CostKind
    unit: str
    units: float
    unit_price_micros: float
    amount_micros: int
    currency: str
    state: CostState = CostState.ESTIMATED

    def __post_init__(self) -> None:
        if min(self.units, self.unit_price_micros, self.amount_micros) < 0:
            raise ValueError("Costs are 0 or more.")


@dataclass(frozen=True, slots=True)
class Spent:
    """Money of a campaign in millionths: what is final, and what is only estimated."""

    final: int
    estimated: int


async def put(
    session: AsyncSession, org_id: str, call_id: str, campaign_id: str | None, cost: NewCost
) -> None:
    """Tell what a call costs, in place of what was told before; an estimate never takes the place of the bill."""
    moment = now()
    insert = inserting(session, Cost).values(
        id=new_id(),
        org_id=org_id,
        call_id=call_id,
        campaign_id=campaign_id,
        provider=cost.provider,
        kind=cost.kind,
        unit=cost.unit,
        units=cost.units,
        unit_price_micros=cost.unit_price_micros,
        amount_micros=cost.amount_micros,
        currency=cost.currency,
        state=cost.state,
        created_at=moment,
        updated_at=moment,
    )
    new, old = insert.excluded, _TABLE.c
    await session.execute(
        insert.on_conflict_do_update(
            index_elements=[old.call_id, old.provider, old.kind],
            set_={name: new[name] for name in _TOLD},
            where=(old.org_id == org_id)
            & ((old.state == CostState.ESTIMATED) | (new["state"] == CostState.FINAL)),
        )
    )


async def spent(session: AsyncSession, org_id: str, campaign_id: str) -> Spent:
    """What a campaign has cost, calls under way included."""
    statement = select(Cost.state, func.sum(Cost.amount_micros)).where(
        Cost.org_id == org_id, Cost.campaign_id == campaign_id
    )
    sums = {state: int(amount) for state, amount in await session.execute(statement.group_by(Cost.state))}
    return Spent(sums.get(CostState.FINAL, 0), sums.get(CostState.ESTIMATED, 0))


async def per_call(session: AsyncSession, org_id: str, campaign_id: str) -> int | None:
    """What one of the last calls of a campaign that are over has cost on average; None when there is none."""
    last = (
        select(Call.id)
        .where(Call.org_id == org_id, Call.campaign_id == campaign_id, Call.ended_at.is_not(None))
        .where(Call.dialed_at.is_not(None))
        .order_by(Call.created_at.desc())
        .limit(RECENT)
        .subquery()
    )
    statement = select(func.sum(Cost.amount_micros), func.count(Cost.call_id.distinct())).where(
        Cost.org_id == org_id, Cost.call_id.in_(select(last.c.id))
    )
    amount, count = (await session.execute(statement)).one()
    return -(-int(amount) // count) if count else None
