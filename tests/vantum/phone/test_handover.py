"""Phone calls of one of several workers: what it leaves when it ends, and what another takes up."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from tests.vantum.phone.calls_kit import new_call, requested
from tests.vantum.phone.conftest import Open
from tests.vantum.phone.exchange import Exchange
from tests.vantum.phone.fake_carrier import FakeCarrier, sid
from vantum.core.admission import RefusedError
from vantum.core.call_facts import PhoneCarrier
from vantum.core.phone_call import Outcome
from vantum.phone.switchboard import ANOTHER_CARRIER, nobody
from vantum.testing import at_rest


@asynccontextmanager
async def another(folder: Path, carrier: FakeCarrier) -> AsyncGenerator[Exchange, None]:
    """A worker that runs beside those that there are, and has taken up nothing."""
    worker = Exchange(folder, carrier)
    await worker.board.start(nobody)
    yield worker
    await worker.close()


async def test_who_drains_finishes_what_rings_and_dials_nothing_more(opening: Open) -> None:
    worker = await opening(VANTUM_CALLS_PER_SECOND="0.1")
    rings, *_ = [await worker.place() for _ in range(3)]
    draining = asyncio.create_task(worker.calls.drain(600.0))
    await asyncio.sleep(100.0)
    assert worker.carrier.times("create") == [0.0]
    assert (worker.calls.live, worker.calls.leaving, worker.calls.status) == (1, True, "closing")
    with pytest.raises(RefusedError, match="shutting down"):
        worker.calls.take_seat()
    await worker.tells(rings, "no-answer", 1)
    await draining
    assert (await worker.ended(rings))[0] == Outcome.NO_ANSWER
    assert worker.calls.live == 0


async def test_a_drain_has_an_end(opening: Open) -> None:
    worker = await opening()
    await worker.place()
    started = asyncio.get_running_loop().time()
    await worker.calls.drain(60.0)
    assert asyncio.get_running_loop().time() - started == 60.0
    assert worker.calls.live == 1


async def test_what_is_not_its_own_is_not_taken_up_at_the_start(opening: Open, tmp_path: Path) -> None:
    one = await opening(VANTUM_CALLS_PER_SECOND="0.1")
    waiting = [await one.place() for _ in range(3)][1:]
    async with another(tmp_path, one.carrier) as other:
        await asyncio.sleep(5.0)
        assert other.book.open_calls() == ()
        assert one.carrier.times("create") == [0.0]
        assert [call.id for call in one.book.open_calls()][1:] == waiting


async def test_what_a_worker_left_that_is_gone_is_taken_up_however_long_it_waited(tmp_path: Path) -> None:
    carrier = FakeCarrier()
    async with another(tmp_path, carrier) as gone, another(tmp_path, carrier) as heir:
        waited, asked = new_call(minutes_ago=30), requested(new_call(minutes_ago=30))
        rings = replace(new_call(), sid=sid(7), requested_at=new_call().created_at)
        others = new_call()
        for call in (waited, asked, rings, others):
            await gone.book.create(call)
        mine = {waited.id, asked.id, rings.id}
        await heir.board.adopt(lambda call_id: call_id in mine)
        # Asked twice, as after two deaths: nothing is taken up again.
        await heir.board.adopt(lambda call_id: call_id in mine)
        assert {call.id for call in heir.book.open_calls()} == mine
        await asyncio.sleep(20.0)
        # The one that may have been asked for was looked for before.
        assert len(carrier.times("create")) == 2
        assert [await heir.ended(call_id) for call_id in (waited.id, asked.id)] == [("", "")] * 2
        await heir.board.hang_up(rings.id)
        assert (await heir.ended(rings.id))[0] == Outcome.CANCELED
        await at_rest()


async def test_a_lost_call_is_not_taken_for_that_of_another_worker(tmp_path: Path) -> None:
    carrier = FakeCarrier()
    async with another(tmp_path, carrier) as one, another(tmp_path, carrier) as other:
        theirs = await other.place()
        assert (await other.known(theirs)).sid == sid(1)
        lost = requested(new_call())
        await other.book.create(lost)
        await one.board.adopt(lambda call_id: call_id == lost.id)
        await asyncio.sleep(20.0)
        assert (await one.known(lost.id)).sid == sid(2)


@pytest.mark.parametrize("known", ["", sid(1)])
async def test_no_call_is_taken_to_another_carrier(opening: Open, known: str) -> None:
    """Who was to be rung for show is never called for real, whatever is set at the next start."""
    before = await opening(VANTUM_CARRIER="local")
    call = replace(new_call(), carrier=PhoneCarrier.LOCAL, sid=known)
    await before.book.create(call)
    later = await opening(VANTUM_CARRIER="twilio")
    await asyncio.sleep(60.0)
    assert await later.ended(call.id) == (Outcome.FAILED, ANOTHER_CARRIER)
    assert later.carrier.asked == []
