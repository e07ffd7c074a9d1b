"""A provider's WebSocket on loopback: what all the local servers share that speak over one."""

from __future__ import annotations

from abc import ABC, abstractmethod
from types import TracebackType
from typing import Self

from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.http11 import Request, Response


class SocketServer(ABC):
    """Listens while its context lasts, on ``port`` (0: any free one)."""

    def __init__(self, port: int = 0) -> None:
        self._port = port
        self._server: Server | None = None

    async def __aenter__(self) -> Self:
        self._server = await serve(
            self._serve, "127.0.0.1", self._port, process_request=self._answer_request, close_timeout=1
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
        assert self._server is not None
        host, port = next(iter(self._server.sockets)).getsockname()[:2]
        return f"ws://{host}:{port}"

    @property
    def links(self) -> int:
        """How many links are open."""
        assert self._server is not None
        return len(self._server.connections)

    def drop_links(self) -> None:
        """Break every open link, without a goodbye."""
        assert self._server is not None
        for connection in list(self._server.connections):
            connection.transport.abort()

    @abstractmethod
    async def _serve(self, connection: ServerConnection) -> None:
        """Speak the provider's protocol on one link."""

    @abstractmethod
    async def _answer_request(self, connection: ServerConnection, request: Request) -> Response | None:
        """Refuse a link, or None."""
