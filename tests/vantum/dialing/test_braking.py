"""The brakes of whole campaigns on virtual time: money, abandoned calls, failures."""

from __future__ import annotations

import asyncio

import pytest

from tests.vantum.dialing.bad_placer import BadPlacer, Callee, Mood
from tests.vantum.dialing.kit import calls_of, hall, many, new_scene, state_of
from vantum.core.outreach.campaign import CampaignState
from vantum.core.outreach.outcome import AttemptOutcome
from vantum.store.engine import Store


@pytest.mark.usefixtures("calm")
async def test_the_budget_holds_before_it_is_exceeded(store: Store) -> None:
    """Each call binds two minutes before it is dialed, and costs one when it is over."""
    async with store.writing() as session:
        scene = await new_scene(session, many(10), budget_micros=5 * 60_000)
    placer = BadPlacer()
    async with hall(store, placer) as opened:
        await asyncio.sleep(120.0)
        assert "exceed the budget" in opened.processes[0].dialer.brakes[scene.campaign]
    assert len(placer.dials) == 4
    assert await state_of(store, scene.campaign) is CampaignState.RUNNING


async def test_abandoned_calls_stop_the_campaign(store: Store) -> None:
    """Five in a hundred, and fewer answered calls count as a hundred; before that there is one at a time."""
    async with store.writing() as session:
        scene = await new_scene(session, many(40), max_concurrency=4)
    placer = BadPlacer(lambda _order, _asked: Callee(first_word=None, talk=4.0))
    async with hall(store, placer) as opened:
        await asyncio.sleep(60.0)
        words = opened.processes[0].dialer.brakes[scene.campaign]
    assert "answered calls were abandoned" in words
    assert "until somebody finds out why" in words
    # Four at once, then one at a time up to the fifth.
    assert [round(dial.time) for dial in placer.dials[:4]] == [0, 0, 0, 0]
    assert len(placer.dials) == 5
    assert placer.dials[4].time > 6.0
    calls = await calls_of(store, scene.campaign)
    assert {call.outcome for call in calls} == {AttemptOutcome.ABANDONED}


async def test_failures_stop_all_but_a_probe(store: Store) -> None:
    async with store.writing() as session:
        await new_scene(session, many(60), max_concurrency=5)
    placer = BadPlacer(lambda _order, _asked: Callee(mood=Mood.REFUSES))
    async with hall(store, placer):
        await asyncio.sleep(50.0)
        asked = sum(placer.asked.values())
        assert asked < 20
        await asyncio.sleep(15.0)
        assert sum(placer.asked.values()) == asked + 1
