"""Streams of events: their form, their signs of life, and every way in which they are bounded."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from typing import Any

import pytest
from starlette.types import Message, Scope

from vantum.rest.problems import Kind, Refused
from vantum.rest.streams import BEAT, RETRY, SEND_SECONDS, Streams, Told, texts

SCOPE: Scope = {"type": "http", "asgi": {"spec_version": "2.4"}}


async def ticks(count: int | None, every: float, *told: Told) -> AsyncGenerator[Told | None, None]:
    """These, and then nothing for so many looks; without a number for ever."""
    for each in told:
        yield each
    while count is None or count > 0:
        await asyncio.sleep(every)
        yield None
        count = None if count is None else count - 1


async def sent(source: AsyncGenerator[Told | None, None]) -> list[tuple[float, str]]:
    clock = asyncio.get_running_loop().time
    began = clock()
    return [(clock() - began, text) async for text in texts(source)]


@pytest.mark.parametrize(
    ("told", "text"),
    [
        (Told("state", "{}"), "event: state\ndata: {}\n\n"),
        (Told("transcript", '{"t": 1}', "17"), 'id: 17\nevent: transcript\ndata: {"t": 1}\n\n'),
    ],
)
def test_an_event_has_the_form_of_the_standard(told: Told, text: str) -> None:
    assert told.text == text


async def test_silence_is_broken_every_fifteen_seconds() -> None:
    first = Told("a", "1")
    assert await sent(ticks(40, 1.0, first)) == [(0, RETRY), (0, first.text), (15, BEAT), (30, BEAT)]


async def test_nothing_lasts_longer_than_an_hour() -> None:
    closed: list[bool] = []

    async def endless() -> AsyncGenerator[Told | None, None]:
        try:
            async for each in ticks(None, 10.0):
                yield each
        finally:
            closed.append(True)

    told = await sent(endless())
    assert (told[-1][0], closed) == (3_600, [True])
    assert {text for _, text in told[1:]} == {BEAT}


async def answered(
    streams: Streams, source: AsyncGenerator[Told | None, None], **scope: Any
) -> list[Message]:
    messages: list[Message] = []

    async def receive() -> Message:
        await asyncio.sleep(5.0)
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        messages.append(message)

    await streams.answer(source)({**SCOPE, **scope}, receive, send)
    return messages


async def test_a_stream_has_its_place_as_long_as_it_lasts() -> None:
    streams = Streams(1)
    first = asyncio.create_task(answered(streams, ticks(3, 1.0)))
    await asyncio.sleep(0.5)
    assert streams.taken == 1
    with pytest.raises(Refused) as refused:
        await answered(streams, ticks(0, 1.0))
    assert (refused.value.kind, refused.value.headers) == (Kind.TOO_MANY, {"Retry-After": "30"})
    assert "1 streams are open already" in refused.value.told
    messages = await first
    assert messages[-1] == {"type": "http.response.body", "body": b"", "more_body": False}
    assert streams.taken == 0


async def test_who_leaves_gives_the_place_back() -> None:
    streams, loop = Streams(1), asyncio.get_running_loop()
    began = loop.time()
    await answered(streams, ticks(None, 1.0), asgi={"spec_version": "2.3"})
    assert (loop.time() - began, streams.taken) == (5.0, 0)


async def test_who_takes_nothing_is_not_waited_for() -> None:
    streams, loop = Streams(), asyncio.get_running_loop()
    began = loop.time()

    async def receive() -> Message:
        raise AssertionError("nobody listens")

    async def send(message: Message) -> None:
        if message["type"] == "http.response.body":
            await asyncio.Event().wait()

    await streams.answer(ticks(None, 1.0))(SCOPE, receive, send)
    assert (loop.time() - began, streams.taken) == (SEND_SECONDS, 0)
