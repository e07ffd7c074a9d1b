"""Twilio's REST client over real sockets: what goes out field by field, and what is read."""

from __future__ import annotations

import base64
import logging
from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest
from aiohttp import web

from tests.transports.twilio.rest_server import (
    ACCOUNT,
    CA,
    CALL,
    CALLS,
    NEW,
    OWNED,
    TOKEN,
    Answer,
    Server,
    at,
    call,
    page,
    stamp,
)
from transports.twilio.rest import CarrierCall, CarrierError, TwilioRest

pytestmark = pytest.mark.real_time

PLACED = [
    ("To", "+15550002"),
    ("From", "+15550001"),
    ("StatusCallback", "https://HOST/status?call=1&x=2"),
    ("StatusCallbackEvent", "initiated"),
    ("StatusCallbackEvent", "ringing"),
    ("StatusCallbackEvent", "answered"),
    ("StatusCallbackEvent", "completed"),
    ("Timeout", "25"),
    ("TimeLimit", "600"),
    ("Twiml", "<Response><Say>grüß & küß</Say></Response>"),
]
AMD = [
    ("MachineDetection", "DetectMessageEnd"),
    ("AsyncAmd", "true"),
    ("AsyncAmdStatusCallback", "https://HOST/amd"),
]


@pytest.mark.parametrize(("amd_callback", "more"), [(None, []), ("https://HOST/amd", AMD)])
async def test_a_call_is_placed_with_exactly_these_fields(
    server: Server, rest: TwilioRest, amd_callback: str | None, more: list[tuple[str, str]]
) -> None:
    server.answers = [Answer(201, call())]
    assert await rest.create(replace(NEW, amd_callback=amd_callback)) == CA
    (asked,) = server.asked
    assert (asked.method, asked.path, asked.query) == ("POST", CALLS, [])
    assert sorted(asked.form) == sorted(PLACED + more)
    assert asked.authorization == "Basic " + base64.b64encode(f"{ACCOUNT}:{TOKEN}".encode()).decode()


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, CarrierCall(CA, "queued", "+15550002", "+15550001", at(7), None)),
        (
            {"duration": "61", "status": "completed"},
            CarrierCall(CA, "completed", "+15550002", "+15550001", at(7), 61),
        ),
        ({"duration": "0"}, CarrierCall(CA, "queued", "+15550002", "+15550001", at(7), 0)),
        ({"duration": ""}, CarrierCall(CA, "queued", "+15550002", "+15550001", at(7), None)),
        ({"date_created": None}, CarrierCall(CA, "queued", "+15550002", "+15550001", None, None)),
        ({"to": None, "from": None}, CarrierCall(CA, "queued", "", "", at(7), None)),
    ],
)
async def test_a_call_is_fetched(
    server: Server, rest: TwilioRest, fields: dict[str, object], expected: CarrierCall
) -> None:
    server.answers = [Answer(200, call(**fields))]
    assert await rest.fetch(CA) == expected
    (asked,) = server.asked
    assert (asked.method, asked.path, asked.query, asked.form) == ("GET", CALL, [], [])


async def test_calls_are_found_since_a_moment_the_newest_first(server: Server, rest: TwilioRest) -> None:
    times = {"CA1": 9, "CA2": 11, "CA3": 10, "CA4": 8}
    server.answers = [
        page("calls", [call(sid=sid, date_created=stamp(second)) for sid, second in times.items()])
    ]
    found = await rest.find("+15550002", "+15550001", at(9))
    assert [(one.sid, one.created) for one in found] == [("CA2", at(11)), ("CA3", at(10)), ("CA1", at(9))]
    (asked,) = server.asked
    assert (asked.method, asked.path, asked.form) == ("GET", CALLS, [])
    assert sorted(asked.query) == [("From", "+15550001"), ("PageSize", "20"), ("To", "+15550002")]


@pytest.mark.parametrize(
    "since", [at(9, 999_999), at(9, 999_999).astimezone(timezone(timedelta(hours=5, minutes=30)))]
)
async def test_a_call_of_the_same_second_is_found_whatever_the_time_zone(
    server: Server, rest: TwilioRest, since: datetime
) -> None:
    server.answers = [
        page("calls", [call(sid="CA1", date_created=stamp(9)), call(sid="CA2", date_created=stamp(8))])
    ]
    assert [one.sid for one in await rest.find("+15550002", "+15550001", since)] == ["CA1"]


async def test_a_call_without_a_time_was_created_just_now(server: Server, rest: TwilioRest) -> None:
    server.answers = [
        page("calls", [call(sid="CA1", date_created=stamp(9)), call(sid="CA2", date_created=None)])
    ]
    found = await rest.find("+15550002", "+15550001", at(9))
    assert [(one.sid, one.created) for one in found] == [("CA2", None), ("CA1", at(9))]


async def test_at_most_twenty_calls_are_found_in_one_request(server: Server, rest: TwilioRest) -> None:
    server.answers = [page("calls", [call(sid=f"CA{at}") for at in range(30)], f"{CALLS}?Page=1")]
    found = await rest.find("+15550002", "+15550001", at(0))
    assert [one.sid for one in found] == [f"CA{at}" for at in range(20)]
    assert len(server.asked) == 1


async def test_a_moment_needs_a_time_zone(rest: TwilioRest) -> None:
    with pytest.raises(ValueError, match="time zone"):
        await rest.find("+15550002", "+15550001", at(0).replace(tzinfo=None))


@pytest.mark.parametrize(("answered", "status"), [(True, "completed"), (False, "canceled")])
async def test_a_call_is_ended(server: Server, rest: TwilioRest, answered: bool, status: str) -> None:
    server.answers = [Answer(200, call())]
    await rest.hang_up(CA, answered=answered)
    (asked,) = server.asked
    assert (asked.method, asked.path, asked.form) == ("POST", CALL, [("Status", status)])


async def test_the_numbers_that_have_voice_on_every_page(server: Server, rest: TwilioRest) -> None:
    def number(last: int, voice: object) -> dict[str, object]:
        return {"phone_number": f"+1555000{last}", "capabilities": {"voice": voice, "sms": True}}

    server.answers = [
        page("incoming_phone_numbers", [number(1, True), number(2, False)], f"{OWNED}?Page=1"),
        page("incoming_phone_numbers", [number(3, True), number(4, None)]),
    ]
    assert await rest.numbers() == ["+15550001", "+15550003"]
    assert [(asked.path, asked.query) for asked in server.asked] == [
        (OWNED, [("PageSize", "1000")]),
        (OWNED, [("Page", "1")]),
    ]


async def test_the_accounts_state(server: Server, rest: TwilioRest) -> None:
    server.answers = [Answer(200, {"sid": ACCOUNT, "status": "suspended"})]
    assert await rest.account_status() == "suspended"
    (asked,) = server.asked
    assert (asked.method, asked.path) == ("GET", f"/2010-04-01/Accounts/{ACCOUNT}.json")


async def test_the_environment_changes_nothing(
    server: Server, rest: TwilioRest, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("ACCOUNT_SID", "AUTH_TOKEN", "EDGE", "REGION"):
        monkeypatch.setenv(f"TWILIO_{name}", "other")
    server.answers = [Answer(201, call())]
    assert await rest.create(NEW) == CA
    assert server.asked[0].path == CALLS


async def test_nothing_is_logged(server: Server, rest: TwilioRest, caplog: pytest.LogCaptureFixture) -> None:
    server.answers = [page("calls", [call()])]
    with caplog.at_level(logging.DEBUG):
        await rest.find("+15550002", "+15550001", at(0))
    assert not [record for record in caplog.records if record.name.startswith("twilio")]


# --- opening and closing ----------------------------------------------------------------------------


def test_it_is_built_without_a_loop() -> None:
    TwilioRest(ACCOUNT, TOKEN)


async def test_requests_share_connections(server: Server, rest: TwilioRest) -> None:
    peers: set[object] = set()

    async def note(request: web.Request) -> Answer:
        assert request.transport is not None
        peers.add(request.transport.get_extra_info("peername"))
        return Answer(201, call())

    server.answers = [note]
    for _ in range(5):
        await rest.create(NEW)
    assert len(peers) == 1


async def test_closing_is_final_and_may_be_done_twice_or_before_anything(server: Server) -> None:
    server.answers = [Answer(201, call())]
    used, unused = TwilioRest(ACCOUNT, TOKEN, server.url), TwilioRest(ACCOUNT, "", server.url)
    await used.create(NEW)
    for rest in (used, unused):
        await rest.close()
        await rest.close()
        with pytest.raises(CarrierError) as caught:
            await rest.create(NEW)
        assert str(caught.value) == "Twilio: the client is closed."
    assert len(server.asked) == 1
