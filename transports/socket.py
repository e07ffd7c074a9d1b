"""The one WebSocket of a call, behind six verbs; starlette's stays in this file."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import copy_context
from typing import Protocol

from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

ABORT_EXTENSION = "vantum.abort"
"""Key of the ASGI scope's extensions under which the server puts a function that drops the connection."""
DELIVER_EXTENSION = "vantum.deliver"
"""The same for a function that is given the one who takes each message as it comes."""
WRITE_EXTENSION = "vantum.write"
"""The same for a function that writes a message if it can do so at once, and says whether it did."""
RETURN_EXTENSION = "vantum.return"
"""The same for a function to be called when a connection begins no call: its client came back to one."""


class Gone(Exception):  # noqa: N818 - an event, not a fault
    """The client left; ``code`` is its close code (1006 when it just vanished)."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


class Socket(Protocol):
    """What a call needs of its connection."""

    async def receive(self) -> bytes | str:
        """The next message; raises ``Gone`` when the client has left."""

    def deliver(self, take: Callable[[bytes | str], None]) -> None:
        """Give each message to ``take`` as it comes, those that wait first, where that is possible.

        Where it is not, ``receive`` gives them as before; the end always comes from there.
        """

    def write_now(self, message: bytes | str) -> bool:
        """Write one message if that can be done without waiting; False when it was not written."""

    async def send(self, message: bytes | str) -> None:
        """Write one message, binary or text; may wait for a slow reader. Raises ``Gone``."""

    async def close(self, code: int, reason: str) -> None:
        """Close in good order; harmless when already closed."""

    def abort(self) -> None:
        """Drop the connection without waiting for anything."""


class StarletteSocket:
    """A ``Socket`` over an accepted starlette WebSocket."""

    def __init__(self, websocket: WebSocket) -> None:
        self._websocket = websocket
        extensions = websocket.scope.get("extensions") or {}
        self._abort: Callable[[], None] | None = extensions.get(ABORT_EXTENSION)
        self._deliver: Callable[[Callable[[bytes | str], None]], None] | None = extensions.get(
            DELIVER_EXTENSION
        )
        self._write_now: Callable[[bytes | str], bool] | None = extensions.get(WRITE_EXTENSION)

    async def receive(self) -> bytes | str:
        """The next message, binary or text."""
        message = await self._websocket.receive()
        if message["type"] == "websocket.disconnect":
            raise Gone(int(message.get("code") or 1006))
        data: bytes | str | None = message.get("bytes")
        return data if data is not None else str(message.get("text") or "")

    def deliver(self, take: Callable[[bytes | str], None]) -> None:
        """Give messages to ``take`` in the context that runs now, if the server lets us."""
        if self._deliver is not None:
            context = copy_context()
            self._deliver(lambda message: context.run(take, message))

    def write_now(self, message: bytes | str) -> bool:
        """Write it now, if the server lets us and the client reads."""
        return self._write_now is not None and self._write_now(message)

    async def send(self, message: bytes | str) -> None:
        """Write one message: bytes as a binary one, a string as text."""
        if self._websocket.client_state is WebSocketState.DISCONNECTED:
            raise Gone(1006)
        try:
            if isinstance(message, bytes):
                await self._websocket.send_bytes(message)
            else:
                await self._websocket.send_text(message)
        except (WebSocketDisconnect, RuntimeError, OSError) as error:
            raise Gone(1006) from error

    async def close(self, code: int, reason: str) -> None:
        """Send the close frame, unless the connection is closed already."""
        states = (self._websocket.client_state, self._websocket.application_state)
        if WebSocketState.DISCONNECTED in states:
            return
        try:
            await self._websocket.close(code, reason[:120])
        except (WebSocketDisconnect, RuntimeError, OSError):
            return

    def abort(self) -> None:
        """Drop the connection below the WebSocket, if the server lets us."""
        if self._abort is not None:
            self._abort()
