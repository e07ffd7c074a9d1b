"""Each way that a request to Twilio can fail, over real sockets, and what the error says."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from aiohttp import web

from tests.transports.twilio.rest_server import ACCOUNT, CA, NEW, TOKEN, Answer, Server, at, call
from transports.twilio.rest import CarrierError, TwilioRest
from vantum.core.errors import VantumError

pytestmark = pytest.mark.real_time

Request = Callable[[TwilioRest], Awaitable[object]]
REQUESTS: dict[str, Request] = {
    "create": lambda rest: rest.create(NEW),
    "find": lambda rest: rest.find("+15550002", "+15550001", at(0)),
    "fetch": lambda rest: rest.fetch(CA),
    "hang_up": lambda rest: rest.hang_up(CA, answered=True),
    "numbers": lambda rest: rest.numbers(),
    "account_status": lambda rest: rest.account_status(),
}


async def failed(request: Awaitable[object]) -> CarrierError:
    with pytest.raises(CarrierError) as caught:
        await request
    error = caught.value
    assert isinstance(error, VantumError)
    # Nothing of the SDK goes along, and nothing that must stay here.
    assert error.__cause__ is None
    assert error.__context__ is None
    assert TOKEN not in str(error)
    return error


@pytest.mark.parametrize("name", REQUESTS)
@pytest.mark.parametrize(
    ("status", "body", "code"),
    [
        (401, {"code": 20003, "message": "Authenticate", "status": 401}, 20003),
        (400, {"code": 21211, "message": "Invalid 'To' Phone Number: +15550002", "status": 400}, 21211),
        (404, {"code": 20404, "message": "not found", "status": 404}, 20404),
        (429, {"code": 20429, "message": "Too Many Requests", "status": 429}, 20429),
        (429, {"message": "Slow down"}, None),
        (500, "<html>Internal Server Error</html>", None),
        (503, "", None),
        (502, {"code": "x", "message": "?"}, None),
        (400, {"type": "t", "title": "Bad", "status": 400, "code": 21216, "detail": "Blocked."}, 21216),
    ],
)
async def test_a_refusal_has_its_status_and_its_code(
    server: Server, rest: TwilioRest, name: str, status: int, body: object, code: int | None
) -> None:
    server.answers = [Answer(status, body)]
    error = await failed(REQUESTS[name](rest))
    assert (error.status, error.code) == (status, code)
    assert str(error).startswith("Twilio: ")
    assert f"HTTP {status}" in str(error)
    assert (f"error {code}" in str(error)) is (code is not None)
    # One request, one answer: what is tried again is decided elsewhere.
    assert len(server.asked) == 1


async def test_an_errors_text_holds_neither_the_token_nor_a_phone_number(
    server: Server, rest: TwilioRest
) -> None:
    message = f"{TOKEN}: +15550002, 15550001 and (4930123456) of {CA} are bad, see 21211. " + "x" * 500
    server.answers = [Answer(400, {"code": 21211, "message": message})]
    error = await failed(rest.create(NEW))
    assert error.message.startswith(
        f"Unable to create record: (secret): (number), (number) and ((number)) of {CA} are bad, see 21211. xxx"
    )
    assert len(error.message) == 300


READ = ("create", "find", "fetch", "numbers", "account_status")
UNREADABLE = [
    *((name, body) for name in REQUESTS for body in ("", "<html>", "[]", "null", "7")),
    *((name, body) for name in READ for body in ("{}", '{"sid": 7, "status": 7, "calls": 7}')),
    ("create", '{"sid": ""}'),
    ("fetch", '{"sid": "", "status": "queued"}'),
    ("account_status", '{"status": ""}'),
    ("find", '{"calls": null}'),
    ("find", '{"calls": [{}]}'),
    ("numbers", '{"incoming_phone_numbers": [{"phone_number": "+15550001"}]}'),
    ("numbers", '{"incoming_phone_numbers": [{"capabilities": {"voice": true}}]}'),
]


@pytest.mark.parametrize(("name", "body"), UNREADABLE)
async def test_a_good_status_with_an_answer_that_cannot_be_read(
    server: Server, rest: TwilioRest, name: str, body: str
) -> None:
    server.answers = [Answer(200, body)]
    error = await failed(REQUESTS[name](rest))
    assert (error.status, error.code) == (None, None)
    assert "cannot be" in error.message


@pytest.mark.parametrize(
    "fields", [{"sid": None}, {"status": None}, {"duration": "x"}, {"date_created": 7}], ids=str
)
async def test_a_call_with_a_field_that_cannot_be_read(
    server: Server, rest: TwilioRest, fields: dict[str, object]
) -> None:
    server.answers = [Answer(200, call(**fields))]
    error = await failed(rest.fetch(CA))
    assert (error.status, error.code) == (None, None)


@pytest.mark.parametrize("name", REQUESTS)
async def test_an_answer_that_does_not_come_in_time(server: Server, name: str) -> None:
    late = asyncio.Event()

    async def wait(request: web.Request) -> Answer:
        await late.wait()
        return Answer(200, {})

    server.answers = [wait]
    rest = TwilioRest(ACCOUNT, TOKEN, server.url, timeout_seconds=0.05)
    try:
        error = await failed(REQUESTS[name](rest))
    finally:
        late.set()
        await rest.close()
    assert (error.status, error.code) == (None, None)
    assert str(error) == "Twilio: no answer within 0.05 seconds."
    assert len(server.asked) == 1


@pytest.mark.parametrize("name", REQUESTS)
async def test_a_connection_that_is_dropped_after_the_request(
    server: Server, rest: TwilioRest, name: str
) -> None:
    async def drop(request: web.Request) -> Answer:
        assert request.transport is not None
        request.transport.abort()
        return Answer(200, {})

    server.answers = [drop]
    error = await failed(REQUESTS[name](rest))
    assert (error.status, error.code) == (None, None)
    assert error.message.startswith("no connection (")
    # A GET may be sent twice; a POST never is, for it may have been carried out.
    assert len(server.asked) == 1 or server.asked[0].method == "GET"


async def test_a_post_is_sent_once_even_on_a_connection_that_went_stale(
    server: Server, rest: TwilioRest
) -> None:
    async def drop(request: web.Request) -> Answer:
        assert request.transport is not None
        request.transport.abort()
        return Answer(200, {})

    server.answers = [Answer(201, call()), drop]
    assert await rest.create(NEW) == CA
    await failed(rest.create(NEW))
    assert len(server.asked) == 2


async def test_nobody_listens() -> None:
    listener = await asyncio.start_server(lambda reader, writer: None, "127.0.0.1", 0)
    port = listener.sockets[0].getsockname()[1]
    listener.close()
    await listener.wait_closed()
    rest = TwilioRest(ACCOUNT, TOKEN, f"http://127.0.0.1:{port}")
    error = await failed(rest.account_status())
    await rest.close()
    assert (error.status, error.code) == (None, None)
    assert error.message.startswith("no connection (ClientConnectorError)")


async def test_a_cancelled_request_is_cancelled_and_no_error_of_the_carrier(
    server: Server, rest: TwilioRest
) -> None:
    began, late = asyncio.Event(), asyncio.Event()

    async def wait(request: web.Request) -> Answer:
        began.set()
        await late.wait()
        return Answer(200, {})

    server.answers = [wait]
    task = asyncio.create_task(rest.create(NEW))
    await began.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    late.set()


async def test_an_error_without_a_token_to_hide(server: Server) -> None:
    server.answers = [Answer(401, {"code": 20003, "message": "Authenticate"})]
    rest = TwilioRest(ACCOUNT, "", server.url)
    with pytest.raises(CarrierError) as caught:
        await rest.account_status()
    await rest.close()
    assert str(caught.value) == "Twilio: Unable to fetch record: Authenticate (HTTP 401, error 20003)"


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (CarrierError(400, 21211, "bad."), "Twilio: bad. (HTTP 400, error 21211)"),
        (CarrierError(500, None, "broken."), "Twilio: broken. (HTTP 500)"),
        (CarrierError(None, None, "gone."), "Twilio: gone."),
    ],
)
def test_what_an_error_says(error: CarrierError, text: str) -> None:
    assert str(error) == text
