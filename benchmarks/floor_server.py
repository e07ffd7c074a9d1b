"""The floor: what any server of such calls has to do, and nothing else, on the web stack that Vantum uses.

Receive, decode, resample, listen for the end of speech, wait as long as the providers do, and send an answer of 2.4 s
by absolute deadlines. No framework, no pipeline, no providers.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import gc
import json
import logging
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Protocol

import msgpack  # type: ignore[import-untyped]
import numpy as np
import uvicorn
import uvloop

from benchmarks.fakes import ANSWER, ANSWER_WAIT, GREETING, SECONDS_PER_CHAR, TTS_SECONDS, tone
from benchmarks.floor_ear import Ear, EarBatch
from benchmarks.lag import measure_lag
from benchmarks.wires import BROWSER_RATE, PHONE_RATE
from tests.wire.twilio_mulaw import decoded, encoded

OUT_SECONDS = 0.04
ANSWER_SECONDS = len(ANSWER) * SECONDS_PER_CHAR
GREETING_SECONDS = len(GREETING) * SECONDS_PER_CHAR
PHONE_PATH = "/media"
"""Calls of this path are media streams; those of any other are browsers'."""

Message = Mapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


class Form(Protocol):
    """How audio is packed."""

    rate: int
    greeting_seconds: float

    def pcm(self, message: Message) -> bytes | None:
        """The audio of a message; None if it has none."""

    def chunk(self, number: int, pcm: bytes) -> Message:
        """A message with audio."""


class Browser:
    """MessagePack and PCM16."""

    rate = BROWSER_RATE
    greeting_seconds = 0.0

    def pcm(self, message: Message) -> bytes | None:
        event = msgpack.unpackb(message["bytes"])
        return event["payload"]["audio"] if event["eventType"] == "audio.input.chunk" else None

    def chunk(self, number: int, pcm: bytes) -> Message:
        payload = {"audio": pcm, "utteranceId": "answer", "sampleRate": self.rate}
        event = {"eventType": "audio.output.chunk", "eventId": str(number), "payload": payload}
        return {"type": "websocket.send", "bytes": msgpack.packb(event)}


class Phone:
    """JSON and mu-law in base64."""

    rate = PHONE_RATE
    greeting_seconds = GREETING_SECONDS

    def __init__(self) -> None:
        self._stream = ""

    def pcm(self, message: Message) -> bytes | None:
        event = json.loads(message["text"])
        if event["event"] == "start":
            self._stream = event["streamSid"]
        if event["event"] != "media":
            return None
        return decoded(base64.b64decode(event["media"]["payload"])).tobytes()

    def chunk(self, number: int, pcm: bytes) -> Message:
        payload = base64.b64encode(encoded(np.frombuffer(pcm, np.int16))).decode()
        event = {"event": "media", "streamSid": self._stream, "media": {"payload": payload}}
        return {"type": "websocket.send", "text": json.dumps(event)}


class Call:
    """One call: an ear, and an answer under way."""

    def __init__(self, batch: EarBatch, form: Form, send: Send) -> None:
        self._form = form
        self._send = send
        self._ear = Ear(batch, form.rate, self.fall_silent, self._answer)
        self._speaking: asyncio.Task[None] | None = None

    def take(self, message: Message) -> None:
        """Hear what came."""
        pcm = self._form.pcm(message)
        if pcm is not None:
            self._ear.feed(pcm)

    def say(self, after: float, seconds: float) -> None:
        """Speak for so long, in a while."""
        self._speaking = asyncio.create_task(self._speak(after, seconds))

    def fall_silent(self) -> None:
        """The caller speaks, or is gone."""
        if self._speaking is not None:
            self._speaking.cancel()

    def _answer(self) -> None:
        self.say(ANSWER_WAIT, ANSWER_SECONDS)

    async def _speak(self, after: float, seconds: float) -> None:
        pcm = b"".join(tone(seconds, self._form.rate))
        size = 2 * round(OUT_SECONDS * self._form.rate)
        loop = asyncio.get_running_loop()
        begin = loop.time() + after
        for number, start in enumerate(range(0, len(pcm), size)):
            await asyncio.sleep(begin + number * OUT_SECONDS - loop.time())
            with suppress(OSError):
                await self._send(self._form.chunk(number, pcm[start : start + size]))


class Floor:
    """The ASGI application."""

    def __init__(self) -> None:
        self._batch = EarBatch()

    def start(self) -> None:
        """Begin to listen to all calls."""
        self._batch.start()

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """One call, from its WebSocket's beginning to its end."""
        if scope["type"] != "websocket":
            await send({"type": "http.response.start", "status": 404, "headers": []})
            await send({"type": "http.response.body", "body": b""})
            return
        await receive()
        await send({"type": "websocket.accept"})
        form: Form = Phone() if scope["path"] == PHONE_PATH else Browser()
        call = Call(self._batch, form, send)
        if form.greeting_seconds:
            call.say(TTS_SECONDS, form.greeting_seconds)
        else:
            ready = {"eventType": "conversation.state.changed", "eventId": "0", "payload": {}}
            await send({"type": "websocket.send", "bytes": msgpack.packb(ready)})
        while (message := await receive())["type"] == "websocket.receive":
            call.take(message)
        call.fall_silent()


async def serve(port: int, lag: Path) -> None:
    """Until SIGTERM, with the probe beside it."""
    floor = Floor()
    floor.start()
    probe = asyncio.create_task(measure_lag(lag), name="lag")
    config = uvicorn.Config(
        floor,
        port=port,
        http="httptools",
        ws="websockets-sansio",
        ws_per_message_deflate=False,
        lifespan="off",
        access_log=False,
        log_level=logging.ERROR,
        timeout_graceful_shutdown=1,
    )
    gc.collect()
    gc.freeze()
    await uvicorn.Server(config).serve()
    probe.cancel()


def main() -> None:
    """Serve until SIGTERM."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--lag", type=Path, required=True, help="file for the lag of the event loop")
    options = parser.parse_args()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(serve(options.port, options.lag))


if __name__ == "__main__":
    main()
