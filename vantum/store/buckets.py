"""The buckets of carriers' accounts and of campaigns: a row each, for all dialers, locked while a token is taken."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from vantum.core.outreach import bucket as law
from vantum.store.bulk import inserting
from vantum.store.dialers import Clock
from vantum.store.models import Bucket


async def take(session: AsyncSession, rates: Mapping[str, law.Rate], clock: Clock) -> law.Taken | law.Wait:
    """Take a token for one call from each of the buckets that are named, or from none of them.

    Nobody else takes one from them until the transaction ends. Who has to wait waits for the slowest.
    """
    rows = await _locked(session, rates, clock)
    # Only now: to get the lock may have taken a while.
    now = await clock(session)
    given = {row.account: law.take(_bucket(row), rates[row.account], now) for row in rows}
    waits = [each for each in given.values() if isinstance(each, law.Wait)]
    for row in rows:
        # Who waits has its bucket kept, too: the clock may have been set back.
        kept = given[row.account]
        if not waits or isinstance(kept, law.Wait):
            row.tokens, row.updated_at = kept.bucket.tokens, kept.bucket.at
    await session.flush()
    if waits:
        return max(waits, key=lambda each: each.seconds)
    return next(each for each in given.values() if isinstance(each, law.Taken))


async def peek(session: AsyncSession, accounts: Collection[str]) -> dict[str, law.Bucket]:
    """What is in buckets, without those that nobody has used."""
    rows = await session.scalars(select(Bucket).where(Bucket.account.in_(accounts)))
    return {row.account: _bucket(row) for row in rows}


async def _locked(session: AsyncSession, rates: Mapping[str, law.Rate], clock: Clock) -> list[Bucket]:
    # Always in the same order, or two dialers would wait for each other.
    statement = select(Bucket).where(Bucket.account.in_(rates)).order_by(Bucket.account).with_for_update()
    again = statement.execution_options(populate_existing=True)
    rows = [*await session.scalars(again)]
    missing = sorted(set(rates) - {row.account for row in rows})
    if not missing:
        return rows
    for account in missing:
        first = inserting(session, Bucket).values(
            account=account, tokens=law.FULL, updated_at=await clock(session)
        )
        await session.execute(first.on_conflict_do_nothing())
    return [*await session.scalars(again)]


def _bucket(row: Bucket) -> law.Bucket:
    return law.Bucket(row.tokens, row.updated_at)
