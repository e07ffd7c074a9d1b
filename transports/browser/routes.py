"""The browser's routes: `/ws`, with who may open it decided before the handshake is answered."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager, ExitStack
from urllib.parse import urlsplit

from fastapi import APIRouter
from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse
from starlette.websockets import WebSocket

from transports.browser.arrival import Arrival
from transports.browser.returns import Returns
from transports.browser.transport import BrowserTransport
from transports.connection import ConnectionLimits
from transports.socket import StarletteSocket
from vantum.core.access_token import Denial, Grant
from vantum.core.admission import RefusedError
from vantum.core.errors import CapacityError
from vantum.core.resumption import Visitor

RESUME = "resume"
"""In the query of who says that it comes back; whose call it was, it says in its first message."""
RETRY_SECONDS = 10
LOCAL_HOSTS = frozenset({"localhost", "127.0.0.1", "::1"})
BEARER = "bearer"

Seat = Callable[[], AbstractContextManager[None]]
"""A place for one call; entering it raises CapacityError when no call is taken now."""
Admit = Callable[[str, str | None], Grant | Denial]
"""Takes a token ("" without one) and the header ``Origin``, and says what may be done with them; it never waits."""
ServeCall = Callable[[BrowserTransport, Grant | None], Awaitable[None]]


def browser_routes(
    *,
    seat: Seat,
    serve_call: ServeCall,
    output_rate: int,
    limits: ConnectionLimits,
    allowed_origins: tuple[str, ...] = (),
    admit: Admit | None = None,
    resume_seconds: float = 0.0,
) -> APIRouter:
    """A router with the browser's WebSocket; ``serve_call`` runs one call on an accepted connection.

    Without ``admit`` nobody needs a token, and ``serve_call`` gets no grant. A client whose connection is lost has
    ``resume_seconds`` to come back to its call; with 0 the call is over.
    """
    router = APIRouter()
    returns = Returns(resume_seconds)

    @router.websocket("/ws")
    async def browser_call(websocket: WebSocket) -> None:
        origin, host = websocket.headers.get("origin"), websocket.headers.get("host", "")
        if not origin_allowed(origin, host, allowed_origins):
            refusal = f"Origin {origin} may not call; allow it with VANTUM_ALLOWED_ORIGINS.\n"
            await websocket.send_denial_response(PlainTextResponse(refusal, 403))
            return
        visitor = Visitor(websocket.client.host if websocket.client else "", origin)
        says_so = RESUME in websocket.query_params
        with ExitStack() as seated:
            full = _refusal_of(seated, seat)
            if full is not None and not returns.may_be_owed(says_so=says_so):
                await websocket.send_denial_response(_full(full))
                return
            # Only here: a token is not used up where there is no seat.
            entry = None if admit is None else admit(token_of(websocket), origin)
            if isinstance(entry, Denial):
                await websocket.send_denial_response(_denied(entry))
                return
            await websocket.accept()
            arrival = Arrival(StarletteSocket(websocket), limits, visitor, resumable=returns.on)
            if returns.may_be_one(visitor, says_so=says_so) and await returns.claimed(arrival):
                # The call that it comes back to has a seat.
                seated.close()
                await returns.stay(arrival)
            elif full is not None:
                await returns.turn_away(arrival, str(full))
            else:
                await serve_call(returns.call_of(arrival, output_rate), entry)

    return router


def _refusal_of(seated: ExitStack, seat: Seat) -> CapacityError | None:
    """Why there is no seat; None when one is taken, until ``seated`` is closed."""
    try:
        seated.enter_context(seat())
    except CapacityError as full:
        return full
    return None


def _full(full: CapacityError) -> PlainTextResponse:
    retry = full.refusal.retry_seconds if isinstance(full, RefusedError) else RETRY_SECONDS
    return PlainTextResponse(f"{full}\n", 503, {"Retry-After": str(retry)})


def token_of(connection: HTTPConnection) -> str:
    """The token that a client sends: browsers in the address, programs in a header; "" without one."""
    scheme, _, given = connection.headers.get("authorization", "").partition(" ")
    if scheme.lower() == BEARER:
        return given.strip()
    return connection.query_params.get("token", "")


def _denied(denial: Denial) -> PlainTextResponse:
    headers = {"WWW-Authenticate": "Bearer"} if denial.status == 401 else {}
    return PlainTextResponse(f"{denial.sentence}\n", denial.status, headers)


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
