"""Dialers: they live as long as they say so, and whoever was taken for dead finds out."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from tests.vantum.store.rows import NOON
from vantum.store import dialers
from vantum.store.dialers import NewDialer
from vantum.store.engine import Store

pytestmark = pytest.mark.real_time


def later(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


async def test_a_silent_one_is_found_and_cannot_beat_again(store: Store) -> None:
    async with store.writing() as session:
        for name in ("a", "b"):
            await dialers.register(session, NewDialer(name, "host", 1, "1"), NOON)
        assert await dialers.beat(session, "a", later(10))
        assert await dialers.silent(session, later(5)) == ["b"]
        assert await dialers.living(session) == ["a", "b"]
        await dialers.stop(session, "b", later(11))
        await dialers.stop(session, "b", later(99))
        assert await dialers.living(session) == ["a"]
        assert await dialers.silent(session, later(5)) == []
        assert not await dialers.beat(session, "b", later(12))
        assert not await dialers.beat(session, "nobody", later(12))
        assert await dialers.forget(session, later(11), ()) == 0
        assert await dialers.forget(session, later(12), ("b",)) == 0
        assert await dialers.forget(session, later(12), ("a",)) == 1


async def test_the_clock_of_the_database_is_that_of_this_moment(store: Store) -> None:
    async with store.writing() as session:
        first = await dialers.database_clock(session)
        second = await dialers.database_clock(session)
    assert first <= second
    assert abs(second - datetime.now(UTC)) < timedelta(seconds=60)
    assert second.tzinfo is UTC


async def test_one_claims_at_a_time(store: Store) -> None:
    within, most = 0, 0

    async def claim() -> None:
        nonlocal within, most
        async with store.writing() as session:
            await dialers.lock_claims(session)
            within += 1
            most = max(most, within)
            await dialers.database_clock(session)
            within -= 1

    await asyncio.gather(*(claim() for _ in range(6)))
    assert most == 1
