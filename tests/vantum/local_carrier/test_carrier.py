"""The local carrier, asked as the phone asks it: it places, finds and ends calls, and refuses as a real one does."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from datetime import UTC, datetime, timedelta

import pytest

from tests.vantum.local_carrier.kit import THEM, US, FakeServer, FakeSpeaker, prospect, request, silent
from transports.twilio import twiml
from transports.twilio.rest import CarrierError
from vantum.core.carrier_fault import Action, fault_of
from vantum.core.errors import SettingsError
from vantum.local_carrier import voice as voice_module
from vantum.local_carrier.carrier import MOST_KNOWN, MOST_RINGING, NUMBER, LocalCarrier
from vantum.local_carrier.cast import Cast
from vantum.local_carrier.prospect import Pickup, Prospect
from vantum.local_carrier.voice import Voice
from vantum.phone.numbers import e164

INVALID, BUSY = "+15550100013", "+15550100009"
TALK = twiml.hang_up("a" * 100)


def numbered(who: Prospect, number: str) -> Prospect:
    return Prospect(name=number, numbers=(number,), pickup=who.pickup, answers_after=who.answers_after)


CAST = Cast(
    (
        numbered(silent(Pickup.INVALID), INVALID),
        numbered(silent(Pickup.BUSY), BUSY),
        prospect(share=1, answers_after=2.0),
    )
)


@pytest.fixture
async def server() -> FakeServer:
    return FakeServer()


@pytest.fixture
async def carrier(server: FakeServer) -> AsyncGenerator[LocalCarrier, None]:
    opened = LocalCarrier(Cast(CAST.prospects), Voice(FakeSpeaker()), server.as_server)
    # A carrier is at work until it is closed, here: the test may leave behind what it began.
    standing = asyncio.create_task(asyncio.Event().wait(), name="carrier")
    yield opened
    await opened.close()
    standing.cancel()


def refused(error: CarrierError) -> Action:
    return fault_of(error.status, error.code).action


async def test_a_call_is_placed_and_followed_to_its_end(carrier: LocalCarrier, server: FakeServer) -> None:
    sid = await carrier.create(request(TALK))
    assert (await carrier.fetch(sid)).status == "queued"
    for moment, status in ((1.0, "ringing"), (3.0, "in-progress"), (9.0, "completed")):
        await asyncio.sleep(moment - asyncio.get_running_loop().time())
        assert (await carrier.fetch(sid)).status == status
    assert (await carrier.fetch(sid)).duration_seconds == 6
    assert server.states() == ["initiated", "ringing", "in-progress", "completed"]


async def test_a_number_that_is_none_is_refused(carrier: LocalCarrier) -> None:
    with pytest.raises(CarrierError) as caught:
        await carrier.create(request(to=INVALID))
    assert refused(caught.value) is Action.NUMBER_INVALID


async def test_a_call_that_nobody_knows_is_not_found(carrier: LocalCarrier) -> None:
    for asked in (carrier.fetch("CA1"), carrier.hang_up("CA1", answered=False)):
        with pytest.raises(CarrierError) as caught:
            await asked
        assert (caught.value.status, caught.value.code) == (404, 20404)


@pytest.mark.parametrize(
    ("after", "answered", "status"), [(1.0, False, "canceled"), (3.0, True, "completed")]
)
async def test_a_call_is_ended_on_request_and_once(
    carrier: LocalCarrier, after: float, answered: bool, status: str
) -> None:
    sid = await carrier.create(request(TALK))
    await asyncio.sleep(after)
    await carrier.hang_up(sid, answered=answered)
    await asyncio.sleep(0.1)
    assert (await carrier.fetch(sid)).status == status
    with pytest.raises(CarrierError) as caught:
        await carrier.hang_up(sid, answered=answered)
    assert refused(caught.value) is Action.IGNORE


async def test_a_call_that_rings_is_not_one_that_was_answered(carrier: LocalCarrier) -> None:
    sid = await carrier.create(request(TALK))
    with pytest.raises(CarrierError) as caught:
        await carrier.hang_up(sid, answered=True)
    assert caught.value.code == 21220


async def test_calls_are_found_by_their_numbers_the_newest_first(carrier: LocalCarrier) -> None:
    began = datetime.now(UTC)
    first = await carrier.create(request(TALK))
    await carrier.create(request(TALK, to=BUSY))
    await asyncio.sleep(2.0)
    second = await carrier.create(request(TALK))
    assert [call.sid for call in await carrier.find(THEM, US, began)] == [second, first]
    assert await carrier.find(THEM, US, began + timedelta(seconds=60)) == []
    assert await carrier.find(THEM, THEM, began) == []


async def test_only_so_many_ring_at_once(carrier: LocalCarrier) -> None:
    for _ in range(MOST_RINGING):
        await carrier.create(request(TALK))
    with pytest.raises(CarrierError) as caught:
        await carrier.create(request(TALK))
    assert refused(caught.value) is Action.BACK_OFF
    await asyncio.sleep(2.5)
    await carrier.create(request(TALK))


async def test_only_so_many_calls_are_remembered(
    carrier: LocalCarrier, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert MOST_KNOWN > 100 * MOST_RINGING
    monkeypatch.setattr("vantum.local_carrier.carrier.MOST_KNOWN", 2)
    sids = [await carrier.create(request(TALK)) for _ in range(3)]
    with pytest.raises(CarrierError):
        await carrier.fetch(sids[0])
    assert (await carrier.fetch(sids[1])).sid == sids[1]


async def test_the_number_to_call_from_is_nobodys(carrier: LocalCarrier) -> None:
    assert await carrier.numbers() == [NUMBER] == [e164(NUMBER)]


async def test_without_a_voice_who_would_speak_is_not_rung(
    server: FakeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing() -> None:
        raise SettingsError("Embedded speech needs the extra 'local'.", "Install it.")

    monkeypatch.setattr(voice_module, "require_local", missing)
    carrier = LocalCarrier(CAST, Voice(), server.as_server)
    with pytest.raises(CarrierError, match=r"extra 'local'\. Install it") as caught:
        await carrier.create(request())
    assert refused(caught.value) is Action.FAIL
    await carrier.create(request(to=BUSY))
    await carrier.close()


async def test_no_call_outlives_the_carrier(server: FakeServer) -> None:
    before = asyncio.all_tasks()
    carrier = LocalCarrier(CAST, Voice(FakeSpeaker()), server.as_server)
    sids = [await carrier.create(request(TALK)) for _ in range(3)]
    await asyncio.sleep(2.5)
    sids.append(await carrier.create(request(TALK)))
    await carrier.close()
    assert asyncio.all_tasks() == before
    assert {(await carrier.fetch(sid)).status for sid in sids} == {"failed"}
    assert server.closed


async def test_a_call_that_breaks_down_is_over_for_everybody(
    carrier: LocalCarrier, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vantum.local_carrier.local_call.parsed", lambda _: 1 / 0)
    sid = await carrier.create(request(TALK))
    await asyncio.sleep(10)
    assert (await carrier.fetch(sid)).status == "failed"
