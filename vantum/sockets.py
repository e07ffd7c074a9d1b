"""uvicorn's two protocols with the bounds that it lacks: a time for the handshake, and a way to drop a reader."""

from __future__ import annotations

import asyncio
from asyncio.transports import BaseTransport
from typing import TYPE_CHECKING

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.http11 import Request

from transports.socket import ABORT_EXTENSION

if TYPE_CHECKING:
    from uvicorn._types import ASGISendEvent


def timed_http(handshake_seconds: float) -> type[HttpToolsProtocol]:
    """An HTTP protocol that closes connections whose first request is not there in time."""

    class TimedHttp(HttpToolsProtocol):
        _handshake: asyncio.TimerHandle | None = None

        def connection_made(self, transport: BaseTransport) -> None:
            super().connection_made(transport)  # type: ignore[arg-type]
            self._handshake = self.loop.call_later(handshake_seconds, transport.close)

        def on_headers_complete(self) -> None:
            self._cancel_handshake()
            super().on_headers_complete()

        def connection_lost(self, exc: Exception | None) -> None:
            self._cancel_handshake()
            super().connection_lost(exc)

        def _cancel_handshake(self) -> None:
            if self._handshake is not None:
                self._handshake.cancel()
                self._handshake = None

    return TimedHttp


class AbortableWebSocket(WebSocketsSansIOProtocol):
    """A WebSocket protocol whose connection the application can drop without waiting for a slow reader."""

    def handle_connect(self, event: Request) -> None:
        super().handle_connect(event)
        if self.response.status_code == 101:
            self.scope["extensions"][ABORT_EXTENSION] = self.transport.abort  # type: ignore[assignment]

    async def send(self, message: ASGISendEvent) -> None:
        await super().send(message)
        if message["type"] == "websocket.http.response.body" and not message.get("more_body"):
            # A refusal completes the handshake too; uvicorn would log each as an error of the application.
            self.handshake_complete = True
