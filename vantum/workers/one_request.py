"""Has each connection serve one request: the next may be for another worker."""

from __future__ import annotations

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol


def first_only(protocol: type[HttpToolsProtocol]) -> type[HttpToolsProtocol]:
    """``protocol``, deaf to what comes behind the first request: nobody has looked at that before it came here."""
    return type("FirstOnly", (_FirstOnly, protocol), {})


class _FirstOnly(HttpToolsProtocol):
    """Serves one request."""

    _requests = 0

    def data_received(self, data: bytes) -> None:
        if self._requests <= 1:
            super().data_received(data)

    def on_message_begin(self) -> None:
        self._requests += 1
        if self._requests > 1:
            # The parser goes no further; a client that gets an answer that closes asks the rest again.
            raise ValueError("A connection is for one request.")
        super().on_message_begin()

    def send_400_response(self, msg: str) -> None:
        if self._requests <= 1:
            super().send_400_response(msg)


class OneRequest:
    """An ASGI application in front of ``app``, whose answers over HTTP close their connections."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as the application does."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_closing(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)["Connection"] = "close"
            await send(message)

        await self._app(scope, receive, send_closing)
