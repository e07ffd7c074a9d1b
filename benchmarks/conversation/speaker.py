"""Cartesia's stand-in: it speaks in the tones of the voice, with the times of the words; a cancel ends a context."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

import numpy as np
from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.exceptions import ConnectionClosed

from benchmarks.conversation.local import address_of
from benchmarks.conversation.voice import WORD_SECONDS, spoken, word_times

FIRST_AUDIO_SECONDS = 0.09
REAL_TIME_FACTOR = 10.0
CHUNK_SECONDS = 0.1

Json = dict[str, object]


@dataclass(slots=True)
class Context:
    """A context of a link: its pieces are spoken in order by ``task``."""

    pieces: asyncio.Queue[Json] = field(default_factory=asyncio.Queue)
    task: asyncio.Task[None] | None = None
    spoken: float = 0.0
    flushes: int = 0


class Speaker:
    """``async with Speaker() as speaker``: listens at ``speaker.url``; ``received`` are all messages, in order."""

    def __init__(self) -> None:
        self.received: list[Json] = []
        self._server: Server | None = None

    async def __aenter__(self) -> Self:
        self._server = await serve(self._serve, "127.0.0.1", 0, compression=None, close_timeout=1)
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

    async def _serve(self, connection: ServerConnection) -> None:
        contexts: dict[str, Context] = {}
        try:
            async for data in connection:
                message: Json = json.loads(data)
                self.received.append(message)
                name = str(message.get("context_id"))
                if message.get("cancel"):
                    await _end(contexts.pop(name, Context()))
                    continue
                context = contexts.setdefault(name, Context())
                context.pieces.put_nowait(message)
                context.task = context.task or asyncio.create_task(_speak(connection, name, context))
        except ConnectionClosed:
            pass
        finally:
            for context in contexts.values():
                await _end(context)


async def _speak(connection: ServerConnection, name: str, context: Context) -> None:
    await asyncio.sleep(FIRST_AUDIO_SECONDS)
    try:
        going_on = True
        while going_on:
            piece = await context.pieces.get()
            text, shape = str(piece["transcript"]), piece["output_format"]
            if text.split() and isinstance(shape, dict):
                await _speak_piece(connection, name, context, piece, int(shape["sample_rate"]))
            going_on = bool(piece.get("continue"))
        await _send(connection, name, {"type": "done", "done": True})
    except ConnectionClosed:
        return


async def _speak_piece(
    connection: ServerConnection, name: str, context: Context, piece: Mapping[str, object], rate: int
) -> None:
    text = str(piece["transcript"])
    if piece.get("add_timestamps"):
        times = word_times(text, context.spoken)
        await _send(connection, name, {"type": "timestamps", "word_timestamps": times})
    pcm = np.round(spoken(text, rate) * 32_767).astype("<i2")
    size = round(CHUNK_SECONDS * rate)
    for start in range(0, len(pcm), size):
        audio = base64.b64encode(pcm[start : start + size].tobytes()).decode()
        await _send(connection, name, {"type": "chunk", "step_time": 1.0, "data": audio})
        await asyncio.sleep(CHUNK_SECONDS / REAL_TIME_FACTOR)
    context.spoken += len(text.split()) * WORD_SECONDS
    if piece.get("max_buffer_delay_ms") == 0:
        context.flushes += 1
        await _send(connection, name, {"type": "flush_done", "flush_done": True, "flush_id": context.flushes})


async def _send(connection: ServerConnection, name: str, content: Json) -> None:
    message = {"context_id": name, "status_code": 206, "done": False} | content
    await connection.send(json.dumps(message))


async def _end(context: Context) -> None:
    if context.task is not None:
        context.task.cancel()
        await asyncio.gather(context.task, return_exceptions=True)
