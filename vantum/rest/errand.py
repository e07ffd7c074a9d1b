"""One request on its way: who asks, when, and how what they want changed is changed, once.

A change, its line in the audit log and the answer that a repeated request gets are one transaction: there is never
one of them without the others. Only work that has transactions of its own is answered behind them.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Final

from fastapi import Depends, Header, Request, Response
from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession

from vantum.rest.access import Principal
from vantum.rest.fields import VISIBLE
from vantum.rest.paging import JSON
from vantum.rest.problems import Kind, Refused
from vantum.rest.route import principal_of
from vantum.store import audit, idempotency
from vantum.store.audit import Deed
from vantum.store.engine import Store
from vantum.store.idempotency import Answered, Different, Taken, UnderWay
from vantum.store.write_line import Haste

LONGEST_IDEMPOTENCY_KEY: Final = 255
REPLAYED: Final = {"Idempotency-Replayed": "true"}
RETRY_SECONDS: Final = 1
UNDER_WAY: Final = "The first request with this key is not answered yet: ask again."

IdempotencyKey = Annotated[
    str | None,
    Header(
        max_length=LONGEST_IDEMPOTENCY_KEY,
        pattern=VISIBLE,
        description="The same request with the same key is done once, and answered alike for 24 hours.",
        examples=["019cabd8-contact-1042"],
    ),
]


@dataclass(frozen=True, slots=True)
class Office:
    """What all requests share: the store, and the clock."""

    store: Store
    clock: Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Told:
    """What a change is answered with.

    With the status 201 it has an ``id``. ``kept`` is what a repeated request is told instead, where the answer holds
    a secret.
    """

    view: BaseModel
    status: int = 201
    kept: BaseModel | None = None

    @property
    def text(self) -> str:
        """The answer in JSON."""
        return self.view.model_dump_json(by_alias=True)

    @property
    def kept_text(self) -> str:
        """The answer in JSON, as it is kept."""
        return (self.kept or self.view).model_dump_json(by_alias=True)


Work = Callable[[AsyncSession], Awaitable[Told]]
"""What is done in one transaction; it may run several times, and changes nothing but the database."""


@dataclass(frozen=True, slots=True)
class Errand:
    """A request of ``who`` at the moment ``at``."""

    request: Request
    who: Principal
    at: datetime
    office: Office
    key: str | None = None

    @property
    def store(self) -> Store:
        """The store."""
        return self.office.store

    @property
    def org_id(self) -> str:
        """For which organisation is asked."""
        return self.who.org_id

    def reading(self) -> AbstractAsyncContextManager[AsyncSession]:
        """A transaction that sees one moment of the database."""
        return self.store.reading()

    async def note(
        self,
        session: AsyncSession,
        action: str,
        subject_id: str,
        details: Mapping[str, object] | None = None,
    ) -> None:
        """Write into the audit log what is done: ``action`` is like "contact.create"."""
        deed = Deed(action, action.partition(".")[0], subject_id, details or {})
        await audit.add(session, self.org_id, self.who.actor, deed)

    async def do(self, work: Work, haste: Haste = Haste.USUAL) -> Response:
        """Do what is asked for in one transaction, once for all requests with the same key.

        ``haste`` says what is written first.
        """

        async def done(taken: Taken | None) -> Told:
            async def answered(session: AsyncSession) -> Told:
                told = await work(session)
                await self._keep(session, taken, told)
                return told

            return await self.store.write(answered, haste)

        return await self._once(done, haste=haste)

    async def do_apart(self, work: Callable[[], Awaitable[Told]], sent: bytes | None = None) -> Response:
        """The same for work with transactions of its own; after a crash it may be done again, and must bear that.

        ``sent`` stands for a body that was read as a stream: its hash, and what else makes the request another one.
        """

        async def done(taken: Taken | None) -> Told:
            told = await work()
            if taken is not None:
                await self.store.write(lambda session: self._keep(session, taken, told))
            return told

        return await self._once(done, sent)

    async def _once(
        self,
        done: Callable[[Taken | None], Awaitable[Told]],
        sent: bytes | None = None,
        *,
        haste: Haste = Haste.USUAL,
    ) -> Response:
        if self.key is None:
            return self._response(await done(None))
        key, request_hash = self.key, await self._hash(sent)
        standing = await self.store.write(
            lambda session: idempotency.take(session, self.org_id, key, request_hash, self.at), haste
        )
        match standing:
            case Taken():
                try:
                    return self._response(await done(standing))
                except Exception:
                    await self.store.write(
                        lambda session: idempotency.give_back(session, self.org_id, standing)
                    )
                    raise
            case Answered(status, body):
                return self._answer(body, status, REPLAYED)
            case UnderWay():
                raise _under_way()
            case Different():
                raise Refused(Kind.KEY_REUSED, "Another request was sent with this key. Use a new one.")

    async def _keep(self, session: AsyncSession, taken: Taken | None, told: Told) -> None:
        if taken is None:
            return
        if not await idempotency.answer(session, self.org_id, taken, told.status, told.kept_text):
            # It took so long that another request has the key now, and will do it.
            raise _under_way()

    def _response(self, told: Told) -> Response:
        return self._answer(told.text, told.status)

    def _answer(self, body: str, status: int, headers: Mapping[str, str] | None = None) -> Response:
        told = dict(headers or {})
        if status == 201:
            path, made = self.request.scope["path"], json.loads(body)["id"]
            told["Location"] = f"{path}/{made}"
        return Response(body, status, told, JSON)

    async def _hash(self, sent: bytes | None) -> str:
        """What makes a request the same: who asks, what for, and the body to the letter."""
        actor, scope = self.who.actor, self.request.scope
        asked = f"{scope['path']}?{scope['query_string'].decode('latin-1')}"
        head = "\n".join((actor.kind, actor.id or "", self.request.method, asked))
        body = await self.request.body() if sent is None else sent
        return hashlib.sha256(head.encode() + b"\n" + body).hexdigest()


def errand_of(request: Request) -> Errand:
    """The errand of a request that reads, or that is the same however often it is sent."""
    office = _office_of(request)
    return Errand(request, principal_of(request.scope), office.clock(), office)


def posting_of(request: Request, idempotency_key: IdempotencyKey = None) -> Errand:
    """The errand of a request that may carry a key."""
    office = _office_of(request)
    return Errand(request, principal_of(request.scope), office.clock(), office, idempotency_key)


Asking = Annotated[Errand, Depends(errand_of)]
Posting = Annotated[Errand, Depends(posting_of)]


def _office_of(request: Request) -> Office:
    office = request.app.state.office
    if not isinstance(office, Office):
        raise TypeError("The application has an office.")
    return office


def _under_way() -> Refused:
    return Refused(Kind.UNDER_WAY, UNDER_WAY, headers={"Retry-After": str(RETRY_SECONDS)})
