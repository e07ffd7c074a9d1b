"""Speaks the contexts of a local Cartesia, piece by piece, with the faults that a test wants."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Mapping

from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosed

from tests.wire.cartesia_speech import (
    Context,
    Dead,
    Drop,
    Fail,
    Fault,
    Garbage,
    Json,
    Late,
    Misnamed,
    Mute,
    Pace,
    Stall,
)
from tests.wire.voice import SECONDS_PER_CHARACTER, tone, word_times


class Speaker:
    """One server's. ``faults`` befall pieces by their number, from 1; unless it ``flushes``, no end is told."""

    def __init__(self, pace: Pace, faults: Mapping[int, Fault], *, flushes: bool) -> None:
        self.sent: list[Json] = []
        self._pace = pace
        self._faults = dict(faults)
        self._flushes = flushes
        self._pieces = 0
        self._dead: set[ServerConnection] = set()

    async def speak(self, connection: ServerConnection, context_id: str, context: Context) -> None:
        await asyncio.sleep(self._pace.first_audio_seconds)
        try:
            going_on = True
            while going_on:
                piece = await context.pieces.get()
                if piece["transcript"]:
                    await self._speak_piece(connection, context_id, context, piece)
                going_on = bool(piece.get("continue"))
            await self.send(connection, context_id, {"type": "done", "status_code": 206, "done": True})
        except ConnectionClosed:
            return

    async def _speak_piece(
        self, connection: ServerConnection, context_id: str, context: Context, piece: Json
    ) -> None:
        self._pieces += 1
        match self._faults.get(self._pieces):
            case Fail(problem, code):
                error = {"type": "error", "status_code": code, "done": True, "error": problem}
                await self.send(connection, context_id, error)
                return
            case Mute(silent):
                if silent:
                    return
            case Drop() as drop:
                await self._drop(connection, context_id, piece, drop)
                return
            case Dead():
                self._dead.add(connection)
                return
            case Misnamed(name):
                await self._speak_text(connection, name, context, piece, None)
                return
            case Garbage(data):
                await connection.send(_filled(data, context_id))
                await self._speak_text(connection, context_id, context, piece, None)
            case Late():
                await self._speak_text(connection, context_id, context, piece, None)
                await self._end_piece(connection, context_id, context, piece)
                chunk, _ = tone("And so on.", piece["output_format"])[0]
                await self.send(connection, context_id, _chunk(chunk))
                return
            case stall:
                await self._speak_text(connection, context_id, context, piece, stall)
        await self._end_piece(connection, context_id, context, piece)

    async def _end_piece(
        self, connection: ServerConnection, context_id: str, context: Context, piece: Json
    ) -> None:
        if piece.get("max_buffer_delay_ms") == 0 and self._flushes:
            context.flushes += 1
            flushed = {"type": "flush_done", "status_code": 206, "done": False, "flush_done": True}
            await self.send(connection, context_id, flushed | {"flush_id": context.flushes})

    async def _drop(self, connection: ServerConnection, context_id: str, piece: Json, drop: Drop) -> None:
        spoken = 0.0
        for audio, seconds in tone(str(piece["transcript"]), piece["output_format"]):
            if round(spoken, 6) >= drop.audio_seconds:
                break
            await self.send(connection, context_id, _chunk(audio))
            spoken += seconds
        if drop.code:
            await connection.close(drop.code, drop.reason)
        else:
            # What was sent is to arrive before the link breaks.
            await asyncio.sleep(0.05)
            connection.transport.abort()

    async def _speak_text(
        self,
        connection: ServerConnection,
        context_id: str | None,
        context: Context,
        piece: Json,
        stall: Stall | None,
    ) -> None:
        text, spoken = str(piece["transcript"]), 0.0
        if piece.get("add_timestamps"):
            times = word_times(text, context.spoken)
            timestamps = {"type": "timestamps", "status_code": 206, "done": False, "word_timestamps": times}
            await self.send(connection, context_id, timestamps)
        for audio, seconds in tone(text, piece["output_format"]):
            if stall is not None and round(spoken, 6) >= stall.audio_seconds:
                await stall.go_on.wait()
            await self.send(connection, context_id, _chunk(audio))
            await asyncio.sleep(seconds / self._pace.real_time_factor)
            spoken += seconds
        context.spoken += len(text) * SECONDS_PER_CHARACTER

    async def send(self, connection: ServerConnection, context_id: str | None, message: Json) -> None:
        if connection in self._dead:
            return
        if context_id is not None:
            message["context_id"] = context_id
        self.sent.append(message)
        await connection.send(json.dumps(message))


def _chunk(audio: bytes) -> Json:
    data = base64.b64encode(audio).decode()
    return {"type": "chunk", "status_code": 206, "done": False, "step_time": 1.0, "data": data}


def _filled(data: str | bytes, context_id: str) -> str | bytes:
    return data if isinstance(data, bytes) else data.replace("CONTEXT", context_id)
