"""Cartesia's stand-in: a tone as long as the text, ten times as fast as it plays; made once for each text."""

from __future__ import annotations

import asyncio
import base64
import json
import ssl
from contextlib import AbstractAsyncContextManager, suppress
from functools import cache, partial

import numpy as np
from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.exceptions import ConnectionClosed

from benchmarks.fakes import AUDIO_SECONDS, SECONDS_PER_CHAR, TTS_SECONDS, tone
from benchmarks.providers.tls import HOST
from benchmarks.stand_in import Contexts
from tests.wire.cartesia_speech import Context, Json
from tests.wire.twilio_mulaw import encoded

REAL_TIME_FACTOR = 10.0
MULAW = "pcm_mulaw"


def voice(context: ssl.SSLContext | None) -> AbstractAsyncContextManager[Server]:
    """A server that listens while its block runs."""
    return serve(_converse, HOST, 0, ssl=context, compression=None, close_timeout=1)


async def _converse(connection: ServerConnection) -> None:
    contexts = Contexts(partial(_speak, connection))
    try:
        with suppress(ConnectionClosed):
            async for data in connection:
                await contexts.take(json.loads(data))
    finally:
        await contexts.end()


async def _speak(connection: ServerConnection, name: str, context: Context) -> None:
    await asyncio.sleep(TTS_SECONDS)
    with suppress(ConnectionClosed):
        going_on = True
        while going_on:
            piece = await context.pieces.get()
            if str(piece["transcript"]).strip():
                await _speak_piece(connection, name, context, piece)
            going_on = bool(piece.get("continue"))
        await _send(connection, name, {"type": "done", "status_code": 200, "done": True})


async def _speak_piece(connection: ServerConnection, name: str, context: Context, piece: Json) -> None:
    text, shape = str(piece["transcript"]), piece["output_format"]
    assert isinstance(shape, dict)
    if piece.get("add_timestamps"):
        times = _word_times(text, context.spoken)
        await _send(connection, name, {"type": "timestamps", "done": False, "word_timestamps": times})
    loop = asyncio.get_running_loop()
    begin = loop.time()
    for number, data in enumerate(_audio(text, int(shape["sample_rate"]), str(shape["encoding"]))):
        # By the clock: the lateness of one timer must not add to that of the next.
        await asyncio.sleep(begin + number * AUDIO_SECONDS / REAL_TIME_FACTOR - loop.time())
        await connection.send(
            f'{{"type":"chunk","status_code":206,"done":false,"step_time":1.0,"context_id":"{name}","data":"{data}"}}'
        )
    context.spoken += len(text) * SECONDS_PER_CHAR
    if piece.get("max_buffer_delay_ms") == 0:
        context.flushes += 1
        flushed = {"type": "flush_done", "done": False, "flush_done": True, "flush_id": context.flushes}
        await _send(connection, name, flushed)


@cache
def _audio(text: str, rate: int, encoding: str) -> tuple[str, ...]:
    """The audio of a text in base64, in pieces of 100 ms."""
    pieces = tone(len(text) * SECONDS_PER_CHAR, rate)
    if encoding == MULAW:
        pieces = [encoded(np.frombuffer(piece, np.int16)) for piece in pieces]
    return tuple(base64.b64encode(piece).decode() for piece in pieces)


def _word_times(text: str, since: float) -> Json:
    """The words with the seconds at which they start and end."""
    words, starts, ends, place = text.split(), [], [], 0
    for word in words:
        place = text.index(word, place)
        starts.append(round(since + place * SECONDS_PER_CHAR, 3))
        place += len(word)
        ends.append(round(since + place * SECONDS_PER_CHAR, 3))
    return {"words": words, "start": starts, "end": ends}


async def _send(connection: ServerConnection, name: str, content: Json) -> None:
    await connection.send(json.dumps({"context_id": name, "status_code": 206} | content))
