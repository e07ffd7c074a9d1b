"""Coming back where browsers need a token: whose call it is, is token enough, and nothing else is."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import msgpack  # type: ignore[import-untyped]
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from tests.live_server import LiveServer, live_server, message_of, request
from tests.vantum.test_api_tokens import AUTH, left, made, refused, told
from tests.vantum.test_server_resumption import (
    ACK,
    START,
    begun,
    detached,
    drop,
    over,
    records,
    tells,
    token,
    until_heard,
)
from vantum.core.access_token import Denial
from vantum.core.resumption import MOST_WRONG

pytestmark = pytest.mark.real_time

RESUMED = {"success": True, "resumed": True}
GUESS = "x" * 43


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[LiveServer]:
    async with live_server(tmp_path, tells, VANTUM_SILENCE_SECONDS="0", **AUTH) as running:
        yield running


async def lost(server: LiveServer, access: str) -> str:
    """A call in the middle of the story that has lost its client; the token to come back with."""
    async with connect(f"{server.socket_url}?token={access}", compression=None) as first:
        greeted, _ = await begun(first)
        await until_heard(first, "two")
        drop(first)
    await detached(server)
    return token(greeted)


def back(server: LiveServer, proof: str, more: str = "") -> connect:
    """A connection of somebody who comes back."""
    return connect(f"{server.socket_url}?resume={proof}{more}", compression=None)


async def hears_the_rest(socket: ClientConnection, **payload: object) -> None:
    _, answer = await begun(socket, **payload)
    assert answer["payload"] == RESUMED
    assert (await until_heard(socket, "ten."))[-1] == "ten."


async def test_the_token_of_a_call_stands_in_for_one_that_is_used_up(server: LiveServer) -> None:
    access = await made(server, uses=1)
    proof = await lost(server, access)
    assert await refused(f"{server.socket_url}?token={access}") == told(Denial.USED)
    async with back(server, proof, f"&token={access}") as second:
        await hears_the_rest(second)
    await over(server)
    assert len(records(server)) == 1


async def test_it_works_after_the_access_token_has_expired(
    server: LiveServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    access = await made(server, uses=5)
    proof = await lost(server, access)
    monkeypatch.setattr("vantum.tokens.time", Later)
    assert await refused(f"{server.socket_url}?token={access}") == told(Denial.EXPIRED)
    async with back(server, proof) as second:
        await hears_the_rest(second)


class Later:
    """The year 2100."""

    @staticmethod
    def time() -> float:
        return 4_102_444_800.0


@pytest.mark.parametrize("in_message", [True, False], ids=["in the first message", "in the address"])
async def test_a_return_uses_up_no_use(server: LiveServer, in_message: bool) -> None:
    access = await made(server, uses=2)
    proof = await lost(server, access)
    address, payload = ("1", {"resumeToken": proof}) if in_message else (proof, {})
    async with back(server, address, f"&token={access}") as second:
        await hears_the_rest(second, **payload)
        async with connect(f"{server.socket_url}?token={access}", compression=None) as other:
            await begun(other)
    assert await refused(f"{server.socket_url}?token={access}") == told(Denial.USED)


@pytest.mark.parametrize("proof", [GUESS, "guess", "", "1", "%00", "%ff", "x" * 5_000, "vt1.x.y"])
async def test_a_wrong_one_is_told_what_everybody_is_told(server: LiveServer, proof: str) -> None:
    await lost(server, await made(server))
    assert await refused(f"{server.socket_url}?resume={proof}") == told(Denial.MISSING)
    assert server.calls.live == 1


async def test_without_any_call_the_answer_is_the_same(server: LiveServer) -> None:
    assert await refused(f"{server.socket_url}?resume={GUESS}") == told(Denial.MISSING)


async def test_a_token_is_good_once_and_not_after_its_call(server: LiveServer) -> None:
    proof = await lost(server, await made(server))
    async with back(server, proof) as second:
        renewed = token((await begun(second))[0])
        assert await refused(f"{server.socket_url}?resume={proof}") == told(Denial.MISSING)
    await over(server)
    assert await refused(f"{server.socket_url}?resume={renewed}") == told(Denial.MISSING)


async def test_an_access_token_is_no_proof_and_a_proof_no_access_token(server: LiveServer) -> None:
    access = await made(server, uses=1)
    proof = await lost(server, access)
    assert await refused(f"{server.socket_url}?resume={access}") == told(Denial.MISSING)
    assert await refused(f"{server.socket_url}?token={proof}") == told(Denial.FORGED)


async def test_a_wrong_one_with_a_good_access_token_begins_a_call(server: LiveServer) -> None:
    proof = await lost(server, await made(server))
    async with back(server, GUESS, f"&token={await made(server)}") as stranger:
        _, answer = await begun(stranger)
        assert answer["payload"] == {"success": True}
        assert server.calls.live == 2
    await left(lambda: server.calls.live == 1)
    async with back(server, proof) as second:
        await hears_the_rest(second)


async def test_guessing_does_not_go_on_for_ever(server: LiveServer) -> None:
    proof = await lost(server, await made(server))
    for _ in range(MOST_WRONG):
        assert await refused(f"{server.socket_url}?resume={GUESS}") == told(Denial.MISSING)
    assert await refused(f"{server.socket_url}?resume={proof}") == told(Denial.MISSING)


async def test_who_was_let_in_and_says_nothing_has_no_call(server: LiveServer) -> None:
    proof = await lost(server, await made(server))
    async with back(server, proof) as silent:
        await message_of(silent, ACK)
        with pytest.raises(ConnectionClosed) as closed:
            await message_of(silent, START)
    assert closed.value.rcvd is not None
    assert (closed.value.rcvd.code, closed.value.rcvd.reason) == (1008, Denial.MISSING.sentence[:120])
    assert server.calls.live == 1
    async with back(server, proof) as second:
        await hears_the_rest(second)


async def test_of_two_who_were_let_in_one_has_the_call(server: LiveServer) -> None:
    proof = await lost(server, await made(server))
    async with back(server, proof) as second, back(server, proof) as third:
        await begun(second)
        await message_of(third, ACK)
        await third.send(request(START))
        with pytest.raises(ConnectionClosed) as closed:
            await message_of(third, START)
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 1008
        assert (await until_heard(second, "ten."))[-1] == "ten."


# --- how many there may be ------------------------------------------------------------------------------


def proxied(address: str) -> dict[str, dict[str, str]]:
    """A client at ``address``, behind a proxy on this machine."""
    return {"additional_headers": {"X-Forwarded-For": address}}


async def test_returns_are_no_new_calls_of_their_address_and_wrong_tokens_are(tmp_path: Path) -> None:
    limits = {"VANTUM_CALLS_PER_MINUTE_PER_ADDRESS": "3", "VANTUM_MAX_CALLS_PER_ADDRESS": "2"}
    away = proxied("203.0.113.5")
    async with live_server(tmp_path, tells, **limits) as server:
        async with connect(server.socket_url, compression=None, **away) as first:  # type: ignore[arg-type]
            proof = token((await begun(first))[0])
            drop(first)
        await detached(server)
        for address in (proof, "1", "", proof, "1"):
            url = f"{server.socket_url}?resume={address}"
            async with connect(url, compression=None, **away) as again:  # type: ignore[arg-type]
                greeted, answer = await begun(again, resumeToken=proof)
                assert answer["payload"] == RESUMED
                proof = token(greeted)
                drop(again)
            await lost_again(server)
        for _ in range(2):
            url = f"{server.socket_url}?resume={GUESS}"
            async with connect(url, compression=None, **away) as stranger:  # type: ignore[arg-type]
                await message_of(stranger, ACK)
            await left(lambda: server.calls.live == 1)
        with pytest.raises(InvalidStatus, match="429"):
            await connect(f"{server.socket_url}?resume={GUESS}", **away)  # type: ignore[arg-type]
        async with connect(f"{server.socket_url}?resume={proof}", compression=None, **away) as last:  # type: ignore[arg-type]
            _, answer = await begun(last)
            assert answer["payload"] == RESUMED


async def lost_again(server: LiveServer) -> None:
    """Wait until the server knows that its client is lost again."""

    def away() -> bool:
        events = [str(entry["event"]) for entry in records(server)[0]["events"]]  # type: ignore[attr-defined]
        return events.count("client_dropped") > events.count("client_returned")

    await left(away)


async def test_the_id_of_a_session_is_good_from_the_same_client_of_a_proxy_only(tmp_path: Path) -> None:
    async with live_server(tmp_path, tells) as server:
        home, other = proxied("203.0.113.5"), proxied("203.0.113.6")
        async with connect(server.socket_url, compression=None, **home) as first:  # type: ignore[arg-type]
            greeted, _ = await begun(first)
            drop(first)
        await detached(server)
        found = []
        for client in (other, home):
            async with connect(server.socket_url, compression=None, **client) as again:  # type: ignore[arg-type]
                await message_of(again, ACK)
                await again.send(with_session(greeted["sessionId"]))
                found.append((await message_of(again, START))["payload"])
        assert found == [{"success": True}, RESUMED]


def with_session(session_id: object) -> bytes:
    """A start that says whose session it was."""
    message = msgpack.unpackb(request(START)) | {"sessionId": session_id}
    packed: bytes = msgpack.packb(message)
    return packed
