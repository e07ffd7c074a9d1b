"""The door of the API: finds out who asks, and turns away whoever is nobody, before anything is read.

Two kinds of keys open it: those of ``VANTUM_API_KEYS``, whose bearers own the organisation that is there from the
start, and those of the store. As long as ``VANTUM_API_KEYS`` is empty, programs on this machine need none.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from loguru import logger
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from transports.browser.routes import origin_allowed
from vantum.api_keys import ApiKeys, from_this_machine
from vantum.core.quota import Pace
from vantum.rest.access import ALL_RIGHTS, Principal, lesser, rights_named
from vantum.rest.failures import TRANSLATED, refused_by
from vantum.rest.problems import Kind, Refused, answer
from vantum.rest.route import PRINCIPAL
from vantum.store import api_keys
from vantum.store.audit import Actor
from vantum.store.engine import Store
from vantum.store.orgs import DEFAULT_ORG_ID
from vantum.store.words import ActorKind, Role

DESCRIPTION: Final = "/api/openapi.json"
PAGE: Final = "/api/docs"
PAGE_STYLE: Final = "/api/docs.css"
OPEN: Final = frozenset({DESCRIPTION, PAGE, PAGE_STYLE})
"""Everybody may read these."""
PER_MINUTE: Final = 1_200
"""Requests of one key in a minute: twenty a second, which is more than a list of 100,000 needs in ten minutes."""
BEARER: Final = "bearer "
LONGEST_KEY: Final = 1_000
SEND_ONE: Final = "Send a key in the header `Authorization: Bearer KEY`."
CHALLENGE: Final = {"WWW-Authenticate": "Bearer"}


@dataclass(frozen=True, slots=True)
class Entrance:
    """Who is let in: the keys of ``VANTUM_API_KEYS``, sites whose pages may ask, and requests in a minute."""

    keys: ApiKeys
    allowed_origins: tuple[str, ...] = ()
    per_minute: int = PER_MINUTE


@dataclass(frozen=True, slots=True)
class Guest:
    """Who is let in; ``bearer`` is who has the key of the store that opened the door, None where none did."""

    principal: Principal
    bearer: api_keys.Bearer | None = None


class Door:
    """An ASGI application in front of ``app``, which gets requests that have a principal."""

    def __init__(
        self,
        app: ASGIApp,
        store: Store,
        entrance: Entrance,
        clock: Callable[[], datetime],
        steady: Callable[[], float] = time.monotonic,
    ) -> None:
        self._app = app
        self._store = store
        self._entrance = entrance
        self._clock = clock
        self._steady = steady
        self._pace = Pace(entrance.per_minute)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let in, or answer with a problem."""
        if scope["type"] != "http" or scope["path"] in OPEN:
            await self._app(scope, receive, send)
            return
        try:
            guest = await self._admitted(Request(scope))
        except TRANSLATED as error:
            refused = refused_by(error)
            if refused is None:
                raise
            await answer(refused, scope["path"])(scope, receive, send)
            return
        scope[PRINCIPAL] = guest.principal
        await self._app(scope, receive, send)
        # Behind the answer: who only reads does not wait for those who write.
        if guest.bearer is not None:
            await self._note_use(guest.bearer)

    async def _admitted(self, request: Request) -> Guest:
        """Who asks; raises Refused for nobody, and for who asks too much."""
        headers = request.headers
        given = _key_in(headers)
        if given or self._entrance.keys.configured:
            origins = self._entrance.allowed_origins
            if not origin_allowed(headers.get("origin"), headers.get("host", ""), origins):
                told = "A page of this site may not; allow its origin with VANTUM_ALLOWED_ORIGINS."
                raise Refused(Kind.FORBIDDEN, told)
        if not given:
            return self._without_key(request)
        guest = await self._with_key(given)
        self._keep_pace(given)
        return guest

    def _without_key(self, request: Request) -> Guest:
        if self._entrance.keys.configured:
            raise Refused(Kind.UNAUTHORIZED, SEND_ONE, headers=CHALLENGE)
        headers = request.headers
        client = request.client.host if request.client else ""
        if not from_this_machine(client, headers.get("host", ""), headers.get("origin", ""), headers.keys()):
            raise Refused(
                Kind.FORBIDDEN, f"Without a key only programs on this machine are answered. {SEND_ONE}"
            )
        return Guest(_owner(ActorKind.SYSTEM))

    async def _with_key(self, given: str) -> Guest:
        if self._entrance.keys.accept(given):
            return Guest(_owner(ActorKind.KEY))
        at = self._clock()
        found = None
        if api_keys.is_key(given):
            async with self._store.reading() as session:
                found = await api_keys.bearer(session, given, at)
        if found is None:
            raise Refused(Kind.UNAUTHORIZED, "The key is unknown, revoked or over.", headers=CHALLENGE)
        role = found.role if found.user_role is None else lesser(found.role, found.user_role)
        actor = Actor(ActorKind.KEY, found.key_id)
        return Guest(Principal(found.org_id, role, rights_named(found.scopes), actor), found)

    async def _note_use(self, bearer: api_keys.Bearer) -> None:
        at = self._clock()
        if api_keys.use_is_noted(bearer.last_used_at, at):
            return
        try:
            await self._store.write(lambda session: api_keys.used(session, bearer.org_id, bearer.key_id, at))
        except (DBAPIError, PoolTimeoutError) as error:
            # It was answered already; the next use is noted.
            logger.warning("The use of a key was not noted.", reason=type(error).__name__)

    def _keep_pace(self, key: str) -> None:
        who, now = hashlib.sha256(key.encode()).hexdigest(), self._steady()
        excess = self._pace.excess(who, now)
        if excess is not None:
            told = f"At most {self._entrance.per_minute} requests a minute are answered for one key."
            raise Refused(Kind.TOO_MANY, told, headers={"Retry-After": str(excess.retry_seconds)})
        self._pace.count(who, now)


def _owner(kind: ActorKind) -> Principal:
    return Principal(DEFAULT_ORG_ID, Role.OWNER, ALL_RIGHTS, Actor(kind))


def _key_in(headers: Headers) -> str:
    """The key that a request has; "" for none."""
    given = headers.get("authorization", "")
    return given[len(BEARER) :].strip()[:LONGEST_KEY] if given.lower().startswith(BEARER) else ""
