"""The REST API: place calls, follow them, and act on those under way.

It needs a key of ``VANTUM_API_KEYS``; as long as there is none, it answers programs on this machine only.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Path, Query, Request, Response, Security
from fastapi.exceptions import RequestValidationError
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints
from pydantic.alias_generators import to_camel
from pydantic_core import PydanticCustomError

from vantum.api_keys import ApiKeys, from_this_machine
from vantum.call_folder import folder_of
from vantum.call_views import CallSummary, CallView, Page, page_of, summary_of, view_of
from vantum.core.errors import CallStateError, CapacityError, DialError, NumberError, PipelineError
from vantum.phone.numbers import LONGEST, e164
from vantum.phone.phone import Phone, Wanted
from vantum.phone.phone_call import PhoneCall, read_call
from vantum.phone.switchboard import Switchboard
from vantum.record import read_record
from vantum.services import Services

MOST_VARIABLES = 50
CALL_ID = r"^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$"


def _number(text: str) -> str:
    try:
        return e164(text)
    except NumberError as error:
        raise PydanticCustomError("phone_number", "{problem}", {"problem": str(error)}) from None


Number = Annotated[
    str,
    StringConstraints(max_length=LONGEST),
    AfterValidator(_number),
    Field(description="A phone number with its country code.", examples=["+14155550100"]),
]
Words = Annotated[str, StringConstraints(min_length=1, max_length=1000, pattern=r"\S")]
VariableName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_]{0,63}$")]
VariableValue = Annotated[str, StringConstraints(max_length=1000)]
CallId = Annotated[str, Path(pattern=CALL_ID, description="The id of a call.")]


class Asked(BaseModel):
    """A body: names as JavaScript writes them, and no others than these."""

    model_config = ConfigDict(alias_generator=to_camel, extra="forbid", frozen=True)


class NewCall(Asked):
    """A call to place."""

    to: Number
    from_: Annotated[Number | None, Field(alias="from")] = None
    pipeline: Annotated[
        str | None, Field(max_length=200, description="A pipeline beside the served one.")
    ] = None
    variables: Annotated[dict[VariableName, VariableValue], Field(max_length=MOST_VARIABLES)] = {}
    voicemail: Annotated[
        str | None,
        Field(max_length=2000, description="What to say to a machine; none: as the pipeline says."),
    ] = None
    idempotency_key: Annotated[
        str | None, Field(min_length=1, max_length=200, description="The same key never dials twice.")
    ] = None


class Say(Asked):
    """What the bot is to say next."""

    text: Words


class Transfer(Asked):
    """To whom the call is to go, and what to say before."""

    to: Number
    say: Words | None = None


class Problem(BaseModel):
    """Why a request was not granted."""

    detail: str


UNAUTHORIZED: dict[int | str, dict[str, Any]] = {
    401: {"model": Problem, "description": "A key is needed."},
    403: {"model": Problem, "description": "Without keys only programs on this machine are answered."},
}
NOT_FOUND: dict[int | str, dict[str, Any]] = {
    404: {"model": Problem, "description": "There is no such call."}
}
CONFLICT: dict[int | str, dict[str, Any]] = {
    409: {"model": Problem, "description": "The call's state does not allow it."}
}
PHONE_OFF = "Phone calls are off: set TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN and VANTUM_PUBLIC_URL."
UNAVAILABLE: dict[int | str, dict[str, Any]] = {
    503: {"model": Problem, "description": "No call is placed now."}
}


ACTED = NOT_FOUND | CONFLICT | UNAVAILABLE


BEARER = HTTPBearer(auto_error=False, description="One of the keys of VANTUM_API_KEYS.")


class CallDesk:
    """Does what the API is asked; what cannot be done becomes a status and a sentence."""

    def __init__(self, services: Services, phone: Phone | None) -> None:
        self._services = services
        self._phone = phone

    @property
    def _telephone(self) -> Phone:
        if self._phone is None:
            raise HTTPException(503, PHONE_OFF)
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
                )
            )
        except PipelineError as error:
            raise _unprocessable("pipeline", str(error)) from None
        except DialError as error:
            raise HTTPException(409, str(error)) from None
        except CapacityError as error:
            raise HTTPException(503, str(error), {"Retry-After": "10"}) from None
        return summary_of(placed)

    def page(self, limit: int, before: str | None) -> Page:
        """Calls of the past and those under way, the newest first."""
        under_way = {call.id: call for call in self._phone.book.open_calls()} if self._phone else {}
        return page_of(self._services.settings.data, limit, before, under_way)

    async def find(self, call_id: str) -> CallView:
        """One call; a 404 when there is none."""
        call = self._phone.book.live(call_id) if self._phone else None
        view = await asyncio.to_thread(self._read, call_id, call)
        if view is None:
            raise HTTPException(404, f"There is no call {call_id}.")
        return view

    async def act(self, call_id: str, act: Callable[[Switchboard], Awaitable[None]]) -> CallSummary:
        """Do something to a call under way; a 409 when its state does not allow it."""
        await self.find(call_id)
        try:
            await act(self._telephone.switchboard)
        except CallStateError as error:
            raise HTTPException(409, str(error)) from None
        return CallSummary.model_validate((await self.find(call_id)).model_dump())

    def _read(self, call_id: str, call: PhoneCall | None) -> CallView | None:
        data = self._services.settings.data
        record = read_record(data, call_id, self._services.writer.is_open)
        return view_of(call or read_call(folder_of(data, call_id)), record)


def api_routes(services: Services, phone: Phone | None) -> APIRouter:
    """A router with the REST API; without ``phone`` it tells of past calls and places none."""
    keys = ApiKeys(key.get_secret_value() for key in services.settings.api_keys)
    desk = CallDesk(services, phone)
    router = APIRouter(
        prefix="/api/calls", tags=["calls"], responses=UNAUTHORIZED, dependencies=[Security(_guard(keys))]
    )

    @router.post("", status_code=202, responses=UNAVAILABLE | CONFLICT)
    async def place_call(wanted: NewCall, response: Response) -> CallSummary:
        """Place a call. It is on disk when this answers; follow it with its id."""
        placed = await desk.place(wanted)
        response.headers["Location"] = f"/api/calls/{placed.id}"
        return placed

    @router.get("")
    def list_calls(
        limit: Annotated[int, Query(ge=1, le=200)] = 50,
        before: Annotated[str | None, Query(pattern=CALL_ID)] = None,
    ) -> Page:
        """Calls, the newest first."""
        return desk.page(limit, before)

    @router.get("/{call_id}", responses=NOT_FOUND)
    async def get_call(call_id: CallId) -> CallView:
        """One call: its state, its outcome, what was said, and how long each answer took."""
        return await desk.find(call_id)

    @router.post("/{call_id}/hangup", status_code=202, responses=ACTED)
    async def hang_up(call_id: CallId) -> CallSummary:
        """End a call at once, or cancel it before it is answered."""
        return await desk.act(call_id, lambda board: board.hang_up(call_id))

    @router.post("/{call_id}/say", status_code=202, responses=ACTED)
    async def say(call_id: CallId, words: Say) -> CallSummary:
        """Have the bot say something next."""
        return await desk.act(call_id, lambda board: board.say(call_id, words.text))

    @router.post("/{call_id}/transfer", status_code=202, responses=ACTED)
    async def transfer(call_id: CallId, to: Transfer) -> CallSummary:
        """Put a call through to a human, once the bot has said so."""
        return await desk.act(call_id, lambda board: board.transfer(call_id, to.to, to.say or ""))

    return router


def _guard(keys: ApiKeys) -> Callable[..., None]:
    def check(
        request: Request, given: Annotated[HTTPAuthorizationCredentials | None, Depends(BEARER)]
    ) -> None:
        if keys.configured:
            if given is None or not keys.accept(given.credentials):
                raise HTTPException(
                    401, "Send `Authorization: Bearer` with a key.", {"WWW-Authenticate": "Bearer"}
                )
            return
        client = request.client.host if request.client else ""
        headers = request.headers
        if not from_this_machine(client, headers.get("host", ""), headers.get("origin", ""), headers.keys()):
            raise HTTPException(403, "Without VANTUM_API_KEYS only programs on this machine are answered.")

    return check


def _unprocessable(name: str, problem: str) -> RequestValidationError:
    return RequestValidationError([{"type": name, "loc": ("body", name), "msg": problem, "input": None}])
