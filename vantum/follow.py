"""Follows one call through the REST API and tells how it goes, line by line."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import Final

import httpx
from rich.console import Console

from vantum.call_views import CallView, Switch
from vantum.core.call_facts import PhoneCarrier
from vantum.core.errors import UsageError
from vantum.core.phone_call import Outcome, PhoneState
from vantum.core.transcript import Line, Speaker
from vantum.welcome import LOCAL_NOTE

POLL_SECONDS: Final = 0.25
SETTLE_SECONDS: Final = 1.0
"""What the end of a call may take to be on disk."""
REST_SECONDS: Final = 15.0
ANSWERED: Final = (Outcome.COMPLETED, Outcome.VOICEMAIL)


class Follower:
    """Places a call with the server at ``url`` and tells what becomes of it on ``console``."""

    def __init__(self, url: str, key: str, console: Console) -> None:
        self._url = url
        self._headers = {"Authorization": f"Bearer {key}"} if key else {}
        self._console = console
        self._state: PhoneState | None = None
        self._said = 0
        self._switched = 0

    async def follow(self, wanted: dict[str, object]) -> int:
        """Place the call ``wanted`` and follow it; returns 0 when it was answered, else 1. Raises UsageError."""
        async with httpx.AsyncClient(
            base_url=self._url, headers=self._headers, timeout=REST_SECONDS, trust_env=False
        ) as http:
            call = CallView.model_validate(await _answered(http.post("/api/calls", json=wanted)))
            self._console.print(
                f"Calling {call.to} from {call.from_} through {call.pipeline}, call {call.id}"
            )
            if call.transport == PhoneCarrier.LOCAL:
                self._console.print(f"Local carrier: {LOCAL_NOTE}")
            ended = False
            while True:
                self._tell(call)
                if ended:
                    break
                ended = call.state is PhoneState.ENDED
                await asyncio.sleep(SETTLE_SECONDS if ended else POLL_SECONDS)
                call = CallView.model_validate(await _answered(http.get(f"/api/calls/{call.id}")))
        self._tell_end(call)
        return 0 if call.outcome in ANSWERED else 1

    def _tell(self, call: CallView) -> None:
        """What is new since the last time."""
        if call.state is not self._state and call.state is not PhoneState.ENDED:
            self._console.print(f"... {call.state}")
        self._state = call.state
        for said in call.transcript[self._said : _settled(call)]:
            line = Line(said.t, Speaker(said.speaker), said.text, said.interrupted)
            self._console.print(str(line))
        self._said = max(self._said, _settled(call))
        for switch in call.switches[self._switched :]:
            self._console.print(f"... {_takeover(switch)}")
        self._switched = len(call.switches)

    def _tell_end(self, call: CallView) -> None:
        seconds = "" if call.duration_seconds is None else f" ({call.duration_seconds:.0f} s)"
        self._console.print(f"{call.reason}{seconds}")
        for name, value in (
            ("outcome", call.outcome),
            ("disposition", call.disposition),
            ("notes", call.notes),
            ("recording", call.recording),
        ):
            if value:
                self._console.print(f"{name}: {value}")


def _takeover(switch: Switch) -> str:
    why = f" ({switch.fault})" if switch.fault else ""
    after = f" after {switch.previous}" if switch.previous else ""
    return f"{switch.kind}: {switch.provider}{after}{why}"


def _settled(call: CallView) -> int:
    """How many lines will not change: the caller's last words may still become a longer turn."""
    if call.state is PhoneState.ENDED:
        return len(call.transcript)
    bots = [index for index, line in enumerate(call.transcript) if line.speaker == "bot"]
    return bots[-1] + 1 if bots else 0


async def _answered(request: Awaitable[httpx.Response]) -> object:
    """The answer's JSON; UsageError when there is no answer, or one that says no."""
    try:
        return _granted(await request)
    except httpx.HTTPError as error:
        raise UsageError(
            f"The server does not answer ({type(error).__name__}).",
            "Look whether it runs; the call may go on without this command.",
        ) from error


def _granted(response: httpx.Response) -> object:
    """The answer's JSON; UsageError with the server's own words when it was none."""
    if response.is_success:
        return response.json()
    try:
        detail = response.json()["detail"]
    except (ValueError, KeyError, TypeError):
        detail = response.text[:300]
    if isinstance(detail, list):
        detail = " ".join(
            str(flaw.get("msg", flaw)) if isinstance(flaw, dict) else str(flaw) for flaw in detail
        )
    raise UsageError(f"The server did not do it ({response.status_code}).", str(detail))
