"""Cartesia's stand-in of the soak: the speaker of the wire tests, one a link, so that nothing is kept of a link."""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from types import TracebackType
from typing import Self

from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response

from benchmarks.conversation.local import address_of
from benchmarks.soak.trouble import Trouble, answer_link
from tests.wire.cartesia_speaker import Speaker
from tests.wire.cartesia_speech import Context, Json, Pace

PACE = Pace(first_audio_seconds=0.1, real_time_factor=10.0)


class Voice:
    """``async with Voice(trouble) as voice``: listens at ``voice.url``."""

    def __init__(self, trouble: Trouble) -> None:
        self._trouble = trouble
        self._server: Server | None = None

    async def __aenter__(self) -> Self:
        self._server = await serve(
            self._serve,
            "127.0.0.1",
            0,
            process_request=self._answer_request,
            compression=None,
            close_timeout=1,
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._server is not None
        self._server.close()
        await self._server.wait_closed()

    @property
    def url(self) -> str:
        """The base URL."""
        assert self._server is not None
        return f"ws://{address_of(self._server.sockets)}"

    async def _answer_request(self, connection: ServerConnection, request: Request) -> Response | None:
        return await answer_link(self._trouble.of_link(), connection, request)

    async def _serve(self, connection: ServerConnection) -> None:
        speaker = Speaker(PACE, self._trouble.of_pieces(), flushes=True)
        contexts: dict[str, Context] = {}
        try:
            with suppress(ConnectionClosed):
                async for data in connection:
                    await _take(speaker, connection, contexts, json.loads(data))
        finally:
            for context in contexts.values():
                await _end(context)


async def _take(
    speaker: Speaker, connection: ServerConnection, contexts: dict[str, Context], message: Json
) -> None:
    name = str(message.get("context_id"))
    if message.get("cancel"):
        await _end(contexts.pop(name, Context()))
        return
    context = contexts.setdefault(name, Context())
    context.pieces.put_nowait(message)
    context.task = context.task or asyncio.create_task(speaker.speak(connection, name, context))


async def _end(context: Context) -> None:
    if context.task is not None:
        context.task.cancel()
        await asyncio.gather(context.task, return_exceptions=True)
