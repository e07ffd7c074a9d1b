"""Twilio's REST API: place, find and end calls, over the official SDK.

Nothing is tried twice here: a POST has no idempotency key, so whether to dial again is decided where the call's
record is. No type and no exception of the SDK leaves this file. Source: twilio.com/docs/voice/api/call-resource.
"""

from __future__ import annotations

import asyncio
import base64
import logging
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, Self, TypeVar

import aiohttp
from twilio.base.exceptions import TwilioException  # type: ignore[import-untyped]
from twilio.base.version import Version  # type: ignore[import-untyped]
from twilio.http.async_http_client import AsyncTwilioHttpClient  # type: ignore[import-untyped]
from twilio.http.response import Response  # type: ignore[import-untyped]
from twilio.rest import Client  # type: ignore[import-untyped]

# The client would import it on the loop, with the first request.
from twilio.rest.api import Api  # type: ignore[import-untyped]

from vantum.core.errors import VantumError

MAX_FOUND: Final = 20
MAX_NUMBERS: Final = 1_000
MAX_MESSAGE_LENGTH: Final = 300

STATUS_EVENTS: Final = ("initiated", "ringing", "answered", "completed")
PHONE_NUMBER: Final = re.compile(r"(?<![0-9A-Za-z])\+?[0-9]{7,15}(?![0-9A-Za-z])")

_UNREADABLE: Final = (ValueError, TypeError, AttributeError, LookupError)
"""What the SDK raises for an answer that is no JSON, or not the JSON that it expects."""

T = TypeVar("T")


class CarrierError(VantumError):
    """The carrier refused a request, or its answer never came.

    ``status`` is the HTTP status and ``code`` the carrier's error code; both are ``None`` when no answer was
    read: then nobody knows whether the request was carried out. ``message`` holds no secret and no phone number.
    """

    def __init__(self, status: int | None, code: int | None, message: str) -> None:
        super().__init__(status, code, message)
        self.status = status
        self.code = code
        self.message = message

    def __str__(self) -> str:
        facts = [f"HTTP {self.status}"] if self.status is not None else []
        facts += [f"error {self.code}"] if self.code is not None else []
        return f"Twilio: {self.message} ({', '.join(facts)})" if facts else f"Twilio: {self.message}"


@dataclass(frozen=True, slots=True)
class NewCall:
    """A call to be placed: numbers in E.164, the TwiML that runs when it is answered, and its limits.

    With ``amd_callback``, Twilio listens while the call goes on, and posts there who answered.
    """

    to: str
    from_number: str
    twiml: str
    status_callback: str
    amd_callback: str | None
    ring_seconds: int
    limit_seconds: int


@dataclass(frozen=True, slots=True)
class CarrierCall:
    """A call as Twilio has it. ``status`` is Twilio's word; ``created`` is UTC, in whole seconds."""

    sid: str
    status: str
    to: str
    from_number: str
    created: datetime | None
    duration_seconds: int | None


class TwilioRest:
    """The requests of one account. Every method but ``close`` raises ``CarrierError``; ``close`` it at the end.

    ``timeout_seconds`` bounds each method as a whole. The connections are opened by the first request, on its loop.
    """

    def __init__(
        self,
        account_sid: str,
        auth_token: str,
        api_url: str = "https://api.twilio.com",
        timeout_seconds: float = 10.0,
    ) -> None:
        self._account_sid = account_sid
        self._auth_token = auth_token
        self._api_url = api_url
        self._timeout_seconds = timeout_seconds
        self._api: Api | None = None
        self._http: AsyncTwilioHttpClient | None = None
        self._closed = False

    async def create(self, request: NewCall) -> str:
        """Place a call and return its CallSid; Twilio has then queued it, no more."""
        fields: dict[str, object] = {
            "to": request.to,
            "from_": request.from_number,
            "twiml": request.twiml,
            "status_callback": request.status_callback,
            "status_callback_event": list(STATUS_EVENTS),
            "timeout": request.ring_seconds,
            "time_limit": request.limit_seconds,
        }
        if request.amd_callback is not None:
            fields |= {
                "machine_detection": "DetectMessageEnd",
                "async_amd": "true",
                "async_amd_status_callback": request.amd_callback,
            }

        async def placed(account: Any) -> str:
            return _present((await account.calls.create_async(**fields)).sid)

        return await self._ask(placed)

    async def find(self, to: str, from_number: str, since: datetime) -> list[CarrierCall]:
        """Calls between two numbers created at or after ``since``, the newest first, at most 20.

        ``since`` is aware and counts in whole seconds, as Twilio's times do. A call without a time was created
        just now, and belongs to them: to overlook one would be to dial twice.
        """
        if since.tzinfo is None:
            raise ValueError("since must have a time zone.")

        async def found(account: Any) -> list[CarrierCall]:
            # No filter by StartTime: a queued call has none.
            calls = await account.calls.list_async(to=to, from_=from_number, limit=MAX_FOUND)
            return [_carrier_call(call) for call in calls]

        first = since.replace(microsecond=0)
        calls = [call for call in await self._ask(found) if call.created is None or call.created >= first]
        return sorted(calls, key=lambda call: call.created or datetime.max.replace(tzinfo=UTC), reverse=True)

    async def fetch(self, sid: str) -> CarrierCall:
        """What Twilio knows of a call now."""

        async def fetched(account: Any) -> CarrierCall:
            return _carrier_call(await account.calls(sid).fetch_async())

        return await self._ask(fetched)

    async def hang_up(self, sid: str, *, answered: bool) -> None:
        """End a call that was answered, or cancel one that is queued or rings."""

        async def ended(account: Any) -> None:
            await account.calls(sid).update_async(status="completed" if answered else "canceled")

        await self._ask(ended)

    async def numbers(self) -> list[str]:
        """The account's own numbers that can place and take calls, in E.164."""

        async def owned(account: Any) -> list[str]:
            numbers = await account.incoming_phone_numbers.list_async(limit=MAX_NUMBERS)
            return [
                _present(number.phone_number)
                for number in numbers
                if number.capabilities.get("voice") is True
            ]

        return await self._ask(owned)

    async def account_status(self) -> str:
        """The account's state: active, suspended or closed."""

        async def status(account: Any) -> str:
            return _present((await account.fetch_async()).status)

        return await self._ask(status)

    async def close(self) -> None:
        """Close the connections; harmless when there are none. Requests fail from now on."""
        self._closed = True
        http, self._http, self._api = self._http, None, None
        if http is not None:
            await http.close()

    async def _ask(self, request: Callable[[Any], Awaitable[T]]) -> T:
        """Send one request on the account and read its answer, within the time-out."""
        try:
            # The SDK takes a time-out and forgets it.
            async with asyncio.timeout(self._timeout_seconds):
                return await request(self._opened().v2010.accounts(self._account_sid))
        except TwilioException as error:
            status, code, message = _refusal(error)
        except TimeoutError:
            status, code, message = None, None, f"no answer within {self._timeout_seconds:g} seconds."
        except (aiohttp.ClientError, OSError) as error:
            status, code, message = None, None, f"no connection ({type(error).__name__}): {error}"
        except _UNREADABLE as error:
            status, code, message = None, None, f"the answer cannot be read ({type(error).__name__})."
        # Outside of the handlers, so that the SDK's exception, which knows the request, does not go along.
        raise CarrierError(status, code, self._safe(message))

    def _opened(self) -> Api:
        if self._closed:
            raise CarrierError(None, None, "the client is closed.")
        if self._api is None:
            self._http = AsyncTwilioHttpClient(logger=_silent())
            client = Client(
                account_sid=self._account_sid,
                http_client=self._http,
                # Not empty, or the SDK reads the process's environment, which can change the host.
                environment={"TWILIO_ACCOUNT_SID": self._account_sid},
                credential_provider=_Basic(self._account_sid, self._auth_token),
            )
            self._api = client.api
            self._api.base_url = self._api_url
        return self._api

    def _safe(self, message: str) -> str:
        hidden = message.replace(self._auth_token, "(secret)") if self._auth_token else message
        return PHONE_NUMBER.sub("(number)", hidden)[:MAX_MESSAGE_LENGTH]


class _Basic:
    """HTTP basic authentication for the SDK, whose own way is deprecated in aiohttp."""

    def __init__(self, login: str, password: str) -> None:
        self._header = "Basic " + base64.b64encode(f"{login}:{password}".encode()).decode("ascii")

    def to_auth_strategy(self) -> Self:
        return self

    def get_auth_string(self) -> str:
        return self._header


def _silent() -> logging.Logger:
    """A logger outside of the tree: the SDK logs every request at INFO, with its phone numbers."""
    logger = logging.Logger("twilio")
    logger.disabled = True
    return logger


def _refusal(error: Any) -> tuple[int | None, int | None, str]:
    """The status, the code and the words of an exception of the SDK."""
    if len(error.args) > 1 and isinstance(error.args[1], Response):
        # A page of a list that was refused comes without its status and code.
        error = Version.exception("GET", "", error.args[1], "Unable to list records")
    facts = vars(error)
    status, code = _integer(facts.get("status")), _integer(facts.get("code"))
    words = str(facts.get("msg") or facts.get("detail") or facts.get("title") or "the answer cannot be read.")
    # Where an answer has no code, the SDK puts the status in its place.
    return status, None if code == status else code, words


def _carrier_call(call: Any) -> CarrierCall:
    return CarrierCall(
        sid=_present(call.sid),
        status=_present(call.status),
        to=str(call.to or ""),
        from_number=str(call._from or ""),  # noqa: SLF001 - the SDK's name for it: from is a keyword
        created=call.date_created,
        duration_seconds=None if call.duration in (None, "") else int(call.duration),
    )


def _present(value: object) -> str:
    """A text that every good answer has; ``ValueError`` when it is not there."""
    if not isinstance(value, str) or not value:
        raise ValueError("A field is missing.")
    return value


def _integer(value: object) -> int | None:
    return value if isinstance(value, int) else None
