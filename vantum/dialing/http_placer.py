"""Places the calls of a dialer with a server that runs elsewhere, through its REST API.

The server keeps the key of each call on its disk before it dials: what it has no key of was never dialed, and to ask
twice for one is to ask once.
"""

from __future__ import annotations

import socket
from collections.abc import Mapping
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Final

import httpx
from loguru import logger
from pydantic import ValidationError

from vantum.call_views import CallSummary, CallView, Page
from vantum.core.outreach.outcome import AttemptOutcome
from vantum.core.phone_call import PhoneState
from vantum.dialing.moments import Moments, moments_of
from vantum.dialing.placer import Absent, Answer, Found, Order, Placed, Refused, Report, Unknown
from vantum.dialing.reports import Known, refusal, report_of

REST_SECONDS: Final = 15.0
INVALID: Final = 422
LONGEST_NAME: Final = 255
LIVE: Final = "live"
"""The state of a record that is being written."""
STATE_ALONE: Final = {"transcript": "false"}
"""While a call is under way; at its end all of it is told."""
NEVER_SENT: Final = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
"""There was no connection: the server was never asked."""
_REFUSALS: Final = frozenset({401, 403, 404, 409, 413, 429, 503})
"""Answers of a server that has not written the call down."""


class Reach(StrEnum):
    """Whether the server can be reached."""

    THERE = "there"
    GONE = "gone"


class HttpPlacer:
    """``http`` has the server's address and its key; it is its owner's to close."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self._http = http
        self.name = name_of(http.base_url)
        self._reach = Reach.THERE

    async def place(self, order: Order) -> Answer:
        """Have the server write the call down and queue it."""
        try:
            answer = await self._http.post("/api/calls", json=_body(order))
            self._tell(Reach.THERE)
            if answer.is_success:
                call = CallSummary.model_validate_json(answer.content)
                return Placed(call.id, call.from_)
        except NEVER_SENT:
            self._tell(Reach.GONE)
            return Absent()
        except (httpx.HTTPError, ValidationError):
            return Unknown()
        return _refusal(answer)

    async def look_up(self, order: Order) -> Found:
        """Ask for the key: the server has it on disk before it answers, and before it dials."""
        try:
            answer = await self._http.get("/api/calls", params={"idempotencyKey": order.attempt_id})
            if not answer.is_success:
                return Unknown()
            calls = Page.model_validate_json(answer.content).calls
        except (httpx.HTTPError, ValidationError):
            return Unknown()
        match calls:
            case []:
                return Absent()
            case [call] if call.to == order.to_number:
                return Placed(call.id, call.from_)
            case _:
                return Unknown()

    async def report(self, record_id: str) -> Report:
        """Ask for the call, and at its end for its record, once all of it is written."""
        try:
            answer = await self._http.get(f"/api/calls/{record_id}", params=STATE_ALONE)
            call = CallView.model_validate_json(answer.content) if answer.is_success else None
            if call is None:
                return Unknown()
            record = await self._record(record_id) if call.state is PhoneState.ENDED else {}
        except (httpx.HTTPError, ValidationError, ValueError):
            return Unknown()
        if record.get("state") == LIVE:
            call = call.model_copy(update={"state": PhoneState.IN_PROGRESS})
        return report_of(_known(call), _moments(record), datetime.now(UTC))

    async def hang_up(self, record_id: str) -> None:
        """Have it canceled."""
        try:
            await self._http.post(f"/api/calls/{record_id}/hangup")
        except httpx.HTTPError:
            return

    def _tell(self, reach: Reach) -> None:
        """Log it when the server goes away or comes back."""
        if reach is not self._reach:
            self._reach = reach
            logger.warning("The server that places calls is reached no more, or again.", now=reach.value)

    async def _record(self, record_id: str) -> Mapping[str, object]:
        answer = await self._http.get(f"/calls/{record_id}")
        told: Any = answer.json() if answer.is_success else {}
        return told if isinstance(told, dict) else {}


def client(url: str, key: str) -> httpx.AsyncClient:
    """The way to a server."""
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    return httpx.AsyncClient(base_url=url, headers=headers, timeout=REST_SECONDS, trust_env=False)


def name_of(url: httpx.URL) -> str:
    """A server's name: its address, and for one on this machine this machine's name with it."""
    address = str(url).rstrip("/")
    ours = url.host in ("localhost", "::1") or url.host.startswith("127.")
    return f"{address} on {socket.gethostname()}"[:LONGEST_NAME] if ours else address[:LONGEST_NAME]


def _body(order: Order) -> dict[str, object]:
    wanted: dict[str, object] = {
        "to": order.to_number,
        "pipeline": order.pipeline,
        "variables": dict(order.variables),
        "idempotencyKey": order.attempt_id,
    }
    if order.from_number:
        wanted["from"] = order.from_number
    if order.voicemail:
        wanted["voicemail"] = order.voicemail
    if order.carrier is not None:
        wanted["carrier"] = order.carrier
    if order.not_after is not None:
        wanted["notAfter"] = order.not_after.isoformat()
    return wanted


def _refusal(answer: httpx.Response) -> Answer:
    if answer.status_code == INVALID and '"to"' in answer.text:
        return Refused(AttemptOutcome.INVALID_NUMBER, "The number is not one that can be called.")
    if answer.status_code == INVALID or answer.status_code in _REFUSALS:
        reason = f"The server did not take the call ({answer.status_code}): {_told(answer)}"
        return Refused(refusal(reason), reason)
    return Unknown()


def _told(answer: httpx.Response) -> str:
    """What the server says of it."""
    try:
        told: Any = answer.json()
    except ValueError:
        return ""
    return str(told.get("detail", "")) if isinstance(told, dict) else ""


def _moments(record: Mapping[str, object]) -> Moments:
    events = record.get("events")
    return moments_of([each for each in events if isinstance(each, dict)] if isinstance(events, list) else [])


def _known(call: CallView) -> Known:
    return Known(
        state=call.state,
        outcome=call.outcome,
        reason=call.reason,
        sid=call.carrier_id,
        sip_code=call.sip_code,
        answered_by=call.answered_by,
        disposition=call.disposition,
        seconds=call.duration_seconds,
    )
