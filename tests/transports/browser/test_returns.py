"""Browsers that come back: who is asked, who is let in, and what a wrong claim is worth."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

import pytest

from tests.transports.browser.test_arrival import said
from tests.transports.test_connection import FakeSocket, now
from transports.browser.arrival import FIRST_MESSAGE_SECONDS, Arrival
from transports.browser.dialect import Asked
from transports.browser.returns import NO_ROOM, Returns
from transports.browser.transport import BrowserTransport
from vantum.core.resumption import MOST_WRONG, SILENT_SECONDS, WRONG_SECONDS, Missed, Ticket, Visitor, digest

HOME, AWAY = Visitor("192.0.2.1", "https://a.test"), Visitor("192.0.2.2", "https://a.test")
TOKEN = "t" * 43


@dataclass
class Call:
    """Whoever is back in it."""

    back: list[Arrival] = field(default_factory=list)

    def come_back(self, arrival: Arrival) -> None:
        self.back.append(arrival)


def returns_with(call: Call, *, detached: bool = True, seconds: float = 30.0) -> Returns:
    """One call, of somebody at home."""
    returns = Returns(seconds)
    ticket: Ticket[Call] = Ticket(
        call, HOME, frozenset({"s"}), digest(TOKEN), asyncio.get_running_loop().time, detached
    )
    returns.tickets.add(ticket)  # type: ignore[arg-type]
    return returns


def arrived(*messages: bytes, visitor: Visitor = HOME, proof: str | None = None) -> Arrival:
    socket = FakeSocket()
    socket.hears(*messages)
    return Arrival(socket, None, visitor, resumable=True, proof=proof)


@pytest.mark.parametrize(
    ("visitor", "says_so", "detached", "asked"),
    [
        (HOME, False, True, True),
        (AWAY, False, True, True),
        (HOME, False, False, True),
        (AWAY, False, False, False),
        (AWAY, True, False, True),
    ],
)
async def test_who_is_asked_before_a_call_begins(
    visitor: Visitor, says_so: bool, detached: bool, asked: bool
) -> None:
    returns = returns_with(Call(), detached=detached)
    assert returns.may_be_one(visitor, says_so=says_so) is asked


async def test_without_a_call_nobody_is_asked_or_owed() -> None:
    returns = Returns(30.0)
    assert not returns.may_be_one(HOME, says_so=True)
    assert not returns.may_be_owed(says_so=True)
    assert (returns.on, Returns(0.0).on) == (True, False)


@pytest.mark.parametrize("detached", [False, True])
async def test_it_is_told_where_a_client_is_missed(detached: bool) -> None:
    lost = frozenset({HOME.address}) if detached else frozenset[str]()
    assert returns_with(Call(), detached=detached).missed() == Missed(lost, frozenset())
    assert Returns(30.0).missed() == Missed()


async def test_only_as_many_are_asked_beyond_the_seats_as_there_are_calls() -> None:
    returns = returns_with(Call())
    assert returns.may_be_owed(says_so=False)
    asking = asyncio.create_task(returns.claimed(arrived()))
    await asyncio.sleep(0.1)
    assert not returns.may_be_owed(says_so=True)
    assert await asking is False
    assert now() == FIRST_MESSAGE_SECONDS
    assert returns.may_be_owed(says_so=False)


async def test_a_call_whose_client_speaks_owes_nobody_who_does_not_say_so() -> None:
    returns = returns_with(Call(), detached=False)
    assert [returns.may_be_owed(says_so=says_so) for says_so in (False, True)] == [False, True]


async def test_who_stops_asking_gives_its_place_back() -> None:
    returns = returns_with(Call())
    asking = asyncio.create_task(returns.claimed(arrived()))
    await asyncio.sleep(0.1)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    assert returns.may_be_owed(says_so=False)


@pytest.mark.parametrize(
    ("message", "visitor", "proof", "found"),
    [
        (said(Asked.START, resumeToken=TOKEN), AWAY, None, True),
        (said(Asked.START), AWAY, TOKEN, True),
        (said(Asked.START, "s"), HOME, None, True),
        (said(Asked.START, "s"), AWAY, None, False),
        (said(Asked.START, resumeToken="wrong"), HOME, None, False),
        (said(Asked.START), HOME, None, False),
        (said(Asked.START), HOME, "gone by now", False),
    ],
)
async def test_who_has_the_call_again(
    message: bytes, visitor: Visitor, proof: str | None, found: bool
) -> None:
    call = Call()
    arrival = arrived(message, visitor=visitor, proof=proof)
    assert await returns_with(call).claimed(arrival) is found
    assert call.back == [arrival] * found


async def test_who_is_back_stays_until_its_connection_is_over() -> None:
    arrival = arrived()
    staying = asyncio.create_task(Returns(30.0).stay(arrival))
    await asyncio.sleep(5.0)
    assert not staying.done()
    await arrival.connection.close("the end")
    await staying


@pytest.mark.parametrize(
    ("asked", "proof"),
    [(None, None), ("", None), ("1", None), (TOKEN, TOKEN), ("guess", None), ("s", None), ("\ud800", None)],
)
async def test_what_an_address_proves(asked: str | None, proof: str | None) -> None:
    assert returns_with(Call()).proof_in(asked, AWAY) == proof


async def test_guesses_in_addresses_count_and_mere_words_do_not() -> None:
    returns = returns_with(Call())
    for asked in (None, "", "1", TOKEN):
        for _ in range(MOST_WRONG + 1):
            returns.proof_in(asked, AWAY)
    assert returns.proof_in(TOKEN, AWAY) == TOKEN
    for _ in range(MOST_WRONG):
        returns.proof_in("guess", AWAY)
    assert returns.proof_in(TOKEN, AWAY) is None
    assert not returns.knows(TOKEN, AWAY.address)
    assert returns.proof_in(TOKEN, HOME) == TOKEN
    await asyncio.sleep(WRONG_SECONDS)
    assert returns.proof_in(TOKEN, AWAY) == TOKEN


async def test_who_is_turned_away_is_told_why() -> None:
    socket = FakeSocket()
    await Returns(30.0).turn_away(Arrival(socket), NO_ROOM, "no room")
    assert socket.closed == [(0.0, NO_ROOM, "no room")]
    assert len(socket.sent) == 2


@pytest.mark.parametrize("seconds", [0.0, 30.0])
async def test_a_call_of_its_own_is_waited_for_if_any_is(seconds: float) -> None:
    returns = Returns(seconds)
    arrival = Arrival(FakeSocket(), resumable=returns.on)
    call = returns.call_of(arrival, 16_000)
    assert isinstance(call, BrowserTransport)
    assert (call.session_id, call.output_rate) == (arrival.session_id, 16_000)
    serving = asyncio.create_task(call.serve())
    arrival.connection._socket.hears(said(Asked.START))  # type: ignore[attr-defined]
    await asyncio.sleep(0.1)
    assert len(returns.tickets) == (1 if seconds else 0)
    await asyncio.sleep(SILENT_SECONDS)
    assert returns.tickets.missing(asyncio.get_running_loop().time()) is bool(seconds)
    call.wait_no_more()
    assert len(returns.tickets) == 0
    serving.cancel()
    await asyncio.gather(serving, return_exceptions=True)
