"""The client in memory: a browser's messages one way, the server's the other, without a socket."""

from __future__ import annotations

import asyncio

import msgpack  # type: ignore[import-untyped]
import pytest

from transports.browser import codec
from transports.browser.codec import Chunk, End, Ids, Start
from transports.browser.dialect import Cancel, Dialect
from transports.socket import Gone
from vantum.testing import Closed, MemoryClient

IDS = Ids("event", "session")


@pytest.mark.parametrize("dialect", list(Dialect))
async def test_its_requests_are_those_of_its_dialect(dialect: Dialect) -> None:
    client = MemoryClient(dialect)
    await client.send(codec.connected(dialect, IDS))
    client.start(samplingRate=8000, language="de")
    client.speak(b"\1\2", muted=True)
    client.end_turn()
    start, chunk, end = [codec.decode(await client.receive()) for _ in range(3)]
    assert isinstance(start, Start)
    assert (start.dialect, start.session_id, start.sampling_rate, start.language) == (
        dialect,
        "session",
        8000,
        "de",
    )
    assert isinstance(chunk, Chunk)
    assert (chunk.audio, chunk.muted) == (b"\1\2", True)
    assert isinstance(end, End)
    assert end.event_id != start.event_id


async def test_any_message_can_be_sent() -> None:
    client = MemoryClient()
    client.transmit("text")
    client.transmit(b"\0")
    assert [await client.receive(), await client.receive()] == ["text", b"\0"]


async def test_it_keeps_what_it_is_sent_with_the_time() -> None:
    await asyncio.sleep(3.0)
    client = MemoryClient()
    await asyncio.sleep(0.1)
    await client.send(codec.speech_completed(Dialect.CURRENT, IDS, "u"))
    assert client.received == [(0.1, "audio.output.complete", {"utteranceId": "u"})]


@pytest.mark.parametrize("dialect", list(Dialect))
@pytest.mark.parametrize("cause", list(Cancel))
async def test_it_plays_what_it_hears_until_it_is_told_to_stop(dialect: Dialect, cause: Cancel) -> None:
    client = MemoryClient(dialect)
    for _ in range(10):
        await client.send(codec.speech_chunk(dialect, IDS, "u", bytes(1280), 16_000))
    await asyncio.sleep(0.25)
    await client.send(codec.speech_cancelled(dialect, IDS, "u", cause))
    assert [(sound.begin, sound.end) for sound in client.sounds] == [(0.0, 0.25)]


async def test_a_client_that_hangs_up_is_gone_after_what_it_sent() -> None:
    client = MemoryClient()
    client.transmit(b"last")
    client.hang_up(1001)
    assert await client.receive() == b"last"
    for _ in range(2):
        with pytest.raises(Gone) as gone:
            await client.receive()
        assert gone.value.code == 1001
    with pytest.raises(Gone):
        await client.send(codec.connected(Dialect.CURRENT, IDS))
    await client.close(1000, "too late")
    client.abort()
    assert client.closed is None
    assert client.received == []


async def test_a_client_that_hangs_up_hears_nothing_more() -> None:
    client = MemoryClient()
    await client.send(codec.speech_chunk(Dialect.CURRENT, IDS, "u", bytes(32_000), 16_000))
    await asyncio.sleep(0.5)
    client.hang_up()
    assert [(sound.begin, sound.end) for sound in client.sounds] == [(0.0, 0.5)]


async def test_the_server_closes() -> None:
    client = MemoryClient()
    await asyncio.sleep(1.5)
    await client.close(1008, "too many messages")
    await client.close(1000, "again")
    assert client.closed == Closed(1.5, 1008, "too many messages")
    with pytest.raises(Gone):
        await client.receive()


async def test_the_server_drops_the_connection() -> None:
    client = MemoryClient()
    client.abort()
    assert client.closed == Closed(0.0, 1006, "")


async def test_a_payload_is_a_map() -> None:
    broken = msgpack.packb({"eventType": "e", "eventId": "i", "sessionId": "s", "payload": 7})
    with pytest.raises(TypeError, match="A payload is a map, not 7"):
        await MemoryClient().send(broken)
