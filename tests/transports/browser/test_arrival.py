"""A browser that has connected: how it is greeted, and what it claims with its first messages."""

from __future__ import annotations

import msgpack  # type: ignore[import-untyped]
import pytest

from tests.transports.test_connection import FakeSocket, Taker, now
from transports.browser.arrival import FIRST_MESSAGE_SECONDS, Arrival
from transports.browser.dialect import NAMES, Asked, Dialect
from transports.connection import FIRST_MESSAGES
from transports.outbox import Message
from transports.socket import Gone
from vantum.core.resumption import Claim

SESSION = "019ad5e0-0000-7000-8000-000000000000"
OWN = "the id that the client was greeted with"


def said(
    asked: Asked, session_id: object = None, dialect: Dialect = Dialect.CURRENT, **payload: object
) -> bytes:
    """A request of a client."""
    message = {
        "eventType": NAMES[dialect].asked[asked],
        "eventId": "e",
        "sessionId": session_id,
        "payload": payload,
    }
    packed: bytes = msgpack.packb(message)
    return packed


def sent(socket: FakeSocket) -> list[dict[str, object]]:
    return [msgpack.unpackb(message) for message in socket.sent]


async def claim_of(arrival: Arrival, socket: FakeSocket, *messages: Message | Gone) -> Claim | None:
    socket.hears(*messages)
    return await arrival.claim()


async def test_it_is_greeted_in_both_dialects_with_one_id_and_one_token() -> None:
    socket = FakeSocket()
    arrival = Arrival(socket, resumable=True)
    assert await claim_of(arrival, socket, Gone(1006)) is None
    greetings = sent(socket)
    assert [each["eventType"] for each in greetings] == ["connection.ack", "connection.lifecycle.ack"]
    assert {each["sessionId"] for each in greetings} == {arrival.session_id}
    assert [each["payload"] for each in greetings] == [{"success": True, "resumeToken": arrival.token}] * 2
    assert len({each["eventId"] for each in greetings}) == 2
    assert arrival.token is not None
    assert len(arrival.token) == 43


async def test_where_nobody_is_waited_for_there_is_no_token() -> None:
    socket = FakeSocket()
    arrival = Arrival(socket)
    await claim_of(arrival, socket, Gone(1006))
    assert arrival.token is None
    assert [each["payload"] for each in sent(socket)] == [{"success": True}] * 2


def test_what_a_worker_of_several_gives_ends_in_its_stamp() -> None:
    arrival = Arrival(FakeSocket(), resumable=True, stamp="00c0ffee")
    assert arrival.token is not None
    assert [text[-8:] for text in (arrival.session_id, arrival.token)] == ["00c0ffee"] * 2
    assert (len(arrival.session_id), len(arrival.token)) == (36, 51)


def test_no_two_tokens_or_ids_are_the_same() -> None:
    arrivals = [Arrival(FakeSocket(), resumable=True) for _ in range(100)]
    assert len({each.token for each in arrivals} | {each.session_id for each in arrivals}) == 200


@pytest.mark.parametrize(
    ("message", "proof", "claim"),
    [
        (said(Asked.START), None, None),
        (said(Asked.START, OWN), None, None),
        (said(Asked.CHUNK, OWN, audio=b""), None, None),
        (said(Asked.START, SESSION), None, Claim(SESSION, None)),
        (said(Asked.CHUNK, SESSION, audio=b""), None, Claim(SESSION, None)),
        (said(Asked.END, SESSION), None, Claim(SESSION, None)),
        (said(Asked.START, resumeToken="t"), None, Claim(None, "t")),
        (said(Asked.START, resumeToken=""), None, Claim(None, "")),
        (said(Asked.START, OWN, resumeToken="t"), None, Claim(OWN, "t")),
        (said(Asked.START, SESSION, resumeToken="t"), None, Claim(SESSION, "t")),
        (said(Asked.CHUNK, SESSION, audio=b"", resumeToken="t"), None, Claim(SESSION, None)),
        (said(Asked.START), "p", Claim(None, "p")),
        (said(Asked.START, resumeToken="t"), "p", Claim(None, "p")),
        (said(Asked.CHUNK, audio=b""), "p", Claim(None, "p")),
    ],
)
async def test_what_the_first_request_claims(message: bytes, proof: str | None, claim: Claim | None) -> None:
    socket = FakeSocket()
    arrival = Arrival(socket, proof=proof)
    arrival.session_id = OWN
    assert await claim_of(arrival, socket, message) == claim
    assert now() == 0.0


@pytest.mark.parametrize("dialect", Dialect)
async def test_the_first_request_tells_the_dialect(dialect: Dialect) -> None:
    socket = FakeSocket()
    arrival = Arrival(socket)
    assert arrival.dialect is None
    await claim_of(arrival, socket, said(Asked.START, SESSION, dialect))
    assert arrival.dialect is dialect


async def test_what_is_no_request_is_passed_over_and_taken_later() -> None:
    socket, taker = FakeSocket(), Taker()
    arrival = Arrival(socket)
    wrong, right = b"\xc1", said(Asked.START, SESSION)
    assert await claim_of(arrival, socket, wrong, "text", right) == Claim(SESSION, None)
    socket.hears(Gone(1000))
    await arrival.connection.serve(taker.take, taker.floods.append)
    assert [message for _, message in taker.taken] == [wrong, "text", right]


async def test_who_sends_nothing_but_rubbish_claims_nothing() -> None:
    socket = FakeSocket()
    rubbish = [b"\xc1"] * FIRST_MESSAGES
    assert await claim_of(Arrival(socket, proof="p"), socket, *rubbish, said(Asked.START, SESSION)) is None


async def test_who_says_nothing_is_asked_for_so_long() -> None:
    socket = FakeSocket()
    assert await claim_of(Arrival(socket, proof="p"), socket) is None
    assert now() == FIRST_MESSAGE_SECONDS
