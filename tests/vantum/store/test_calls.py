"""Calls: an attempt is written once, found by each of its names, and counted while it lasts."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from tests.vantum.store.rows import NOON, new_scene, number
from vantum.store import calls
from vantum.store.calls import Live
from vantum.store.engine import Store
from vantum.store.models import Call
from vantum.store.words import CallStatus, Direction, Transport

pytestmark = pytest.mark.real_time


async def test_an_attempt_is_found_by_each_of_its_names(store: Store) -> None:
    async with store.writing() as session:
        scene, other = await new_scene(session, "a"), await new_scene(session, "b")
        attempt = scene.attempt()
        call = await calls.insert_attempt(session, scene.org, attempt)
        call.provider_sid = "CA1"
        await session.flush()
        for found in (
            await calls.get(session, scene.org, attempt.id),
            await calls.by_key(session, scene.org, attempt.id),
            await calls.by_provider_sid(session, scene.org, "CA1"),
            *await calls.of_lead(session, scene.org, scene.leads[0]),
        ):
            assert found is call
        assert await calls.org_of(session, attempt.id) == scene.org
        assert await calls.org_of(session, "nobody") is None
        assert await calls.get(session, other.org, attempt.id) is None
        assert await calls.by_key(session, other.org, attempt.id) is None
        assert await calls.by_provider_sid(session, other.org, "CA1") is None
        assert await calls.of_lead(session, other.org, scene.leads[0]) == []
    assert (call.status, call.queued_at, call.idempotency_key) == (CallStatus.CLAIMED, NOON, attempt.id)


async def test_attempts_at_a_lead_are_in_their_order(store: Store) -> None:
    async with store.writing() as session:
        scene = await new_scene(session, "a")
        for attempt_no in (2, 1, 3):
            await calls.insert_attempt(session, scene.org, scene.attempt(1, attempt_no))
        found = await calls.of_lead(session, scene.org, scene.leads[1])
    assert [call.attempt_no for call in found] == [1, 2, 3]


@pytest.mark.parametrize("twice", ["id", "provider_sid", "record_id", "idempotency_key"])
async def test_no_two_calls_have_one_name(store: Store, twice: str) -> None:
    async with store.writing() as session:
        scene = await new_scene(session, "a")
        first = await calls.insert_attempt(session, scene.org, scene.attempt())
        second = await calls.insert_attempt(session, scene.org, scene.attempt())
        same = update(Call).values({twice: "same"})
        await session.execute(same.where(Call.id == first.id))
        with pytest.raises(IntegrityError):
            await session.execute(same.where(Call.id == second.id))


@pytest.mark.parametrize("values", [{"status": "ended"}, {"ended_at": NOON}])
async def test_a_call_is_over_when_it_says_when(store: Store, values: dict[str, object]) -> None:
    async with store.writing() as session:
        scene = await new_scene(session, "a")
        await calls.insert_attempt(session, scene.org, scene.attempt())
        with pytest.raises(IntegrityError):
            await session.execute(update(Call).values(values))


async def test_calls_are_counted_until_they_are_over(store: Store) -> None:
    async with store.writing() as session:
        scene, other = await new_scene(session, "a"), await new_scene(session, "b")
        assert await calls.live(session) == Live({}, {}, {})
        made = [await calls.insert_attempt(session, scene.org, scene.attempt(place)) for place in range(3)]
        await calls.insert_attempt(session, other.org, other.attempt())
        browser = Call(
            org_id=scene.org,
            direction=Direction.INBOUND,
            transport=Transport.BROWSER,
            status=CallStatus.IN_CALL,
        )
        session.add(browser)
        await session.flush()
        claimed: dict[str | None, int] = {scene.campaign: 3, other.campaign: 1}
        assert await calls.live(session) == Live({scene.org: 4, other.org: 1}, {**claimed, None: 1}, claimed)
        for call in made[:2]:
            call.status, call.ended_at = CallStatus.ENDED, NOON
        made[2].status = CallStatus.RINGING
        await session.flush()
        left = {scene.campaign: 1, other.campaign: 1, None: 1}
        assert await calls.live(session) == Live({scene.org: 2, other.org: 1}, left, {other.campaign: 1})


async def test_who_was_called_when_is_known_for_the_law(store: Store) -> None:
    async with store.writing() as session:
        scene, other = await new_scene(session, "a"), await new_scene(session, "b")
        minutes = [timedelta(minutes=count) for count in range(4)]
        first = await calls.insert_attempt(session, scene.org, replace(scene.attempt(), at=NOON))
        first.dialed_at = NOON + minutes[3]
        await calls.insert_attempt(session, scene.org, replace(scene.attempt(), at=NOON + minutes[1]))
        await calls.insert_attempt(session, scene.org, replace(scene.attempt(1), at=NOON + minutes[1]))
        await calls.insert_attempt(session, other.org, replace(other.attempt(), at=NOON + minutes[1]))
        inbound = Call(
            org_id=scene.org,
            direction=Direction.INBOUND,
            transport=Transport.TWILIO,
            status=CallStatus.IN_CALL,
            to_number=number(0),
            queued_at=NOON + minutes[2],
        )
        session.add(inbound)
        await session.flush()
        found = await calls.attempts_at(session, scene.org, number(0), NOON)
        assert found == (NOON + minutes[1], NOON + minutes[3])
        assert await calls.attempts_at(session, scene.org, number(0), NOON + minutes[2]) == (
            NOON + minutes[3],
        )
        assert await calls.attempts_at(session, scene.org, number(2), NOON) == ()
