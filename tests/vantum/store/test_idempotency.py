"""Keys of requests: taken by one, answered by that one, and free again after a day or a refusal."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import pytest

from tests.vantum.store.rows import NOON, new_org
from vantum.store import idempotency
from vantum.store.engine import Store
from vantum.store.idempotency import GIVEN_UP, KEPT, Answered, Different, Standing, Taken, UnderWay

pytestmark = pytest.mark.real_time
HASH, OTHER = "a" * 64, "b" * 64
A_MOMENT = timedelta(microseconds=1)


async def take(store: Store, org: str, at: datetime = NOON, request_hash: str = HASH) -> Standing:
    return await store.write(lambda session: idempotency.take(session, org, "key", request_hash, at))


async def answer(store: Store, org: str, taken: Standing) -> bool:
    assert isinstance(taken, Taken)
    return await store.write(lambda session: idempotency.answer(session, org, taken, 201, "{}"))


@pytest.fixture
async def org(store: Store) -> str:
    return await store.write(lambda session: new_org(session, "a"))


async def test_one_takes_it_and_answers_it(store: Store, org: str) -> None:
    taken = await take(store, org)
    assert await take(store, org) == UnderWay()
    assert await answer(store, org, taken)
    assert await take(store, org) == Answered(201, "{}")
    assert not await answer(store, org, taken)


async def test_it_is_the_key_of_one_request(store: Store, org: str) -> None:
    taken = await take(store, org)
    assert await take(store, org, request_hash=OTHER) == Different()
    await answer(store, org, taken)
    assert await take(store, org, request_hash=OTHER) == Different()


async def test_each_organisation_has_keys_of_its_own(store: Store, org: str) -> None:
    other = await store.write(lambda session: new_org(session, "b"))
    taken = await take(store, org)
    assert isinstance(await take(store, other), Taken)
    assert not await answer(store, other, taken)
    assert isinstance(taken, Taken)
    await store.write(lambda session: idempotency.give_back(session, other, taken))
    assert await take(store, org) == UnderWay()


async def test_what_is_given_back_is_free(store: Store, org: str) -> None:
    taken = await take(store, org)
    assert isinstance(taken, Taken)
    await store.write(lambda session: idempotency.give_back(session, org, taken))
    again = await take(store, org, request_hash=OTHER)
    assert isinstance(again, Taken)
    assert await answer(store, org, again)
    # An answer cannot be taken back.
    await store.write(lambda session: idempotency.give_back(session, org, again))
    assert await take(store, org, request_hash=OTHER) == Answered(201, "{}")


@pytest.mark.parametrize(
    ("after", "free"),
    [(KEPT - A_MOMENT, False), (KEPT, True)],
)
async def test_an_answer_is_kept_for_a_day(store: Store, org: str, after: timedelta, free: bool) -> None:
    await answer(store, org, await take(store, org))
    found = await take(store, org, NOON + after, OTHER)
    assert isinstance(found, Taken if free else Different)


async def test_what_was_given_up_is_taken_over_once(store: Store, org: str) -> None:
    old = await take(store, org)
    assert await take(store, org, NOON + GIVEN_UP - A_MOMENT) == UnderWay()
    assert await take(store, org, NOON + GIVEN_UP, OTHER) == Different()
    new = await take(store, org, NOON + GIVEN_UP)
    assert isinstance(new, Taken)
    assert new != old
    assert await take(store, org, NOON + GIVEN_UP) == UnderWay()
    assert not await answer(store, org, old)
    assert await answer(store, org, new)


@pytest.mark.parametrize("after", [timedelta(), GIVEN_UP])
async def test_of_many_at_the_same_time_one_takes_it(store: Store, org: str, after: timedelta) -> None:
    if after:
        await take(store, org)
    found = await asyncio.gather(*(take(store, org, NOON + after) for _ in range(6)))
    assert [isinstance(each, Taken) for each in found].count(True) == 1
    assert all(each == UnderWay() for each in found if not isinstance(each, Taken))
