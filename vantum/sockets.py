"""uvicorn's two protocols with the bounds that it lacks: times and sizes for requests, a way to drop a reader,
and a short way for messages."""

from __future__ import annotations

import asyncio
from asyncio.transports import BaseTransport
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar, Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import CloseCode
from websockets.http11 import Request
from websockets.protocol import State

from transports.socket import ABORT_EXTENSION, DELIVER_EXTENSION, WRITE_EXTENSION
from vantum.data_frames import data_frames

if TYPE_CHECKING:
    from uvicorn._types import ASGISendEvent


MAX_HEAD_BYTES: Final = 65_536
MAX_HEADERS: Final = 128
"""As many as the WebSocket's handshake takes."""
BODY_SECONDS: Final = 15.0
"""Longer than an application waits for a body, so that it can still say so."""
HEAD_TOO_LONG: Final = (
    b"HTTP/1.1 431 Request Header Fields Too Large\r\n"
    b"content-type: text/plain; charset=utf-8\r\ncontent-length: 25\r\nconnection: close\r\n\r\n"
    b"The headers are too long."
)


class TimedHttp(HttpToolsProtocol):
    """An HTTP protocol that closes connections whose requests are not there in time, or whose heads are too long."""

    handshake_seconds: ClassVar[float]
    body_seconds: ClassVar[float]

    _due: asyncio.TimerHandle | None = None
    _in_head = True
    _head_bytes = 0
    _too_long = False

    def connection_made(self, transport: BaseTransport) -> None:
        super().connection_made(transport)  # type: ignore[arg-type]
        self._wait(self.handshake_seconds)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self._in_head and not self.transport.is_closing():
            self._head_bytes += len(data)
            if self._head_bytes > MAX_HEAD_BYTES:
                self._refuse_head()

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._in_head, self._head_bytes = True, 0
        # The first request's began with the connection.
        if self._due is None:
            self._wait(self.handshake_seconds)

    def on_url(self, url: bytes) -> None:
        self._count(len(url))
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        self._count(len(name) + len(value))
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        self._in_head = False
        self._wait(self.body_seconds)
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        self._cancel()
        super().on_message_complete()

    def handle_websocket_upgrade(self) -> None:
        self._cancel()
        super().handle_websocket_upgrade()
        # Its work is done, and it holds what we are: left so, both would wait for a search for rings.
        self.parser = None  # type: ignore[assignment]

    def connection_lost(self, exc: Exception | None) -> None:
        self._cancel()
        super().connection_lost(exc)

    def send_400_response(self, msg: str) -> None:
        if self._too_long:
            self._refuse_head()
        else:
            super().send_400_response(msg)

    def _count(self, size: int) -> None:
        """Raises ValueError for a head that came whole and is too long; the parser makes it a bad request."""
        self._head_bytes += size
        self._too_long = self._head_bytes > MAX_HEAD_BYTES or len(self.headers) >= MAX_HEADERS
        if self._too_long:
            raise ValueError("The headers are too long.")

    def _refuse_head(self) -> None:
        self.transport.write(HEAD_TOO_LONG)
        self.transport.close()

    def _wait(self, seconds: float) -> None:
        self._cancel()
        self._due = self.loop.call_later(seconds, self.transport.close)

    def _cancel(self) -> None:
        if self._due is not None:
            self._due.cancel()
            self._due = None


def timed_http(handshake_seconds: float, body_seconds: float = BODY_SECONDS) -> type[HttpToolsProtocol]:
    """A ``TimedHttp`` with these bounds: uvicorn makes its protocols without arguments of ours."""
    bounds = {"handshake_seconds": handshake_seconds, "body_seconds": body_seconds}
    return type("TimedHttp", (TimedHttp,), bounds)


class CallWebSocket(WebSocketsSansIOProtocol):
    """A WebSocket protocol for calls: it can be dropped without waiting for a slow reader, gives messages away as
    they come, and writes at once what can be.

    uvicorn's way of a message, through a parser and a queue to a task that waits for it, with the reading stopped
    meanwhile, costs as much as everything that is done with 20 ms of sound.
    """

    _take: Callable[[bytes | str], None] | None = None

    def handle_connect(self, event: Request) -> None:
        super().handle_connect(event)
        if self.response.status_code == 101:
            extensions: dict[str, Any] = self.scope["extensions"]
            extensions[ABORT_EXTENSION] = self.transport.abort
            extensions[DELIVER_EXTENSION] = self.deliver
            extensions[WRITE_EXTENSION] = self.write_now

    def deliver(self, take: Callable[[bytes | str], None]) -> None:
        """Give each message to ``take`` from here on, those that wait first; the end comes as ever."""
        self._take = take
        waiting = [self.queue.get_nowait() for _ in range(self.queue.qsize())]
        for event in waiting:
            if event["type"] != "websocket.receive":
                self.queue.put_nowait(event)
            elif (data := event.get("bytes")) is not None:
                take(data)
            else:
                take(event.get("text") or "")
        if self.read_paused:
            self.read_paused = False
            self.transport.resume_reading()

    def data_received(self, data: bytes) -> None:
        if self._take is not None and self._between_messages:
            frames = data_frames(data, self.config.ws_max_size)
            for message in frames.messages:
                if self._take is not None and not self.close_sent:
                    self._take(message)
            data = data[frames.length :]
        if data:
            super().data_received(data)

    @property
    def _between_messages(self) -> bool:
        """Whether what comes now begins a message, and nothing that is negotiated changes its bytes."""
        conn = self.conn
        return (
            not conn.reader.buffer
            and conn.current_size is None
            and not conn.extensions
            and conn.state is State.OPEN
        )

    def send_receive_event_to_app(self) -> None:
        if self._take is None or self.close_sent:
            super().send_receive_event_to_app()
            return
        data = self.frames[0] if len(self.frames) == 1 else b"".join(self.frames)
        if self.curr_msg_data_type == "text":
            try:
                text = data.decode()
            except UnicodeDecodeError:
                # uvicorn closes with the right code.
                super().send_receive_event_to_app()
                return
            self.frames = []
            self._take(text)
        else:
            self.frames = []
            self._take(data)

    def write_now(self, message: bytes | str) -> bool:
        """Write a message if that can be done at once; False, and nothing is written, if it cannot."""
        able = self.handshake_complete and self.initial_response is None and self.writable.is_set()
        if not able or self.disconnected or self.close_sent or self.conn.state is not State.OPEN:
            return False
        if isinstance(message, bytes):
            self.conn.send_binary(message)
        else:
            self.conn.send_text(message.encode())
        self.transport.write(b"".join(self.conn.data_to_send()))
        return True

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell a connection that broke from one that was closed without a status, which uvicorn takes it for."""
        self._take = None
        # They are ways to us: left, this would wait for a search for rings.
        self.scope["extensions"].clear()
        if self.conn.close_rcvd is None:
            self.queue.put_nowait({"type": "websocket.disconnect", "code": CloseCode.ABNORMAL_CLOSURE})
        super().connection_lost(exc)

    async def send(self, message: ASGISendEvent) -> None:
        await super().send(message)
        if message["type"] == "websocket.http.response.body" and not message.get("more_body"):
            # A refusal completes the handshake too; uvicorn would log each as an error of the application.
            self.handshake_complete = True
