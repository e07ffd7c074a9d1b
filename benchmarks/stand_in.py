"""What the providers' stand-ins share: a WebSocket server on this machine, and Cartesia's contexts on one link."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Callable, Coroutine
from types import TracebackType
from typing import Self

from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.http11 import Request, Response

from benchmarks.conversation.local import address_of
from tests.wire.cartesia_speech import Context, Json

Speak = Callable[[str, Context], Coroutine[None, None, None]]
"""Speaks the pieces of a context, which has this name, until the last."""


class StandIn(ABC):
    """``async with`` it: listens at ``url`` while the block runs."""

    def __init__(self) -> None:
        self._server: Server | None = None

    async def __aenter__(self) -> Self:
        self._server = await serve(
            self._serve,
            "127.0.0.1",
            0,
            process_request=self._answer_request,
            compression=None,
            close_timeout=1,
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._server is not None
        self._server.close()
        await self._server.wait_closed()

    @property
    def url(self) -> str:
        """The base URL."""
        assert self._server is not None
        return f"ws://{address_of(self._server.sockets)}"

    @abstractmethod
    async def _serve(self, connection: ServerConnection) -> None:
        """Serve one link to its end."""

    async def _answer_request(self, connection: ServerConnection, request: Request) -> Response | None:
        """Refuse a link with a response; None lets it in."""
        return None


class Contexts:
    """Cartesia's contexts of one link: each is spoken by a task of its own, and a cancel ends it."""

    def __init__(self, speak: Speak) -> None:
        self._speak = speak
        self._under_way: dict[str, Context] = {}

    async def take(self, message: Json) -> None:
        """A client's message: a piece to speak, or the end of a context."""
        name = str(message.get("context_id"))
        if message.get("cancel"):
            await _ended(self._under_way.pop(name, Context()))
            return
        context = self._under_way.setdefault(name, Context())
        context.pieces.put_nowait(message)
        if context.task is None:
            context.task = asyncio.create_task(self._speak(name, context))
            # A long call must not keep what was said in it.
            context.task.add_done_callback(lambda _: self._under_way.pop(name, None))

    async def end(self) -> None:
        """The link is gone: nothing more is said."""
        for context in tuple(self._under_way.values()):
            await _ended(context)


async def _ended(context: Context) -> None:
    if context.task is not None:
        context.task.cancel()
        await asyncio.gather(context.task, return_exceptions=True)
