"""Cartesia's stand-in: it speaks in the tones of the voice, with the times of the words; a cancel ends a context."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Mapping
from functools import partial

import numpy as np
from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosed

from benchmarks.conversation.voice import WORD_SECONDS, spoken, word_times
from benchmarks.stand_in import Contexts, StandIn
from tests.wire.cartesia_speech import Context, Json

FIRST_AUDIO_SECONDS = 0.09
REAL_TIME_FACTOR = 10.0
CHUNK_SECONDS = 0.1


class Speaker(StandIn):
    """``async with Speaker() as speaker``: listens at ``speaker.url``; ``received`` are all messages, in order."""

    def __init__(self) -> None:
        super().__init__()
        self.received: list[Json] = []

    async def _serve(self, connection: ServerConnection) -> None:
        contexts = Contexts(partial(_speak, connection))
        try:
            async for data in connection:
                message: Json = json.loads(data)
                self.received.append(message)
                await contexts.take(message)
        except ConnectionClosed:
            pass
        finally:
            await contexts.end()


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
