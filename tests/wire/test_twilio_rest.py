"""The stand-in's REST API: what it refuses, places, lists and ends, and faults by a script."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from email.utils import parsedate_to_datetime

import aiohttp
import pytest

from tests.wire.twilio_customer import PUBLIC, TO, Api
from tests.wire.twilio_server import NUMBER, Drop, Hang, Refuse, TwilioStandIn

pytestmark = pytest.mark.real_time

HANG_UP = "<Response><Hangup/></Response>"
OTHER = "+15550100003"


@pytest.fixture
async def twilio() -> AsyncIterator[TwilioStandIn]:
    """No server is under test here: these calls have nothing to ask of one."""
    async with TwilioStandIn(public_url=PUBLIC) as twilio:
        yield twilio


@pytest.fixture
async def api(twilio: TwilioStandIn) -> AsyncIterator[Api]:
    async with Api(twilio) as api:
        yield api


async def test_only_the_account_is_let_in(twilio: TwilioStandIn) -> None:
    async with Api(twilio, token="wrong") as stranger:
        status, answer = await stranger.get(".json")
    assert (status, answer["code"], answer["status"]) == (401, 20003, 401)
    assert answer["message"]


async def test_the_account_and_its_numbers_are_shown(api: Api, twilio: TwilioStandIn) -> None:
    status, account = await api.get(".json")
    assert (status, account["status"], account["sid"]) == (200, "active", twilio.account.sid)
    _, numbers = await api.get("/IncomingPhoneNumbers.json")
    (number,) = numbers["incoming_phone_numbers"]  # type: ignore[misc]
    assert (number["phone_number"], number["capabilities"]["voice"]) == (NUMBER, True)  # type: ignore[has-type]
    status, missing = await api.get("/Messages.json")
    assert (status, missing["code"]) == (404, 20404)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"To": ""}, 21201),
        ({"To": "12"}, 21211),
        ({"From": ""}, 21213),
        ({"From": OTHER}, 21210),
        ({"Twiml": "x" * 4001}, 21617),
    ],
)
async def test_a_bad_request_is_refused(
    api: Api, twilio: TwilioStandIn, change: dict[str, str], code: int
) -> None:
    form = {"To": TO, "From": NUMBER, "Twiml": HANG_UP} | change
    status, answer = await api.post("/Calls.json", **form)
    assert (status, answer["code"], twilio.calls) == (400, code, [])


async def test_a_call_is_created_found_and_ended(api: Api, twilio: TwilioStandIn) -> None:
    status, created = await api.post("/Calls.json", To=TO, From=NUMBER, Twiml=HANG_UP)
    assert (status, created["status"], created["direction"]) == (201, "queued", "outbound-api")
    assert (created["to"], created["from"]) == (TO, NUMBER)
    assert parsedate_to_datetime(str(created["date_created"])) == twilio.calls[0].created.replace(
        microsecond=0
    )
    await twilio.calls[0].over(5)
    _, call = await api.get(f"/Calls/{created['sid']}.json")
    assert (call["status"], call["duration"]) == ("completed", "1")
    status, answer = await api.post(f"/Calls/{created['sid']}.json", Status="completed")
    assert (status, answer["code"]) == (400, 21220)
    status, answer = await api.get(f"/Calls/CA{'0' * 32}.json")
    assert (status, answer["code"]) == (404, 20404)


async def test_calls_are_listed_the_newest_first_by_pages(api: Api) -> None:
    sids = [await api.dial(to=to, twiml=HANG_UP) for to in (TO, OTHER, TO)]
    _, listed = await api.get("/Calls.json", To=TO, From=NUMBER)
    assert [call["sid"] for call in listed["calls"]] == [sids[2], sids[0]]  # type: ignore[attr-defined]
    assert (listed["next_page_uri"], listed["page"], listed["page_size"]) == (None, 0, 50)
    _, first = await api.get("/Calls.json", PageSize="2")
    assert str(first["next_page_uri"]).endswith("/Calls.json?PageSize=2&Page=1")
    _, second = await api.get("/Calls.json", PageSize="2", Page="1")
    assert [call["sid"] for call in second["calls"]] == [sids[0]]  # type: ignore[attr-defined]
    assert second["next_page_uri"] is None


async def test_faults_fall_on_the_next_posts_one_each(api: Api, twilio: TwilioStandIn) -> None:
    twilio.faults.extend(
        [
            Refuse(429, 20429, "Too Many Requests"),
            Drop(create=False),
            Drop(),
            Hang(0.1, create=False),
        ]
    )
    form = {"To": TO, "From": NUMBER, "Twiml": HANG_UP}
    status, answer = await api.post("/Calls.json", **form)
    assert (status, answer["code"], answer["message"]) == (429, 20429, "Too Many Requests")
    for calls in (0, 1):
        with pytest.raises(aiohttp.ClientConnectionError):
            await api.post("/Calls.json", **form)
        assert len(twilio.calls) == calls
    began = time.monotonic()
    status, _ = await api.post("/Calls.json", **form)
    assert (status, len(twilio.calls)) == (500, 1)
    assert time.monotonic() - began >= 0.1
    assert await api.dial(twiml=HANG_UP) == twilio.calls[1].sid


async def test_a_call_may_be_placed_though_its_answer_never_came(api: Api, twilio: TwilioStandIn) -> None:
    twilio.faults.append(Hang(60))
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(api.dial(twiml=HANG_UP), 0.1)
    _, listed = await api.get("/Calls.json", To=TO)
    assert len(listed["calls"]) == 1  # type: ignore[arg-type]
