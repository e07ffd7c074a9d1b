"""The browser's routes: `/ws`, with who may open it decided before the handshake is answered."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import urlsplit

from fastapi import APIRouter
from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse
from starlette.websockets import WebSocket

from transports.browser.arrival import Arrival
from transports.browser.returns import NO_ROOM, Returns
from transports.browser.transport import BrowserTransport
from transports.connection import POLICY_VIOLATION, ConnectionLimits
from transports.socket import RETURN_EXTENSION, StarletteSocket
from vantum.core.access_token import Denial, Grant
from vantum.core.admission import RefusedError
from vantum.core.client_address import Network, client_address
from vantum.core.errors import CapacityError
from vantum.core.resumption import Visitor

RESUME = "resume"
"""In the query of who says that it comes back: the token of its call, or nothing that proves whose it was."""
RETRY_SECONDS = 10
LOCAL_HOSTS = frozenset({"localhost", "127.0.0.1", "::1"})
BEARER = "bearer"


class Gate(Protocol):
    """Looks at the tokens of those who want a call; it never waits."""

    def admit(self, token: str, origin: str | None) -> Grant | Denial:
        """Use a token ("" without one) with a header ``Origin``: what it allows, or why it does not."""

    def give_back(self, grant: Grant) -> None:
        """Who was admitted began no call, and used nothing up."""


Seat = Callable[[], AbstractContextManager[None]]
"""A place for one call; entering it raises CapacityError when no call is taken now."""
ServeCall = Callable[[BrowserTransport, Grant | None], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Reception:
    """Who may have a call, and how it is served.

    ``serve_call`` runs one call on an accepted connection. Without ``gate`` nobody needs a token, and it gets no
    grant. A client that is back in its call needs no token either. ``proxies`` are believed in where a client is.
    """

    seat: Seat
    serve_call: ServeCall
    output_rate: int
    limits: ConnectionLimits
    returns: Returns
    allowed_origins: tuple[str, ...] = ()
    gate: Gate | None = None
    proxies: tuple[Network, ...] = ()

    async def receive(self, websocket: WebSocket) -> None:
        """Refuse a connection, or serve it to its end."""
        origin, host = websocket.headers.get("origin"), websocket.headers.get("host", "")
        if not origin_allowed(origin, host, self.allowed_origins):
            refusal = f"Origin {origin} may not call; allow it with VANTUM_ALLOWED_ORIGINS.\n"
            await websocket.send_denial_response(PlainTextResponse(refusal, 403))
            return
        visitor = Visitor(address_of(websocket, self.proxies), origin)
        asked = websocket.query_params.get(RESUME)
        proof = self.returns.proof_in(asked, visitor)
        with ExitStack() as seated:
            full = _refusal_of(seated, self.seat)
            if full is not None and not self.returns.may_be_owed(says_so=asked is not None):
                await websocket.send_denial_response(_full(full))
                return
            # Only here: a token is not used up where there is no seat.
            entry = None if self.gate is None or proof else self.gate.admit(token_of(websocket), origin)
            if isinstance(entry, Denial):
                await websocket.send_denial_response(_denied(entry))
                return
            await websocket.accept()
            socket, resumable = StarletteSocket(websocket), self.returns.on
            stamp = self.returns.stamp
            arrival = Arrival(socket, self.limits, visitor, resumable=resumable, proof=proof, stamp=stamp)
            if self.returns.may_be_one(visitor, says_so=asked is not None) and await self.returns.claimed(
                arrival
            ):
                # The call that it comes back to has a seat.
                seated.close()
                self._came_back(websocket, entry)
                await self.returns.stay(arrival)
            elif full is not None:
                await self.returns.turn_away(arrival, NO_ROOM, str(full))
            else:
                await self._begin(websocket, arrival, entry)

    def _came_back(self, websocket: WebSocket, entry: Grant | None) -> None:
        """It is no call that begins: neither a token nor an address pays for it."""
        if self.gate is not None and entry is not None:
            self.gate.give_back(entry)
        extensions: dict[str, Callable[[], None]] = websocket.scope.get("extensions") or {}
        extensions.get(RETURN_EXTENSION, _nothing)()

    async def _begin(self, websocket: WebSocket, arrival: Arrival, entry: Grant | None) -> None:
        """A call of its own, also for who was let in to come back, and did not or could not any more."""
        if self.gate is not None and entry is None:
            late = self.gate.admit(token_of(websocket), arrival.visitor.origin)
            if isinstance(late, Denial):
                await self.returns.turn_away(arrival, POLICY_VIOLATION, late.sentence)
                return
            entry = late
        await self.serve_call(self.returns.call_of(arrival, self.output_rate), entry)


def browser_routes(reception: Reception) -> APIRouter:
    """A router with the browser's WebSocket."""
    router = APIRouter()

    @router.websocket("/ws")
    async def browser_call(websocket: WebSocket) -> None:
        await reception.receive(websocket)

    return router


def address_of(connection: HTTPConnection, proxies: tuple[Network, ...]) -> str:
    """Where a client is, also behind ``proxies``."""
    peer = connection.client.host if connection.client else ""
    return client_address(peer, connection.headers.getlist("x-forwarded-for"), proxies)


def _nothing() -> None:
    """Nobody counts connections."""


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
