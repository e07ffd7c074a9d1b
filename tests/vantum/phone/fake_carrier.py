"""A carrier that answers by a script, and remembers what it was asked and when."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple

from transports.twilio.rest import CarrierCall, CarrierError, NewCall

NO_ANSWER = CarrierError(None, None, "no answer within 10 seconds.")
BROKEN = CarrierError(503, None, "Service unavailable.")


def sid(number: int) -> str:
    """The name that the carrier gives to its ``number``-th call, from 1."""
    return f"CA{number:032x}"


def refusal(status: int, code: int | None) -> CarrierError:
    """The carrier does not do what it is asked."""
    return CarrierError(status, code, "It is refused.")


class Asked(NamedTuple):
    """A request: when it came in the loop's time, what was wanted, and of which number or call."""

    time: float
    wanted: str
    of: str


@dataclass(frozen=True, slots=True)
class Lost:
    """The call is placed, and the answer never comes."""

    error: CarrierError = NO_ANSWER


@dataclass(frozen=True, slots=True)
class Late:
    """The call is placed, and the answer comes after ``seconds``."""

    seconds: float


class FakeCarrier:
    """Answers ``create`` by its script, then with new calls; ``calls`` are those that it has.

    ``searches`` are the answers of ``find`` before it looks into ``calls``, and ``hang_ups`` those of ``hang_up``
    before all goes well; None goes well. ``on_create`` runs inside of ``create``.
    """

    def __init__(self, *answers: CarrierError | Lost | Late) -> None:
        self.asked: list[Asked] = []
        self.requests: list[NewCall] = []
        self.calls: list[CarrierCall] = []
        self.searches: deque[CarrierError | None] = deque()
        self.hang_ups: deque[CarrierError | None] = deque()
        self.on_create: Callable[[NewCall], None] = lambda _: None
        self._answers = deque(answers)

    def times(self, wanted: str) -> list[float]:
        """When something was wanted."""
        return [asked.time for asked in self.asked if asked.wanted == wanted]

    def put(self, to: str, from_number: str, status: str = "queued") -> str:
        """Have a call, as if it had been placed just now; returns its name."""
        name = sid(len(self.calls) + 1)
        now = datetime.now(UTC).replace(microsecond=0)
        self.calls.insert(0, CarrierCall(name, status, to, from_number, now, None))
        return name

    def become(self, name: str, status: str, duration_seconds: int | None = None) -> None:
        """A call comes further, and no callback tells of it."""
        self.calls = [
            CarrierCall(name, status, call.to, call.from_number, call.created, duration_seconds)
            if call.sid == name
            else call
            for call in self.calls
        ]

    # --- what dialing needs -------------------------------------------------------------------------

    async def create(self, request: NewCall) -> str:
        """Place a call, or do what the script says."""
        self._note("create", request.to)
        self.requests.append(request)
        self.on_create(request)
        answer = self._answers.popleft() if self._answers else None
        if isinstance(answer, CarrierError):
            raise answer
        name = self.put(request.to, request.from_number)
        match answer:
            case Lost(error):
                raise error
            case Late(seconds):
                await asyncio.sleep(seconds)
        return name

    async def find(self, to: str, from_number: str, since: datetime) -> list[CarrierCall]:
        """The calls between two numbers, the newest first."""
        self._note("find", to)
        _raise_next(self.searches)
        return [
            call
            for call in self.calls
            if (call.to, call.from_number) == (to, from_number) and call.created and call.created >= since
        ]

    async def fetch(self, sid: str) -> CarrierCall:
        """What the carrier knows of a call."""
        self._note("fetch", sid)
        for call in self.calls:
            if call.sid == sid:
                return call
        raise CarrierError(404, 20404, "The call was not found.")

    async def hang_up(self, sid: str, *, answered: bool) -> None:
        """End a call."""
        self._note("complete" if answered else "cancel", sid)
        _raise_next(self.hang_ups)

    def _note(self, wanted: str, of: str) -> None:
        self.asked.append(Asked(round(asyncio.get_running_loop().time(), 6), wanted, of))


def _raise_next(answers: deque[CarrierError | None]) -> None:
    answer = answers.popleft() if answers else None
    if answer is not None:
        raise answer


def only(asked: Iterable[Asked], wanted: str) -> list[str]:
    """Of which numbers or calls something was wanted, in order."""
    return [request.of for request in asked if request.wanted == wanted]
