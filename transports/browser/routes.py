"""The browser's routes: `/ws`, with who may open it decided before the handshake is answered."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager
from urllib.parse import urlsplit

from fastapi import APIRouter
from starlette.responses import PlainTextResponse
from starlette.websockets import WebSocket

from transports.browser.transport import BrowserTransport
from transports.connection import ConnectionLimits
from transports.socket import StarletteSocket
from vantum.core.errors import CapacityError

LOCAL_HOSTS = frozenset({"localhost", "127.0.0.1", "::1"})

Seat = Callable[[], AbstractContextManager[None]]
"""A place for one call; entering it raises CapacityError when no call is taken now."""
ServeCall = Callable[[BrowserTransport], Awaitable[None]]


def browser_routes(
    *,
    seat: Seat,
    serve_call: ServeCall,
    output_rate: int,
    limits: ConnectionLimits,
    allowed_origins: tuple[str, ...] = (),
) -> APIRouter:
    """A router with the browser's WebSocket; ``serve_call`` runs one call on an accepted connection."""
    router = APIRouter()

    @router.websocket("/ws")
    async def browser_call(websocket: WebSocket) -> None:
        origin, host = websocket.headers.get("origin"), websocket.headers.get("host", "")
        if not origin_allowed(origin, host, allowed_origins):
            refusal = f"Origin {origin} may not call; allow it with VANTUM_ALLOWED_ORIGINS.\n"
            await websocket.send_denial_response(PlainTextResponse(refusal, 403))
            return
        try:
            with seat():
                await websocket.accept()
                socket = StarletteSocket(websocket)
                await serve_call(BrowserTransport(socket, output_rate=output_rate, limits=limits))
        except CapacityError as full:
            headers = {"Retry-After": "10"}
            await websocket.send_denial_response(PlainTextResponse(f"{full}\n", 503, headers))

    return router


def origin_allowed(origin: str | None, host: str, allowed: tuple[str, ...]) -> bool:
    """Whether a page from ``origin`` may connect to ``host``.

    No origin is no page (a program, which could claim any). Unless ``allowed`` names others, a page must come
    from the same host and port or from this machine.
    """
    if origin is None or "*" in allowed:
        return True
    if allowed:
        return origin.lower().rstrip("/") in allowed
    try:
        parts = urlsplit(origin)
        return parts.netloc.lower() == host.lower() or parts.hostname in LOCAL_HOSTS
    except ValueError:
        return False
