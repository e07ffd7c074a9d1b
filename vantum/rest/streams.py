"""What happens, told as it happens (server-sent events): an answer that lasts, and is bounded in every way.

Nothing waits in a queue: what there is to tell is looked up when the one before was sent, so a slow reader holds up
itself only. Who was cut off asks again with the id of the last event (`Last-Event-ID`), as browsers do by themselves.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, suppress
from dataclasses import dataclass
from typing import Annotated, Final

from fastapi import Header, Request
from fastapi.responses import StreamingResponse
from starlette.requests import ClientDisconnect
from starlette.types import Message, Receive, Scope, Send

from vantum.rest.fields import VISIBLE
from vantum.rest.places import Places

MEDIA_TYPE: Final = "text/event-stream"
MOST_STREAMS: Final = 200
"""Of one process, at a time."""
LONGEST_SECONDS: Final = 3_600.0
"""Behind it the reader asks again, and its key is looked at again."""
QUIET_SECONDS: Final = 15.0
"""Behind so much silence a line says that the stream lives."""
SEND_SECONDS: Final = 30.0
"""A reader that takes nothing for so long has left."""
RETRY: Final = "retry: 2000\n\n"
"""Milliseconds until a reader that was cut off asks again."""
BEAT: Final = ": still here\n\n"
HEADERS: Final = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}

LastEventId = Annotated[
    str | None,
    Header(
        alias="Last-Event-ID",
        max_length=20,
        pattern=VISIBLE,
        description="The id of the last event that was read: what comes behind it is told.",
        examples=["17"],
    ),
]


@dataclass(frozen=True, slots=True)
class Told:
    """One event: its name, its JSON on one line, and the id by which a reader goes on behind it ("" for none)."""

    event: str
    data: str
    id: str = ""

    @property
    def text(self) -> str:
        """The event as it is sent."""
        named = f"id: {self.id}\n" if self.id else ""
        return f"{named}event: {self.event}\ndata: {self.data}\n\n"


Source = AsyncGenerator[Told | None, None]
"""What there is to tell; None each time it was looked and there was nothing."""


class Streams(Places):
    """The streams of one process."""

    def __init__(self, most: int = MOST_STREAMS) -> None:
        super().__init__(most, "streams are open")

    def answer(self, source: Source) -> EventStream:
        """An answer that tells what comes from ``source``; it is refused when there are too many."""
        return EventStream(self, source)


class EventStream(StreamingResponse):
    """A stream of events."""

    media_type = MEDIA_TYPE

    def __init__(self, streams: Streams, source: Source) -> None:
        super().__init__(texts(source), headers=HEADERS)
        self._streams = streams

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Tell until the end, or until the reader is gone; meanwhile it has its place."""
        with self._streams.one(), suppress(TimeoutError, ClientDisconnect):
            await super().__call__(scope, receive, send)

    async def stream_response(self, send: Send) -> None:
        """As all streams, but a reader that takes nothing is not waited for."""

        async def bounded(message: Message) -> None:
            async with asyncio.timeout(SEND_SECONDS):
                await send(message)

        await super().stream_response(bounded)


async def texts(source: Source) -> AsyncIterator[str]:
    """What is sent of a source: its events, and signs of life between them."""
    clock = asyncio.get_running_loop().time
    began = last = clock()
    yield RETRY
    async with aclosing(source):
        async for told in source:
            now = clock()
            if told is not None:
                last = now
                yield told.text
            elif now - last >= QUIET_SECONDS:
                last = now
                yield BEAT
            if now - began >= LONGEST_SECONDS:
                return


def streams_of(request: Request) -> Streams:
    """The streams of the application that is asked."""
    found = request.app.state.streams
    if not isinstance(found, Streams):
        raise TypeError("The application has streams.")
    return found
