"""The work of dialers that are gone, attempts in nobody's hands, and leads that nothing holds."""

from __future__ import annotations

import asyncio

from sqlalchemy import select, update

from tests.vantum.dialing.bad_placer import BadPlacer, Callee, at
from tests.vantum.dialing.kit import hall, lead_of, lead_states, many, new_scene, until_over
from vantum.core.outreach.lead import LeadState
from vantum.store import dialers
from vantum.store.dialers import NewDialer
from vantum.store.engine import Store
from vantum.store.models import Dialer, Lead


async def test_a_dialer_that_was_taken_for_dead_stops(store: Store) -> None:
    async with hall(store, BadPlacer(), dialers=2) as opened:
        await asyncio.sleep(1.0)
        frozen = opened.processes[0]
        async with store.writing() as session:
            await session.execute(
                update(Dialer)
                .where(Dialer.id == frozen.engine.dialer_id)
                .values(stopped_at=Dialer.heartbeat_at)
            )
        assert frozen.running is not None
        async with asyncio.timeout(3.0):
            await frozen.running
        assert opened.processes[1].running is not None
        assert not opened.processes[1].running.done()


async def test_the_calls_of_a_dead_dialer_are_followed_by_another(store: Store) -> None:
    async with store.writing() as session:
        scene = await new_scene(session, many(4))
    placer = BadPlacer(lambda _order, _asked: Callee(talk=60.0))
    async with hall(store, placer, dialers=2) as opened:
        await asyncio.sleep(5.0)
        opened.processes[0].kill()
        await until_over(store, scene.campaign, 120.0)
    assert len(placer.dials) == 4
    assert await lead_states(store, scene.campaign) == {"done": 4}


async def test_an_attempt_in_nobodys_hands_is_given_to_the_engine_anew(store: Store) -> None:
    async with store.writing() as session:
        scene = await new_scene(session, many(1))
    placer = BadPlacer(lambda _order, _asked: Callee(talk=90.0))
    async with hall(store, placer) as opened:
        await asyncio.sleep(5.0)
        (task,) = opened.processes[0].engine._tasks
        task.cancel()
        await until_over(store, scene.campaign, 200.0)
    assert len(placer.dials) == 1
    assert (await lead_of(store, scene.leads[0])).state is LeadState.DONE


async def test_a_lead_that_nothing_holds_is_called(store: Store) -> None:
    async with store.writing() as session:
        scene = await new_scene(session, many(1))
        await session.execute(
            update(Lead).where(Lead.id == scene.leads[0]).values(state=LeadState.LEASED, leased_by="gone")
        )
    placer = BadPlacer()
    async with hall(store, placer):
        await until_over(store, scene.campaign, 60.0)
    assert len(placer.dials) == 1


async def test_what_is_old_is_forgotten(store: Store) -> None:
    async with hall(store, BadPlacer()) as opened:
        await asyncio.sleep(1.0)
        async with store.writing() as session:
            for name, days in (("old", 8), ("recent", 6)):
                gone = at(-86_400.0 * days)
                await dialers.register(session, NewDialer(name, "host", 1, "1"), gone)
                await dialers.stop(session, name, gone)
        await opened.processes[0].dialer._janitor.forget()
        async with store.reading() as session:
            left = {*await session.scalars(select(Dialer.id))}
        assert left == {"recent", opened.processes[0].engine.dialer_id}
