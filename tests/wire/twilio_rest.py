"""Twilio's REST API, as much of it as placing and ending calls needs, with faults by a script."""

from __future__ import annotations

import asyncio
import base64
from collections import deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from http import HTTPStatus
from typing import Final
from urllib.parse import urlencode

from aiohttp import web

from tests.wire.twilio_call import ENDED, Call, HangUp, Replace

BASE: Final = "/2010-04-01/Accounts"
PAGE_SIZE: Final = 50
MAX_TWIML: Final = 4000

Json = dict[str, object]
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(frozen=True, slots=True)
class Refuse:
    """Answer a POST with an error; nothing has happened."""

    status: int
    code: int
    message: str = "Refused by the test"


@dataclass(frozen=True, slots=True)
class Hang:
    """Answer a POST that many seconds late; ``create`` says whether it is done all the same."""

    seconds: float
    create: bool = True


@dataclass(frozen=True, slots=True)
class Drop:
    """Close the connection without an answer to a POST; ``create`` says whether it is done all the same."""

    create: bool = True


Fault = Refuse | Hang | Drop


class _Refused(Exception):  # noqa: N818 - an answer
    """Answered as Twilio's error of this status and code."""

    def __init__(self, status: int, code: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code


@dataclass(frozen=True, slots=True)
class Account:
    """Who the customer is, and which numbers are theirs."""

    sid: str
    token: str
    numbers: Sequence[str]

    @property
    def uri(self) -> str:
        return f"{BASE}/{self.sid}"


@dataclass(slots=True)
class Rest:
    """The API over ``calls``, the oldest first; ``place`` begins a call. ``faults`` fall on the next POSTs."""

    account: Account
    calls: list[Call]
    place: Callable[[Mapping[str, str], frozenset[str]], Call]
    faults: deque[Fault] = field(default_factory=deque)

    def app(self) -> web.Application:
        app = web.Application(middlewares=[self._guard])
        mine = f"{BASE}/{{account}}"
        app.router.add_post(f"{mine}/Calls.json", self._faulty(self._create))
        app.router.add_get(f"{mine}/Calls.json", self._list)
        app.router.add_post(f"{mine}/Calls/{{sid}}.json", self._faulty(self._update))
        app.router.add_get(f"{mine}/Calls/{{sid}}.json", self._fetch)
        app.router.add_get(f"{mine}/IncomingPhoneNumbers.json", self._numbers)
        app.router.add_get(f"{mine}.json", self._account)
        return app

    @web.middleware
    async def _guard(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Let nobody in but the account, and say every error in Twilio's form."""
        try:
            self._admit(request)
            return await handler(request)
        except _Refused as error:
            return _error(error.status, error.code, str(error))
        except web.HTTPNotFound:
            missing = _not_found(request)
            return _error(missing.status, missing.code, str(missing))
        except web.HTTPMethodNotAllowed:
            return _error(405, 20004, "Method not allowed")

    def _admit(self, request: web.Request) -> None:
        if not self._is_known(request.headers.get("Authorization", "")):
            raise _Refused(401, 20003, "Authenticate")
        if request.match_info.get("account") not in (None, self.account.sid):
            raise _not_found(request)

    def _is_known(self, header: str) -> bool:
        scheme, _, credentials = header.partition(" ")
        expected = base64.b64encode(f"{self.account.sid}:{self.account.token}".encode()).decode()
        return scheme.lower() == "basic" and credentials == expected

    def _faulty(self, handler: Handler) -> Handler:
        """Apply the next fault, if there is one, to a POST."""

        async def answer(request: web.Request) -> web.StreamResponse:
            fault = self.faults.popleft() if self.faults else None
            match fault:
                case None:
                    return await handler(request)
                case Refuse(status, code, message):
                    return _error(status, code, message)
                case Hang() | Drop():
                    done = await handler(request) if fault.create else None
            if isinstance(fault, Hang):
                await asyncio.sleep(fault.seconds)
                return done or _error(500, 20500, "Internal server error")
            if request.transport is not None:
                request.transport.abort()
            return web.Response()

        return answer

    async def _create(self, request: web.Request) -> web.StreamResponse:
        data = await request.post()
        form = {name: str(value) for name, value in data.items()}
        self._check(form)
        events = (str(value) for value in data.getall("StatusCallbackEvent", ["completed"]))
        call = self.place(form, frozenset(events))
        return web.json_response(call.resource(), status=HTTPStatus.CREATED)

    def _check(self, form: Mapping[str, str]) -> None:
        to, from_ = form.get("To", ""), form.get("From", "")
        if not to:
            raise _Refused(400, 21201, "No 'To' number is specified")
        if not from_:
            raise _Refused(400, 21213, "No 'From' number is specified")
        if "Url" not in form and "Twiml" not in form:
            raise _Refused(400, 21205, "Url or Twiml parameter is required")
        if len(form.get("Twiml", "")) > MAX_TWIML:
            raise _Refused(400, 21617, f"The Twiml is longer than {MAX_TWIML} characters")
        if from_ not in self.account.numbers:
            raise _Refused(400, 21210, f"The source phone number provided, {from_}, is not yet verified")
        if not (to.startswith("+") and to[1:].isdecimal()):
            raise _Refused(400, 21211, f"The phone number you are attempting to call, {to}, is not valid.")

    async def _list(self, request: web.Request) -> web.StreamResponse:
        query = request.query
        wanted = [call for call in reversed(self.calls) if _matches(call, query)]
        size, page = int(query.get("PageSize", PAGE_SIZE)), int(query.get("Page", 0))
        items = [call.resource() for call in wanted[page * size : (page + 1) * size]]
        filters = {name: value for name, value in query.items() if name not in ("Page", "PageSize")}
        pages = _Pages(f"{self.account.uri}/Calls.json", filters, size, page)
        return web.json_response(pages.facts(len(items), len(wanted)) | {"calls": items})

    async def _fetch(self, request: web.Request) -> web.StreamResponse:
        return web.json_response(self._call(request).resource())

    async def _update(self, request: web.Request) -> web.StreamResponse:
        call = self._call(request)
        form = await request.post()
        talking = call.status == "in-progress"
        status, twiml = form.get("Status"), form.get("Twiml")
        if call.status in ENDED or (twiml is not None and not talking):
            raise _Refused(400, 21220, "Call is not in-progress. Cannot redirect.")
        if status not in (None, "canceled", "completed"):
            raise _Refused(400, 21218, f"Invalid Status {status!r}")
        if twiml is not None:
            call.commands.put_nowait(Replace(str(twiml)))
        # A call that is answered already cannot be canceled any more; Twilio does nothing then.
        elif status == "completed" or (status == "canceled" and not talking):
            call.commands.put_nowait(HangUp())
        return web.json_response(call.resource())

    def _call(self, request: web.Request) -> Call:
        found = [call for call in self.calls if call.sid == request.match_info["sid"]]
        if not found:
            raise _not_found(request)
        return found[0]

    async def _account(self, request: web.Request) -> web.StreamResponse:
        facts = {
            "sid": self.account.sid,
            "owner_account_sid": self.account.sid,
            "friendly_name": "stand-in",
            "status": "active",
            "type": "Full",
            "date_created": format_datetime(datetime.now(UTC)),
            "date_updated": format_datetime(datetime.now(UTC)),
            "uri": f"{self.account.uri}.json",
            "subresource_uris": {},
        }
        return web.json_response(facts)

    async def _numbers(self, request: web.Request) -> web.StreamResponse:
        wanted = request.query.get("PhoneNumber", "")
        items: list[Json] = [
            {
                "sid": f"PN{place:032x}",
                "account_sid": self.account.sid,
                "phone_number": number,
                "friendly_name": number,
                "capabilities": {"voice": True, "sms": False, "mms": False, "fax": False},
                "status": "in-use",
                "api_version": "2010-04-01",
                "uri": f"{self.account.uri}/IncomingPhoneNumbers/PN{place:032x}.json",
            }
            for place, number in enumerate(self.account.numbers)
            if wanted in number
        ]
        pages = _Pages(f"{self.account.uri}/IncomingPhoneNumbers.json", {}, max(PAGE_SIZE, len(items)), 0)
        facts = pages.facts(len(items), len(items))
        return web.json_response(facts | {"incoming_phone_numbers": items})


@dataclass(frozen=True, slots=True)
class _Pages:
    """The paging fields of a list."""

    path: str
    filters: Mapping[str, str]
    size: int
    page: int

    def facts(self, shown: int, total: int) -> Json:
        first = self.page * self.size
        return {
            "page": self.page,
            "page_size": self.size,
            "start": first,
            "end": max(first + shown - 1, 0),
            "uri": self._uri(self.page),
            "first_page_uri": self._uri(0),
            "previous_page_uri": self._uri(self.page - 1) if self.page else None,
            "next_page_uri": self._uri(self.page + 1) if first + shown < total else None,
        }

    def _uri(self, page: int) -> str:
        return f"{self.path}?{urlencode({**self.filters, 'PageSize': self.size, 'Page': page})}"


def _matches(call: Call, query: Mapping[str, str]) -> bool:
    facts = {"To": call.to, "From": call.from_, "Status": call.status}
    return all(query.get(name, value) == value for name, value in facts.items())


def _not_found(request: web.Request) -> _Refused:
    return _Refused(404, 20404, f"The requested resource {request.path} was not found")


def _error(status: int, code: int, message: str) -> web.Response:
    more = f"https://www.twilio.com/docs/errors/{code}"
    return web.json_response(
        {"code": code, "message": message, "more_info": more, "status": status}, status=status
    )
