"""Bounds the bodies of requests: how long they may be, and how long they may take to come."""

from __future__ import annotations

import asyncio
from typing import Final

from fastapi import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from vantum.api_route import MAX_BODY_BYTES

BODY_SECONDS: Final = 10.0
CLOSE: Final = {"Connection": "close"}
"""What is left of the body is not waited for."""


class BodyLimits:
    """An ASGI application in front of ``app``, which gets bodies that keep to the bounds, or a 408, 413 or 400."""

    def __init__(self, app: ASGIApp, seconds: float = BODY_SECONDS, most_bytes: int = MAX_BODY_BYTES) -> None:
        self._app = app
        self._seconds = seconds
        self._most_bytes = most_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as the application does; it is stopped in reading a body that breaks a bound."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        body = _Body(receive, self._seconds, self._most_bytes)
        await self._app(scope, body.receive, send)


class _Body:
    """The body of one request, as it comes."""

    def __init__(self, receive: Receive, seconds: float, most_bytes: int) -> None:
        self._receive = receive
        self._due = asyncio.get_running_loop().time() + seconds
        self._seconds = seconds
        self._left = most_bytes
        self._whole = False

    async def receive(self) -> Message:
        """The next part; behind the last one, whatever comes."""
        if self._whole:
            return await self._receive()
        try:
            async with asyncio.timeout_at(self._due):
                message = await self._receive()
        except TimeoutError:
            late = f"The body did not come within {self._seconds:g} seconds."
            raise HTTPException(408, late, CLOSE) from None
        if message["type"] == "http.disconnect":
            # Nobody reads this; it ends the request without an error of ours.
            raise HTTPException(400, "The client left.", CLOSE)
        self._left -= len(message.get("body", b""))
        self._whole = not message.get("more_body", False)
        if self._left < 0:
            raise HTTPException(413, "The body is too long.", CLOSE)
        return message
