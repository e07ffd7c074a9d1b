"""Prospects, requests, and a server and a speaker that do what a test says."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import NamedTuple, cast

from processors.embedded.jobs import Line, Speech
from transports.twilio.rest import NewCall
from vantum.local_carrier.own_server import OwnServer, ServerError
from vantum.local_carrier.prospect import Cue, Deed, Pickup, Prospect, Says, Step, When

THEM, US = "+15550100001", "+15550199999"
STATUS, AMD = "http://server/twilio/status/1", "http://server/twilio/amd/1"
AFTER = "http://server/twilio/after/1"
STREAM = (
    f'<Response><Connect action="{AFTER}"><Stream url="ws://server/twilio/media/token"'
    ' statusCallback="http://server/twilio/stream-status/1"><Parameter name="call_id" value="1"/></Stream>'
    "</Connect></Response>"
)


def step(deed: Deed, seconds: float = 0.8, cue: Cue = Cue.AFTER_BOT) -> Step:
    return Step(When(cue, seconds), deed)


def prospect(*steps: Step, **facts: object) -> Prospect:
    """Somebody who answers, and says something."""
    given = {"name": "somebody", "steps": steps or (step(Says("Hello.")),), **facts}
    return Prospect(**given)  # type: ignore[arg-type]


def silent(pickup: Pickup, answers_after: float = 2.0) -> Prospect:
    """Somebody who does not answer."""
    return Prospect(name="nobody", pickup=pickup, answers_after=answers_after)


def request(
    twiml: str = STREAM, *, amd: bool = True, ring: int = 30, limit: int = 600, to: str = THEM
) -> NewCall:
    return NewCall(to, US, twiml, STATUS, AMD if amd else None, ring, limit)


class Posted(NamedTuple):
    """A webhook: when it came, where to, and what it said."""

    time: float
    url: str
    form: Mapping[str, str]


class FakeServer:
    """Answers webhooks by a table, with nothing where there is none; it takes no stream."""

    def __init__(self, **answers: str | ServerError) -> None:
        self.posted: list[Posted] = []
        self.answers: dict[str, str | ServerError] = {
            f"http://server/twilio/{name}/1": it for name, it in answers.items()
        }
        self.slowness = 0.0
        self.closed = False

    async def post(self, url: str, form: Mapping[str, str]) -> str:
        await asyncio.sleep(self.slowness)
        self.posted.append(Posted(round(asyncio.get_running_loop().time(), 6), url, form))
        answer = self.answers.get(url, "")
        if isinstance(answer, ServerError):
            raise answer
        return answer

    async def connect(self, url: str) -> None:
        raise ServerError(31902, "there is no connection.")

    async def close(self) -> None:
        self.closed = True

    @property
    def as_server(self) -> OwnServer:
        return cast("OwnServer", self)

    def states(self) -> list[str]:
        """The states that were told, in order, those told twice once."""
        told = [posted.form["CallStatus"] for posted in self.posted if posted.url == STATUS]
        return [state for place, state in enumerate(told) if told[:place].count(state) == 0]

    def last(self) -> Mapping[str, str]:
        """The last that was told of the call."""
        return next(posted.form for posted in reversed(self.posted) if posted.url == STATUS)


class FakeSpeaker:
    """Says everything in 100 ms, and remembers what it said."""

    def __init__(self, error: Exception | None = None) -> None:
        self.spoken: list[Line] = []
        self.error = error

    async def speak(self, line: Line) -> Speech:
        self.spoken.append(line)
        await asyncio.sleep(0)
        if self.error is not None:
            raise self.error
        return Speech(b"\x10\x20" * (line.rate // 10), ())
