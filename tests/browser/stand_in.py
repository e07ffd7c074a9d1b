"""A server in a thread that serves the page and speaks the browser protocol as the test tells it to."""

from __future__ import annotations

import asyncio
import math
import socket
import threading
from array import array
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

import msgpack  # type: ignore[import-untyped]
import uuid_utils
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles
from starlette.websockets import WebSocket, WebSocketDisconnect

PAGE = Path(__file__).parents[2] / "vantum" / "console"
WAIT_SECONDS = 30.0
OUTPUT_RATE = 48000
CHUNK_SAMPLES = 1920
EMBEDDED = {"stt": "local", "llm": "local", "tts": "local"}
CLOUD = {"stt": "deepgram", "llm": "openai", "tts": "cartesia"}

Value = str | float | bool | bytes | None | Mapping[str, float | str]


@dataclass(frozen=True, slots=True)
class Received:
    """One message of the page; ``connection`` counts the sockets of this server from 1."""

    connection: int
    event_type: str
    event_id: str
    session_id: str
    payload: dict[str, Value]

    @property
    def samples(self) -> array[int]:
        """The PCM16 samples of a chunk."""
        audio = self.payload["audio"]
        assert isinstance(audio, bytes)
        return array("h", audio)


@dataclass(frozen=True, slots=True)
class _Open:
    socket: WebSocket
    session_id: str
    loop: asyncio.AbstractEventLoop


class StandIn:
    """Use as a context manager. All methods are for the test's thread."""

    def __init__(self) -> None:
        self.accepting = True
        self.healthy = True
        self.providers = EMBEDDED
        self.received: list[Received] = []
        self.connections = 0
        self.closed_with: int | None = None
        self._open: _Open | None = None
        self._changed = threading.Condition()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._server = uvicorn.Server(
            uvicorn.Config(
                self._app(),
                loop="asyncio",
                ws="websockets-sansio",
                log_level="critical",
                lifespan="off",
                timeout_graceful_shutdown=1,
            )
        )
        self._thread = threading.Thread(
            target=self._server.run, args=([self._listener],), name="stand-in", daemon=True
        )

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.should_exit = True
        self._thread.join(WAIT_SECONDS)
        self._listener.close()

    def reset(self) -> None:
        """Forget what the last test did; its page is gone already."""
        with self._changed:
            self.accepting = True
            self.healthy = True
            self.providers = EMBEDDED
            self.received = []
            self.connections = 0
            self.closed_with = None

    # --- what the server says ---------------------------------------------------------------------

    def say(self, event_type: str, request_type: str | None = None, **payload: Value) -> None:
        """Send one event on the open connection and wait until it is on the wire."""
        self.say_raw(_frame(event_type, self._require_open().session_id, payload, request_type))

    def say_raw(self, *frames: bytes) -> None:
        """Send frames that need not be messages, one right after the other."""
        link = self._require_open()

        async def send() -> None:
            for frame in frames:
                await link.socket.send_bytes(frame)

        asyncio.run_coroutine_threadsafe(send(), link.loop).result(WAIT_SECONDS)

    def state(self, previous: str, state: str) -> None:
        payload: dict[str, Value] = {"from": previous, "to": state, "timestamp": 1000.0}
        self.say_raw(_frame("conversation.state.changed", self._require_open().session_id, payload))

    def tone(
        self, utterance_id: str, seconds: float, rate: int = OUTPUT_RATE, chunk: int = CHUNK_SAMPLES
    ) -> int:
        """Send a tone of 220 Hz as the chunks of an utterance. Returns its samples."""
        session_id = self._require_open().session_id
        samples = math.ceil(seconds * rate / chunk) * chunk
        wave = array("h", (round(12000 * math.sin(math.tau * 220 * n / rate)) for n in range(samples)))
        parts = [wave[start : start + chunk].tobytes() for start in range(0, samples, chunk)]
        payload: dict[str, Value] = {"utteranceId": utterance_id, "sampleRate": rate}
        frames = [_frame("audio.output.chunk", session_id, {"audio": part, **payload}) for part in parts]
        self.say_raw(*frames)
        return samples

    def close(self, code: int) -> None:
        """Close the open connection from this side."""
        link = self._require_open()
        asyncio.run_coroutine_threadsafe(link.socket.close(code), link.loop).result(WAIT_SECONDS)

    # --- what the page did ------------------------------------------------------------------------

    def wait_until(self, reached: Callable[[], bool]) -> None:
        """Wait for a condition on what was received; checked at every message and connection."""
        with self._changed:
            assert self._changed.wait_for(reached, WAIT_SECONDS), f"not reached with {self._summary()}"

    def wait_for(self, event_type: str, count: int = 1) -> Received:
        """Wait for the n-th message of a type."""
        self.wait_until(lambda: len(self.of_type(event_type)) >= count)
        return self.of_type(event_type)[count - 1]

    def of_type(self, event_type: str) -> list[Received]:
        return [message for message in self.received if message.event_type == event_type]

    @property
    def connected(self) -> bool:
        return self._open is not None

    # --- the server's own thread ------------------------------------------------------------------

    def _app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/", self._index),
                Route("/health", self._health),
                WebSocketRoute("/ws", self._talk),
                Mount("/console", StaticFiles(directory=PAGE)),
            ]
        )

    async def _index(self, _: Request) -> Response:
        return FileResponse(PAGE / "index.html")

    async def _health(self, _: Request) -> Response:
        if not self.healthy:
            return Response(status_code=502)
        calls = {"live": int(self.connected), "capacity": 200}
        return JSONResponse(
            {"status": "ok", "version": "0.1.0", "calls": calls, "providers": self.providers},
        )

    async def _talk(self, websocket: WebSocket) -> None:
        if not self.accepting:
            with self._changed:
                self.connections += 1
                self._changed.notify_all()
            await websocket.send_denial_response(Response(status_code=503))
            return
        await websocket.accept()
        link = _Open(websocket, str(uuid_utils.uuid7()), asyncio.get_running_loop())
        with self._changed:
            self.connections += 1
            number = self.connections
            self._open = link
        try:
            for ack in ("connection.ack", "connection.lifecycle.ack"):
                await websocket.send_bytes(_frame(ack, link.session_id, {"timestamp": 0.0}))
            # Plain `receive`: it goes on to the end of the socket also when this side closes it.
            while (event := await websocket.receive())["type"] == "websocket.receive":
                await self._take(link, number, event["bytes"])
            self.closed_with = event["code"]
        except WebSocketDisconnect as end:
            self.closed_with = end.code
        finally:
            with self._changed:
                self._open = None
                self._changed.notify_all()

    async def _take(self, link: _Open, number: int, frame: bytes) -> None:
        message = msgpack.unpackb(frame)
        kind: str = message["eventType"]
        if kind != "audio.input.chunk":
            await link.socket.send_bytes(_frame(kind, link.session_id, {"success": True}))
        received = Received(number, kind, message["eventId"], message["sessionId"], message["payload"])
        with self._changed:
            self.received.append(received)
            self._changed.notify_all()

    def _require_open(self) -> _Open:
        assert self._open is not None, "no page is connected"
        return self._open

    def _summary(self) -> str:
        kinds = sorted({message.event_type for message in self.received})
        return f"{self.connections} connections and {len(self.received)} messages {kinds}"


def _frame(
    event_type: str, session_id: str, payload: dict[str, Value], request_type: str | None = None
) -> bytes:
    request = {} if request_type is None else {"requestType": request_type}
    event = {"eventType": event_type, "eventId": str(uuid_utils.uuid7()), "sessionId": session_id}
    packed: bytes = msgpack.packb({**event, **request, "payload": payload})
    return packed
