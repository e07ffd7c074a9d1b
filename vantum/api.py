"""The REST API: place calls, follow them, and act on those under way.

It needs a key of ``VANTUM_API_KEYS``; as long as there is none, it answers programs on this machine only.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Annotated, Any, Final

from fastapi import APIRouter, HTTPException, Path, Query, Response, Security

from vantum.api_bodies import CALL_ID, EXAMPLE_ID, CallId, Invalid, NewCall, Problem, Say, Transfer
from vantum.api_keys import ApiKeys
from vantum.api_route import BEARER, guarded, unprocessable
from vantum.call_folder import folder_of
from vantum.call_views import BROWSER, CallSummary, CallView, Page, page_of, state_of, summary_of, view_of
from vantum.core.errors import CallStateError, CapacityError, DialError, PipelineError, QueueFullError
from vantum.phone.phone import Phone, Wanted
from vantum.phone.phone_call import PhoneCall, read_call
from vantum.phone.switchboard import Switchboard
from vantum.record import read_record
from vantum.services import Services

Responses = dict[int | str, dict[str, Any]]

PHONE_OFF: Final = "Phone calls are off: set TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN and VANTUM_PUBLIC_URL."
RETRY_SECONDS: Final = 10


def refusal(description: str, **headers: str) -> dict[str, Any]:
    """How OpenAPI is told of an answer that refuses."""
    told = {name: {"description": about, "schema": {"type": "string"}} for name, about in headers.items()}
    return {"model": Problem, "description": description} | ({"headers": told} if told else {})


UNAUTHORIZED: Final[Responses] = {401: refusal("The key is missing or wrong.")}
FORBIDDEN: Final[Responses] = {403: refusal("Without keys only programs on this machine are answered.")}
INVALID: Final[Responses] = {
    422: {"model": Invalid, "description": "Something in the request cannot be used."}
}
TOO_LONG: Final[Responses] = {413: refusal("The body is too long.")}
NOT_FOUND: Final[Responses] = {404: refusal("There is no such call.")}
BLOCKED: Final[Responses] = {
    409: refusal("The number is not dialed, there is none to call from, or phone calls are off.")
}
CONFLICT: Final[Responses] = {409: refusal("The call's state does not allow it.")}
BUSY: Final[Responses] = {
    429: refusal("Too many calls wait to be placed."),
    503: refusal("No call is placed now."),
}
PLACED: Final[Responses] = {
    202: {
        "description": "The call is on disk and waits to be dialed.",
        "headers": {"Location": {"description": "Where the call is told.", "schema": {"type": "string"}}},
    }
}
ACTED: Final[Responses] = NOT_FOUND | CONFLICT


class CallDesk:
    """Does what the API is asked; what cannot be done becomes a status and a sentence."""

    def __init__(self, services: Services, phone: Phone | None) -> None:
        self._services = services
        self._phone = phone

    @property
    def _telephone(self) -> Phone:
        if self._phone is None:
            raise HTTPException(409, PHONE_OFF)
        return self._phone

    async def place(self, wanted: NewCall) -> CallSummary:
        """Write a call down and queue it."""
        try:
            placed = await self._telephone.place(
                Wanted(
                    to_number=wanted.to,
                    from_number=wanted.from_ or "",
                    pipeline=wanted.pipeline or "",
                    variables=wanted.variables,
                    voicemail=wanted.voicemail or "",
                    idempotency_key=wanted.idempotency_key or "",
                    carrier=wanted.carrier,
                    not_after=wanted.not_after,
                )
            )
        except PipelineError as error:
            raise unprocessable("pipeline", ("body", "pipeline"), str(error)) from None
        except DialError as error:
            raise HTTPException(409, str(error)) from None
        except CapacityError as error:
            status = 429 if isinstance(error, QueueFullError) else 503
            raise HTTPException(status, str(error), {"Retry-After": str(RETRY_SECONDS)}) from None
        return summary_of(placed)

    async def page(self, limit: int, before: str | None) -> Page:
        """Calls of the past and those under way, the newest first."""
        under_way = self._phone.book.known() if self._phone else {}
        data, is_open = self._services.settings.data, self._services.writer.is_open
        return await asyncio.to_thread(page_of, data, limit, before, under_way, is_open)

    async def claimed(self, key: str) -> Page:
        """The call that an idempotency key was used for, if there is one."""
        call = await self._telephone.book.claimed(key)
        return Page(calls=[] if call is None else [summary_of(call)], next=None)

    async def find(self, call_id: str, *, with_words: bool = True) -> CallView:
        """One call; a 404 when there is none. Without the words, one under way is told from memory."""
        call = self._phone.book.known().get(call_id) if self._phone else None
        if call is not None and not call.over and not with_words:
            return state_of(call)
        view = await asyncio.to_thread(self._read, call_id, call)
        if view is None:
            raise HTTPException(404, f"There is no call {call_id}.")
        return view

    async def act(self, call_id: str, act: Callable[[Switchboard], Awaitable[None]]) -> CallSummary:
        """Do something to a call under way; a 409 when its state does not allow it."""
        call = await self.find(call_id)
        board = self._telephone.switchboard
        if call.transport == BROWSER:
            raise HTTPException(409, "This is the call of a browser: only phone calls can be acted on.")
        try:
            await act(board)
        except CallStateError as error:
            raise HTTPException(409, str(error)) from None
        return CallSummary.model_validate((await self.find(call_id)).model_dump())

    def _read(self, call_id: str, call: PhoneCall | None) -> CallView | None:
        data, writer = self._services.settings.data, self._services.writer
        if writer.is_open(call_id):
            # What happened just now waits for the writer's next round.
            writer.flush()
        record = read_record(data, call_id, writer.is_open)
        return view_of(call or read_call(folder_of(data, call_id)), record)


def guarded_router(services: Services, prefix: str, tag: str) -> APIRouter:
    """A router that only those may use who may use the REST API."""
    settings = services.settings
    keys = ApiKeys(key.get_secret_value() for key in settings.api_keys)
    return APIRouter(
        prefix=prefix,
        tags=[tag],
        responses=(UNAUTHORIZED if keys.configured else FORBIDDEN) | INVALID,
        # The route looks at the key itself, before the body is read: this tells OpenAPI that it does.
        dependencies=[Security(BEARER)] if keys.configured else [],
        route_class=guarded(keys, settings.allowed_origins),
    )


def record_routes(services: Services) -> APIRouter:
    """A router with the records of calls, event by event."""
    router = guarded_router(services, "/calls", "records")
    settings = services.settings

    @router.get("/{call_id}", summary="Tell the record of a call", responses=NOT_FOUND)
    def get_record(
        call_id: Annotated[str, Path(description="The id of a call.", examples=[EXAMPLE_ID])],
    ) -> dict[str, object]:
        """The record of one call, live or past."""
        record = read_record(settings.data, call_id, services.writer.is_open)
        if record is None:
            raise HTTPException(404, f"There is no record of a call {call_id[:64]!r}.")
        return record

    return router


def api_routes(services: Services, phone: Phone | None) -> APIRouter:
    """A router with the REST API; without ``phone`` it tells of past calls and places none."""
    desk = CallDesk(services, phone)
    router = guarded_router(services, "/api/calls", "calls")

    @router.post("", status_code=202, summary="Place a call", responses=PLACED | BLOCKED | TOO_LONG | BUSY)
    async def place_call(wanted: NewCall, response: Response) -> CallSummary:
        """Place a call. It is on disk when this answers; follow it with its id."""
        placed = await desk.place(wanted)
        response.headers["Location"] = f"/api/calls/{placed.id}"
        return placed

    @router.get("", summary="List calls", responses=BLOCKED)
    async def list_calls(
        limit: Annotated[int, Query(ge=1, le=200, description="How many calls to tell at most.")] = 50,
        before: Annotated[
            str | None,
            Query(pattern=CALL_ID, description="Only calls older than this one.", examples=[EXAMPLE_ID]),
        ] = None,
        key: Annotated[
            str | None,
            Query(
                alias="idempotencyKey",
                min_length=1,
                max_length=200,
                description="Only the call that this key was used for.",
                examples=["order-1042-reminder-1"],
            ),
        ] = None,
    ) -> Page:
        """Calls of the phone and of browsers, the newest first; ask with `before` set to `next` for more."""
        return await desk.page(limit, before) if key is None else await desk.claimed(key)

    @router.get("/{call_id}", summary="Tell of a call", responses=NOT_FOUND)
    async def get_call(
        call_id: CallId,
        transcript: Annotated[
            bool,
            Query(description="`false` while a call is under way tells of its state alone, at little cost."),
        ] = True,
    ) -> CallView:
        """One call: its state, its outcome, what was said, and how long each answer took."""
        return await desk.find(call_id, with_words=transcript)

    @router.post("/{call_id}/hangup", status_code=202, summary="Hang up", responses=ACTED)
    async def hang_up(call_id: CallId) -> CallSummary:
        """End a call at once, or cancel it before it is answered."""
        return await desk.act(call_id, lambda board: board.hang_up(call_id))

    @router.post("/{call_id}/say", status_code=202, summary="Say something", responses=ACTED | TOO_LONG)
    async def say(call_id: CallId, words: Say) -> CallSummary:
        """Have the bot say something, once it has said what it is saying."""
        return await desk.act(call_id, lambda board: board.say(call_id, words.text))

    @router.post(
        "/{call_id}/transfer", status_code=202, summary="Put through to a human", responses=ACTED | TOO_LONG
    )
    async def transfer(call_id: CallId, to: Transfer) -> CallSummary:
        """Put a call through to a human, once the bot has said so."""
        return await desk.act(call_id, lambda board: board.transfer(call_id, to.to, to.say or ""))

    return router
