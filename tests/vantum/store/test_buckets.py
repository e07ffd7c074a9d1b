"""The bucket of an account: one token at a time, whoever asks, by one clock."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from tests.vantum.store.rows import NOON
from vantum.core.outreach.bucket import Bucket, Rate, Taken, Wait
from vantum.store import buckets
from vantum.store.dialers import Clock
from vantum.store.engine import Store

pytestmark = pytest.mark.real_time

RATE = Rate(10.0, jitter_seconds=0.0)


def stopped_at(moment: datetime) -> Clock:
    async def clock(_session: AsyncSession) -> datetime:
        return moment

    return clock


async def test_a_token_is_given_once_and_the_next_one_after_the_gap(store: Store) -> None:
    async def take(seconds: float, *accounts: str) -> Taken | Wait:
        at = NOON + timedelta(seconds=seconds)
        return await store.write(
            lambda session: buckets.take(session, dict.fromkeys(accounts, RATE), stopped_at(at))
        )

    assert isinstance(await take(0.0, "a"), Taken)
    waiting = await take(0.04, "a")
    assert isinstance(waiting, Wait)
    assert waiting.seconds == pytest.approx(0.060001)
    assert isinstance(await take(0.04, "b"), Taken)
    assert isinstance(await take(0.100001, "a"), Taken)


async def test_of_many_who_ask_at_once_one_gets_it(store: Store) -> None:
    async def ask() -> bool:
        given = await store.write(lambda session: buckets.take(session, {"a": RATE}, stopped_at(NOON)))
        return isinstance(given, Taken)

    assert sum(await asyncio.gather(*(ask() for _ in range(8)))) == 1


async def test_of_several_all_are_taken_or_none(store: Store) -> None:
    slow, fast = Rate(1.0, jitter_seconds=0.0), Rate(10.0, jitter_seconds=0.0)

    async def take(seconds: float, rates: dict[str, Rate]) -> Taken | Wait:
        at = NOON + timedelta(seconds=seconds)
        return await store.write(lambda session: buckets.take(session, rates, stopped_at(at)))

    assert isinstance(await take(0.0, {"slow": slow, "fast": fast}), Taken)
    waiting = await take(0.5, {"slow": slow, "fast": fast})
    assert isinstance(waiting, Wait)
    assert waiting.seconds == pytest.approx(0.500001)
    # Who waited for the slow one has taken nothing from the fast one.
    assert isinstance(await take(0.5, {"fast": fast}), Taken)
    waiting = await take(0.55, {"other": slow, "fast": fast})
    assert isinstance(waiting, Wait)
    assert waiting.seconds == pytest.approx(0.050001)
    assert isinstance(await take(0.55, {"other": slow}), Taken)


async def test_they_are_looked_at_without_a_change(store: Store) -> None:
    await store.write(lambda session: buckets.take(session, {"a": RATE}, stopped_at(NOON)))
    async with store.reading() as session:
        assert await buckets.peek(session, ("a", "b")) == {"a": Bucket(0.0, NOON)}
