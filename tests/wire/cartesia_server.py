"""A local server that speaks Cartesia's text-to-speech WebSocket, for tests and for runs by hand.

The voice is a tone: ``SECONDS_PER_CHARACTER`` for each character of the text, so the length of the audio
tells which words were heard.

    python -m tests.wire.cartesia_server --port 9003
"""

from __future__ import annotations

import argparse
import asyncio
import json
import re
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import parse_qs, urlsplit

from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response

from tests.wire.cartesia_speaker import Speaker
from tests.wire.cartesia_speech import (
    NO_FAULTS,
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
from tests.wire.socket_server import SocketServer
from tests.wire.voice import ENCODINGS

__all__ = [
    "CartesiaServer",
    "Context",
    "Dead",
    "Drop",
    "Fail",
    "Garbage",
    "Json",
    "Late",
    "Misnamed",
    "Mute",
    "Pace",
    "Stall",
]


@dataclass(frozen=True, slots=True)
class Opened:
    """A client asked for a link; ``status`` is what it was answered."""

    at: float
    path: str
    headers: Mapping[str, str]
    status: int


@dataclass(frozen=True, slots=True)
class Asked:
    """A message of the client, as it was sent."""

    at: float
    message: Json

    @property
    def context_id(self) -> str:
        return str(self.message.get("context_id"))


@dataclass(frozen=True, slots=True)
class Closed:
    """A link is gone."""

    at: float
    code: int | None


Received = Opened | Asked | Closed


class CartesiaServer(SocketServer):
    """``async with CartesiaServer() as server``: ``server.url`` is the base URL.

    ``fail`` is answered to every piece as an error; ``handshake`` holds back every link until it is set. ``faults``
    befall pieces by their number, counted from 1 over all links. Unless it ``flushes``, no piece is told to be over;
    unless it ``obeys``, a cancelled context goes on. The first links asked for are refused with ``refusals``.
    """

    def __init__(
        self,
        *,
        key: str = "test-key",
        port: int = 0,
        pace: Pace | None = None,
        fail: str | None = None,
        handshake: asyncio.Event | None = None,
        faults: Mapping[int, Fault] = NO_FAULTS,
        flushes: bool = True,
        obeys: bool = True,
        refusals: Sequence[int] = (),
    ) -> None:
        self.received: list[Received] = []
        self._speaker = Speaker(pace or Pace(), faults, flushes=flushes)
        self.sent = self._speaker.sent
        self._obeys = obeys
        self._refusals = list(refusals)
        self._key = key
        super().__init__(port)
        self._fail = fail
        self._handshake = handshake

    def opened(self) -> list[Opened]:
        """The requests for a link."""
        return [item for item in self.received if isinstance(item, Opened)]

    def closed(self) -> list[Closed]:
        """The links that are gone."""
        return [item for item in self.received if isinstance(item, Closed)]

    def pieces(self) -> list[Json]:
        """The texts to speak, without the empty one that ends a context."""
        asked = (item.message for item in self.received if isinstance(item, Asked))
        return [message for message in asked if message.get("transcript")]

    def cancels(self) -> list[Asked]:
        """The cancelled contexts."""
        return [item for item in self.received if isinstance(item, Asked) and item.message.get("cancel")]

    def answers(self, kind: str) -> list[Json]:
        """The messages of this type that were sent."""
        return [message for message in self.sent if message["type"] == kind]

    async def complain(self, problem: str) -> None:
        """Tell every client of an error that concerns none of its contexts."""
        assert self._server is not None
        for connection in list(self._server.connections):
            await connection.send(json.dumps({"type": "error", "status_code": 429, "error": problem}))

    async def _answer_request(self, connection: ServerConnection, request: Request) -> Response | None:
        if self._handshake is not None:
            await self._handshake.wait()
        url = urlsplit(request.path)
        query = {name: values[0] for name, values in parse_qs(url.query).items()}
        key = request.headers.get("X-API-Key", query.get("api_key"))
        version = request.headers.get("Cartesia-Version", query.get("cartesia_version"))
        status = HTTPStatus.SWITCHING_PROTOCOLS
        if self._refusals:
            status = HTTPStatus(self._refusals.pop(0))
        elif url.path != "/tts/websocket":
            status = HTTPStatus.NOT_FOUND
        elif key != self._key:
            status = HTTPStatus.UNAUTHORIZED
        elif version is None or not re.fullmatch(r"\d{4}-\d\d-\d\d", version):
            status = HTTPStatus.BAD_REQUEST
        headers = dict(request.headers.raw_items())
        self.received.append(Opened(time.monotonic(), url.path, headers, status))
        if status is HTTPStatus.SWITCHING_PROTOCOLS:
            return None
        return connection.respond(status, status.phrase)

    async def _serve(self, connection: ServerConnection) -> None:
        contexts: dict[str, Context] = {}
        try:
            async for data in connection:
                message: Json = json.loads(data)
                self.received.append(Asked(time.monotonic(), message))
                await self._take(connection, contexts, message)
        except ConnectionClosed:
            pass
        finally:
            await _end(list(contexts.values()))
            self.received.append(Closed(time.monotonic(), connection.close_code))

    async def _take(self, connection: ServerConnection, contexts: dict[str, Context], message: Json) -> None:
        context_id = str(message.get("context_id"))
        if message.get("cancel"):
            if context_id in contexts and self._obeys:
                await _end([contexts.pop(context_id)])
            return
        problem = self._fail or problem_of(message)
        if problem is not None:
            error = {"type": "error", "status_code": 400, "done": True, "error": problem}
            await self._speaker.send(connection, context_id, error)
            return
        context = contexts.setdefault(context_id, Context())
        await context.pieces.put(message)
        if context.task is None:
            context.task = asyncio.create_task(self._speaker.speak(connection, context_id, context))


def problem_of(message: Json) -> str | None:
    """What Cartesia would refuse in this message; ``None`` for a good one."""
    shape = message.get("output_format")
    if not isinstance(shape, dict) or shape.get("container") != "raw":
        return "output_format: the container must be raw"
    if shape.get("encoding") not in ENCODINGS or not isinstance(shape.get("sample_rate"), int):
        return f"output_format: {shape} is not known"
    voice = message.get("voice")
    if not isinstance(voice, dict) or voice.get("mode") != "id" or not voice.get("id"):
        return "voice: an id is needed"
    needed = ("context_id", "model_id", "transcript")
    missing = [name for name in needed if not isinstance(message.get(name), str)]
    return f"missing: {', '.join(missing)}" if missing else None


async def _end(contexts: list[Context]) -> None:
    tasks = [context.task for context in contexts if context.task is not None]
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def _run_by_hand() -> None:
    parser = argparse.ArgumentParser(description="A local stand-in for Cartesia.")
    parser.add_argument("--port", type=int, default=9003)
    parser.add_argument("--key", default="test-key")
    parser.add_argument("--first-audio", type=float, default=0.1, help="seconds")
    parser.add_argument("--speed", type=float, default=5.0, help="times real time")
    arguments = parser.parse_args()
    pace = Pace(arguments.first_audio, arguments.speed)
    async with CartesiaServer(key=arguments.key, port=arguments.port, pace=pace) as server:
        print(f"CARTESIA_URL={server.url} CARTESIA_API_KEY={arguments.key}")  # noqa: T201
        await asyncio.Event().wait()


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        asyncio.run(_run_by_hand())
