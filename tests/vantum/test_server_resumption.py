"""Coming back over real sockets: who is let in, who has the call again, and what a full server does."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import msgpack  # type: ignore[import-untyped]
import pytest
import uuid_utils
from pipecat.processors.frame_processor import FrameProcessor
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from processors.context_aggregator import ContextAggregator
from tests.live_server import LiveServer, Message, client, live_server, message_of, request
from vantum.record import read_record
from vantum.testing import ScriptedTTS

pytestmark = pytest.mark.real_time

STORY = "One two three four five six seven eight nine ten."
WORDS = "conversation.response.words"
ACK = "connection.lifecycle.ack"
START = "audio.input.start"


def tells(_: object) -> list[FrameProcessor]:
    """A bot that tells the numbers, each in about 0.12 s."""
    return [
        ContextAggregator(prompt="", greeting=STORY),
        ScriptedTTS(first_audio=0.02, seconds_per_char=0.03, speed=50.0),
    ]


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[LiveServer]:
    async with live_server(tmp_path, tells, VANTUM_MAX_CALLS="2", VANTUM_SILENCE_SECONDS="0") as server:
        yield server


async def begun(socket: ClientConnection, **payload: object) -> tuple[Message, Message]:
    """The greeting, and the answer to a start."""
    greeted = await message_of(socket, ACK)
    await socket.send(request(START, samplingRate=16000, **payload))
    return greeted, await message_of(socket, START)


async def until_heard(socket: ClientConnection, word: str) -> list[str]:
    """The words that are told, up to the message that has ``word``."""
    heard: list[str] = []
    while word not in heard:
        heard += str((await message_of(socket, WORDS))["payload"]["text"]).split()  # type: ignore[index]
    return heard


def token(greeted: Message) -> str:
    return str(greeted["payload"]["resumeToken"])  # type: ignore[index]


def drop(socket: ClientConnection) -> None:
    """The connection breaks, without a word."""
    socket.transport.abort()


def records(server: LiveServer) -> list[dict[str, object]]:
    """The records of all calls."""
    server.services.writer.flush()
    found = [
        read_record(server.data, folder.name, lambda _: False) for folder in server.data.glob("calls/*/*")
    ]
    return [record for record in found if record is not None]


def events(record: dict[str, object]) -> list[str]:
    return [str(entry["event"]) for entry in record["events"]]  # type: ignore[attr-defined]


async def over(server: LiveServer) -> None:
    async with asyncio.timeout(5):
        while server.calls.live:  # noqa: ASYNC110 - a call that ends tells nobody
            await asyncio.sleep(0.01)


async def detached(server: LiveServer) -> None:
    """Wait until the server knows that a client is lost."""
    async with asyncio.timeout(5):
        while not any("client_dropped" in events(record) for record in records(server)):  # noqa: ASYNC110
            await asyncio.sleep(0.01)


async def test_a_call_goes_on_in_the_same_record(server: LiveServer) -> None:
    async with client(server) as first:
        greeted, _ = await begun(first)
        before = await until_heard(first, "four")
        drop(first)
    await detached(server)
    assert server.calls.live == 1
    async with client(server) as second:
        again, answer = await begun(second, resumeToken=token(greeted))
        assert answer["payload"] == {"success": True, "resumed": True}
        assert token(again) != token(greeted)
        after = await until_heard(second, "ten.")
        await message_of(second, "audio.output.complete")
    await over(server)
    (record,) = records(server)
    assert (before + after)[-1] == "ten."
    assert [line["text"] for line in record["transcript"]] == [STORY]  # type: ignore[attr-defined]
    assert [name for name in events(record) if name.startswith("client_")] == [
        "client_dropped",
        "client_returned",
    ]


async def test_a_client_of_today_that_only_goes_on_sending_sound_has_its_call_again(
    server: LiveServer,
) -> None:
    async with client(server) as first:
        greeted, _ = await begun(first)
        await until_heard(first, "two")
        drop(first)
    await detached(server)
    async with client(server) as second:
        chunk = {
            "eventType": "audio.input.chunk",
            "eventId": str(uuid_utils.uuid7()),
            "payload": {"audio": b"\0\0"},
        }
        await second.send(msgpack.packb({**chunk, "sessionId": greeted["sessionId"]}))
        assert (await until_heard(second, "ten."))[-1] == "ten."
    await over(server)
    assert len(records(server)) == 1


async def test_a_full_server_takes_back_its_own_and_nobody_else(server: LiveServer) -> None:
    async with client(server) as first, client(server) as other:
        greeted, _ = await begun(first)
        await begun(other)
        with pytest.raises(InvalidStatus, match="503"):
            await connect(server.socket_url)
        drop(first)
        await detached(server)
        async with client(server) as stranger:
            await message_of(stranger, ACK)
            await stranger.send(request(START, resumeToken="guess"))
            with pytest.raises(ConnectionClosed) as closed:
                await message_of(stranger, START)
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 1013
        async with client(server) as second:
            _, answer = await begun(second, resumeToken=token(greeted))
            assert answer["payload"] == {"success": True, "resumed": True}
            assert server.calls.live == 2
    await over(server)
    assert len(records(server)) == 2


async def test_who_comes_back_while_the_old_connection_seems_open_takes_over(server: LiveServer) -> None:
    async with client(server) as first:
        greeted, _ = await begun(first)
        await until_heard(first, "two")
        async with connect(f"{server.socket_url}?resume", compression=None) as second:
            _, answer = await begun(second, resumeToken=token(greeted))
            assert answer["payload"] == {"success": True, "resumed": True}
            with pytest.raises(ConnectionClosed) as closed:
                await message_of(first, "never")
            assert closed.value.rcvd is not None
            assert (closed.value.rcvd.code, closed.value.rcvd.reason) == (
                1000,
                "the call goes on in another connection",
            )
            await until_heard(second, "ten.")
    await over(server)
    assert len(records(server)) == 1


@pytest.mark.parametrize("guess", ["", "guess", "\U0001f600" * 1000])
async def test_a_stranger_begins_a_call_of_its_own(server: LiveServer, guess: str) -> None:
    async with client(server) as first:
        greeted, _ = await begun(first)
        drop(first)
    await detached(server)
    async with client(server) as stranger:
        again, answer = await begun(stranger, resumeToken=guess)
        assert answer["payload"] == {"success": True}
        assert again["sessionId"] != greeted["sessionId"]
        assert server.calls.live == 2
        assert (await until_heard(stranger, "One"))[0] == "One"


async def test_one_who_says_nothing_first_gets_a_call_after_a_while(server: LiveServer) -> None:
    async with client(server) as first:
        await begun(first)
        drop(first)
    await detached(server)
    async with client(server) as silent:
        await message_of(silent, ACK)
        await asyncio.sleep(0)
        async with asyncio.timeout(5):
            while len(records(server)) < 2:  # noqa: ASYNC110
                await asyncio.sleep(0.05)


async def test_the_time_to_come_back_is_a_setting(tmp_path: Path) -> None:
    async with live_server(tmp_path, tells, VANTUM_RESUME_SECONDS="0.3") as server:
        async with client(server) as first:
            greeted, _ = await begun(first)
            drop(first)
        await over(server)
        async with client(server) as late:
            _, answer = await begun(late, resumeToken=token(greeted))
            assert answer["payload"] == {"success": True}
        await over(server)
        assert len(records(server)) == 2


async def test_a_call_without_a_client_does_not_keep_the_server_from_shutting_down(tmp_path: Path) -> None:
    loop = asyncio.get_running_loop()
    async with live_server(tmp_path, tells) as server:
        async with client(server) as first:
            await begun(first)
            drop(first)
        await detached(server)
        began = loop.time()
    assert loop.time() - began < 3.0
    assert [record["state"] for record in records(server)] == ["ended"]
