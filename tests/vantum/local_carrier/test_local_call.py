"""One call, on virtual time: how it rings and ends, what it obeys, and what it tells."""

from __future__ import annotations

import asyncio

import pytest

from tests.vantum.local_carrier.kit import (
    AFTER,
    AMD,
    STATUS,
    FakeServer,
    FakeSpeaker,
    prospect,
    request,
    silent,
    step,
)
from transports.twilio import twiml
from transports.twilio.rest import NewCall
from vantum.core.errors import ProviderError
from vantum.local_carrier.local_call import LocalCall
from vantum.local_carrier.own_server import ServerError, ServerGoneError
from vantum.local_carrier.prospect import Pickup, Prospect, Says
from vantum.local_carrier.voice import Voice

ANNA = prospect(step(Says("Hello.")), answers_after=2.0)
ANSWERED = ["initiated", "ringing", "in-progress", "completed"]


def local_call(
    who: Prospect = ANNA, wanted: NewCall | None = None, server: FakeServer | None = None
) -> tuple[LocalCall, FakeServer]:
    server = server or FakeServer()
    return LocalCall(wanted or request(), who, server.as_server, Voice(FakeSpeaker())), server


async def lived(
    who: Prospect = ANNA, wanted: NewCall | None = None, server: FakeServer | None = None
) -> FakeServer:
    """The server after a call."""
    call, told = local_call(who, wanted, server)
    await call.run()
    return told


@pytest.mark.parametrize(
    ("pickup", "states", "sip_code", "took"),
    [
        (Pickup.BUSY, ["initiated", "ringing", "busy"], "486", 2.0),
        (Pickup.DECLINES, ["initiated", "ringing", "busy"], "603", 2.0),
        (Pickup.UNREACHABLE, ["initiated", "failed"], "404", 2.0),
        (Pickup.NO_ANSWER, ["initiated", "ringing", "no-answer"], "487", 30.0),
    ],
)
async def test_who_does_not_answer(pickup: Pickup, states: list[str], sip_code: str, took: float) -> None:
    server = await lived(silent(pickup))
    assert server.states() == states
    assert (server.last()["SipResponseCode"], server.last()["CallDuration"]) == (sip_code, "0")
    assert asyncio.get_running_loop().time() == took


async def test_who_takes_too_long_is_not_at_home() -> None:
    server = await lived(prospect(answers_after=40.0), request(ring=20))
    assert (server.states()[-1], asyncio.get_running_loop().time()) == ("no-answer", 20.0)


async def test_a_call_is_canceled_while_it_rings() -> None:
    call, server = local_call()
    running = asyncio.create_task(call.run())
    await asyncio.sleep(1.0)
    assert call.bulletin.rings
    call.hang_up()
    await running
    assert (server.states()[-1], asyncio.get_running_loop().time()) == ("canceled", 1.0)
    assert call.bulletin.over


async def test_a_call_without_a_voice_fails() -> None:
    voice = Voice(FakeSpeaker(ProviderError("tts", "espeak-ng", "its process does not start")))
    server = FakeServer()
    await LocalCall(request(), ANNA, server.as_server, voice).run()
    assert (server.states(), server.last()["SipResponseCode"]) == (["failed"], "503")


async def test_a_stream_that_is_refused_is_told_and_the_call_ends() -> None:
    server = await lived()
    (told,) = [posted.form for posted in server.posted if "stream-status" in posted.url]
    assert (told["StreamEvent"], told["StreamErrorCode"]) == ("stream-error", "31902")
    assert server.states() == ANSWERED
    assert not any(posted.url in (AFTER, AMD) for posted in server.posted)


async def test_words_of_the_carrier_take_their_time() -> None:
    server = await lived(ANNA, request(twiml.hang_up("a" * 50)))
    assert server.states() == ANSWERED
    assert (asyncio.get_running_loop().time(), server.last()["CallDuration"]) == (5.0, "3")


async def test_a_transfer_is_refused_and_nobody_is_left_in_silence() -> None:
    wanted = request(twiml.transfer("+14155550123", "+15550100001", AFTER, 30))
    server = await lived(ANNA, wanted, FakeServer(after=twiml.hang_up("Nobody is free.")))
    (asked,) = [posted.form for posted in server.posted if posted.url == AFTER]
    assert asked["DialCallStatus"] == "no-answer"
    assert server.states() == ANSWERED
    assert asyncio.get_running_loop().time() == pytest.approx(2.0 + 2.0 + 15 * 0.06)


async def test_what_is_hung_up_on_request_is_completed() -> None:
    call, server = local_call(ANNA, request(twiml.hang_up("a" * 400)))
    running = asyncio.create_task(call.run())
    await asyncio.sleep(5.0)
    assert call.bulletin.facts().status == "in-progress"
    call.hang_up()
    await running
    assert (server.states(), server.last()["CallDuration"]) == (ANSWERED, "3")


async def test_no_call_is_longer_than_it_may_be() -> None:
    server = await lived(ANNA, request(twiml.hang_up("a" * 400), limit=10))
    assert (server.last()["CallStatus"], server.last()["CallDuration"]) == ("completed", "10")


@pytest.mark.parametrize(
    "document",
    [
        "no TwiML",
        "<Response><Connect/></Response>",
        "<Response/>",
        "<Response><Sing/></Response>",
        f'<Response><Dial action="{AFTER}"/></Response>',
    ],
)
async def test_what_cannot_be_obeyed_ends_the_call(document: str) -> None:
    server = await lived(ANNA, request(document), FakeServer(after=ServerError(11200, "the answer was 500.")))
    assert server.states() == ANSWERED


async def test_a_call_ends_with_the_server_that_it_was_of() -> None:
    gone = FakeServer(after=ServerGoneError(11200, "there is no connection."))
    call, _ = local_call(
        ANNA, request(f'<Response><Dial action="{AFTER}"/><Say>{"a" * 400}</Say></Response>'), gone
    )
    await call.run()
    assert asyncio.get_running_loop().time() == 4.0


async def test_a_dial_without_an_action_goes_on_behind_it() -> None:
    server = await lived(ANNA, request(f"<Response><Dial/><Say>{'a' * 50}</Say></Response>"))
    assert server.last()["CallDuration"] == "5"


async def test_twiml_without_an_end_is_left() -> None:
    again = f'<Response><Dial action="{AFTER}"/></Response>'
    server = await lived(ANNA, request(again), FakeServer(after=again))
    assert server.states() == ANSWERED
    assert len([posted for posted in server.posted if posted.url == AFTER]) == 20


@pytest.mark.parametrize("after", [0.5, 4.0])
async def test_a_call_that_is_cut_off_leaves_nothing(after: float) -> None:
    call, server = local_call(ANNA, request(twiml.hang_up("a" * 400)))
    before = asyncio.all_tasks()
    running = asyncio.create_task(call.run())
    await asyncio.sleep(after)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert asyncio.all_tasks() == before
    told = len(server.posted)
    await asyncio.sleep(100)
    assert len(server.posted) == told


async def test_what_is_told_goes_to_the_address_that_was_given() -> None:
    server = await lived(silent(Pickup.BUSY))
    assert {posted.url for posted in server.posted} == {STATUS}
