"""The door of the application: turns away who has or begins too many calls, before anything is done for them.

Browsers are counted by their address, and whoever uses the REST API by their key. Programs on this machine are not
counted, nor is Twilio, whose requests are signed.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from starlette.datastructures import Headers, QueryParams
from starlette.responses import JSONResponse, PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocket

from transports.browser.routes import RESUME
from transports.socket import RETURN_EXTENSION
from vantum.api_keys import ApiKeys
from vantum.core.admission import Reason
from vantum.core.client_address import Network, client_address, owner
from vantum.core.quota import Excess, Held, Limits, Pace, Quota
from vantum.settings import Settings

CALL: Final = "/ws"
PLACE: Final = "/api/calls"
MINT: Final = "/api/tokens"
BEARER: Final = "bearer "


@dataclass(frozen=True, slots=True)
class DoorLimits:
    """How many calls one address and one key may have, and which proxies are believed."""

    address: Limits
    key: Limits
    trusted_proxies: tuple[Network, ...] = ()


def limits_of(settings: Settings) -> DoorLimits:
    """What the settings say."""
    return DoorLimits(
        Limits(settings.max_calls_per_address, settings.calls_per_minute_per_address),
        Limits(settings.max_calls_per_key, settings.calls_per_minute_per_key),
        settings.trusted_proxies,
    )


class Visit:
    """One connection of ``who``, which is counted until it ends, or until it turns out to begin no call."""

    def __init__(self, addresses: Quota, who: str) -> None:
        self._addresses = addresses
        self._who = who
        self._counted = True

    def forget(self) -> None:
        """It was no new call after all."""
        if self._counted:
            self._counted = False
            self._addresses.give_back(self._who)

    def end(self) -> None:
        """It is over."""
        if self._counted:
            self._counted = False
            self._addresses.release(self._who)


class Door:
    """An ASGI application in front of ``app``.

    ``keys`` are those of the REST API; ``is_live`` tells whether the call with an id is not over yet. ``comes_back``
    tells whether a token is that of a call that a client at an address may come back to, and ``refused`` is told of
    everybody who is turned away.
    """

    def __init__(
        self,
        app: ASGIApp,
        limits: DoorLimits,
        keys: ApiKeys,
        is_live: Callable[[str], bool],
        comes_back: Callable[[str, str], bool],
        refused: Callable[[Reason], None],
    ) -> None:
        self._app = app
        self._keys = keys
        self._proxies = limits.trusted_proxies
        self._addresses = Quota(limits.address)
        self._pace = Pace(limits.key.per_minute)
        self._held = Held(limits.key.live, is_live)
        self._comes_back = comes_back
        self._refused = refused

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let in, or answer with a 429."""
        match scope:
            case {"type": "websocket", "path": str(path)} if path == CALL:
                await self._call(scope, receive, send)
            case {"type": "http", "method": "POST", "path": str(path)} if path in (PLACE, MINT):
                await self._ask(path, scope, receive, send)
            case _:
                await self._app(scope, receive, send)

    async def _call(self, scope: Scope, receive: Receive, send: Send) -> None:
        """A browser's call, which lasts as long as its connection; who comes back to one begins none."""
        address = self._address_of(scope)
        who, proof = owner(address), _asked_in(scope)
        if not who or (proof and self._comes_back(proof, address)):
            await self._app(scope, receive, send)
            return
        excess = self._addresses.take(who, time.monotonic())
        if excess is not None:
            self._refused(Reason.ADDRESS)
            words = f"There are too many calls from this address: {excess.words}.\n"
            answer = PlainTextResponse(words, 429, _retry(excess))
            await WebSocket(scope, receive, send).send_denial_response(answer)
            return
        visit = Visit(self._addresses, who)
        scope.setdefault("extensions", {})[RETURN_EXTENSION] = visit.forget
        try:
            await self._app(scope, receive, send)
        finally:
            visit.end()

    async def _ask(self, path: str, scope: Scope, receive: Receive, send: Send) -> None:
        """A call to place, or a token to mint."""
        who, now = self._key_of(scope), time.monotonic()
        if not who:
            # Without a good key, it is for the API to say so.
            await self._app(scope, receive, send)
            return
        excess = self._pace.excess(who, now)
        if excess is None and path == PLACE:
            excess = self._held.ask(who)
        if excess is not None:
            self._refused(Reason.KEY)
            told = {"detail": f"Too much is asked with this key: {excess.words}."}
            await JSONResponse(told, 429, _retry(excess))(scope, receive, send)
            return
        self._pace.count(who, now)
        if path == PLACE:
            await self._place(who, scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _place(self, who: str, scope: Scope, receive: Receive, send: Send) -> None:
        placed = ""

        async def send_noted(message: Message) -> None:
            nonlocal placed
            if message["type"] == "http.response.start" and message["status"] == 202:
                placed = Headers(raw=message["headers"]).get("location", "").rpartition("/")[2]
            await send(message)

        try:
            await self._app(scope, receive, send_noted)
        finally:
            self._held.answer(who, placed)

    def _address_of(self, scope: Scope) -> str:
        """Where the client is."""
        peer = scope["client"][0] if scope.get("client") else ""
        return client_address(peer, Headers(scope=scope).getlist("x-forwarded-for"), self._proxies)

    def _key_of(self, scope: Scope) -> str:
        """Under which name the client's key is counted; "" without a key that is one."""
        given = Headers(scope=scope).get("authorization", "")
        key = given[len(BEARER) :].strip()
        if not given.lower().startswith(BEARER) or not self._keys.accept(key):
            return ""
        return hashlib.sha256(key.encode()).hexdigest()


def _asked_in(scope: Scope) -> str:
    """What the address says of a call that the client comes back to; "" for nothing."""
    return QueryParams(scope.get("query_string", b"")).get(RESUME, "")


def _retry(excess: Excess) -> dict[str, str]:
    return {"Retry-After": str(excess.retry_seconds)}
