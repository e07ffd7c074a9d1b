"""One attempt in unusual circumstances: another carrier, another phone, a window about to close, a slow campaign."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest
from sqlalchemy import select, update

from tests.vantum.dialing.bad_placer import OURS, BadPlacer, Callee, Mood, at
from tests.vantum.dialing.kit import (
    TRUNK,
    Hall,
    calls_of,
    hall,
    lead_states,
    many,
    new_scene,
    until_over,
)
from vantum.core.call_facts import PhoneCarrier
from vantum.core.outreach.campaign import CampaignState
from vantum.core.outreach.outcome import AttemptOutcome
from vantum.dialing import attempts
from vantum.store.engine import Store
from vantum.store.models import Call, Campaign
from vantum.store.words import CallStatus, Transport


async def test_what_was_claimed_for_one_carrier_is_not_placed_by_another(store: Store) -> None:
    async with store.writing() as session:
        scene = await new_scene(session, many(1))
    local, real = BadPlacer(), BadPlacer()
    process = Hall(store, local).make()
    await process.dialer._claims.claim()
    # Gone before it dials.
    process.kill()
    async with hall(store, real, replace(TRUNK, transport=Transport.TWILIO)):
        await until_over(store, scene.campaign, 120.0)
    assert [dial.order.carrier for dial in real.dials] == [PhoneCarrier.TWILIO]
    by_carrier = {call.transport: call.outcome for call in await calls_of(store, scene.campaign)}
    assert by_carrier == {
        Transport.LOCAL: AttemptOutcome.CANCELED,
        Transport.TWILIO: AttemptOutcome.ANSWERED_HUMAN,
    }
    assert local.dials == []


@pytest.mark.parametrize("mood", [Mood.GOOD, Mood.LOSES_ANSWER])
async def test_the_number_that_the_phone_calls_from_is_kept(store: Store, mood: Mood) -> None:
    async with store.writing() as session:
        scene = await new_scene(session, many(1))
    placer = BadPlacer(lambda _order, _asked: Callee(mood=mood))
    async with hall(store, placer):
        await until_over(store, scene.campaign, 120.0)
    (call,) = await calls_of(store, scene.campaign)
    assert [dial.order.from_number for dial in placer.dials] == [""]
    assert call.from_number == OURS


async def test_the_silence_of_another_phone_proves_nothing(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attempts, "GIVE_UP", timedelta(seconds=100))
    async with store.writing() as session:
        scene = await new_scene(session, many(1))
    placer = BadPlacer(lambda _order, _asked: Callee(mood=Mood.LOSES_QUESTION))
    async with hall(store, placer):
        await asyncio.sleep(3.0)
        async with store.writing() as session:
            await session.execute(update(Call).values(placed_by="another"))
            (call,) = await session.scalars(select(Call))
            assert call.status is CallStatus.DIALING
        await asyncio.sleep(10.0)
    # Whoever takes it up reads whose it is; the other one would have dialed again after 45 s.
    async with hall(store, placer):
        await until_over(store, scene.campaign, 200.0)
    (call,) = await calls_of(store, scene.campaign)
    assert call.outcome is AttemptOutcome.UNKNOWN
    assert sum(placer.asked.values()) == 1


@pytest.mark.parametrize(
    ("closes", "dialed", "state"), [(12 * 60 + 1, 0, "waiting"), (12 * 60 + 2, 3, "done")]
)
async def test_nobody_is_dialed_in_the_last_minute_of_a_window(
    store: Store, closes: int, dialed: int, state: str
) -> None:
    """It is noon. The phone may be held up for a minute, and must not call anybody after the window."""
    async with store.writing() as session:
        windows = [{"weekday": 2, "start": 0, "end": closes}]
        scene = await new_scene(session, many(3), windows=windows)
    placer = BadPlacer(lambda _order, _asked: Callee(talk=1.0))
    async with hall(store, placer):
        await asyncio.sleep(6.0)
    assert len(placer.dials) == dialed
    assert all(dial.order.not_after == at(dial.time + 60.0) for dial in placer.dials)
    assert await lead_states(store, scene.campaign) == {state: 3}


async def test_a_slow_campaign_holds_up_no_other(store: Store) -> None:
    async with store.writing() as session:
        slow = await new_scene(session, many(20), calls_per_second=0.1)
        fast = await new_scene(session, many(20), calls_per_second=5.0)
    placer = BadPlacer(lambda _order, _asked: Callee(talk=1.0))
    async with hall(store, placer, dialers=2):
        await until_over(store, fast.campaign, 60.0)
        seconds = asyncio.get_running_loop().time()
    # The account's own rate is ten a second.
    assert seconds < 10.0
    slow_calls = [call for call in await calls_of(store, slow.campaign) if call.dialed_at is not None]
    times = sorted(call.dialed_at for call in slow_calls if call.dialed_at is not None)
    gaps = [later - earlier for earlier, later in pairwise(times)]
    assert len(times) >= 1
    assert all(gap >= timedelta(seconds=10) for gap in gaps)


async def test_a_phone_that_cannot_be_reached_is_asked_again_soon(store: Store) -> None:
    async with store.writing() as session:
        scene = await new_scene(session, many(2))
    placer = BadPlacer(lambda _order, asked: Callee() if asked > 3 else Callee(mood=Mood.UNREACHABLE))
    async with hall(store, placer):
        await until_over(store, scene.campaign, 60.0)
    assert len(placer.dials) == 2
    assert all(6.0 <= dial.time < 9.0 for dial in placer.dials)
    calls = await calls_of(store, scene.campaign)
    assert [call.outcome for call in calls] == [AttemptOutcome.ANSWERED_HUMAN] * 2
    assert [call.attempt_no for call in calls] == [1, 1]


async def test_a_pause_holds_while_the_phone_cannot_be_reached(store: Store) -> None:
    async with store.writing() as session:
        scene = await new_scene(session, many(2))
    placer = BadPlacer(lambda _order, _asked: Callee(mood=Mood.UNREACHABLE))
    async with hall(store, placer):
        await asyncio.sleep(3.0)
        async with store.writing() as session:
            await session.execute(update(Campaign).values(state=CampaignState.PAUSED))
        await asyncio.sleep(5.0)
        asked = sum(placer.asked.values())
        await asyncio.sleep(20.0)
    assert sum(placer.asked.values()) == asked
    assert await lead_states(store, scene.campaign) == {"waiting": 2}
