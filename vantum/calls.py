"""The live calls of a process: how many there may be, and how they all end."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from enum import Enum, auto

import uuid_utils
from loguru import logger

from vantum.core.admission import Admission, Reason, Refusal, RefusedError
from vantum.core.call_facts import CallFacts
from vantum.core.stamp import stamped
from vantum.live_call import LiveCall, Transport, Watch
from vantum.loader import Pipeline
from vantum.metrics import Metrics
from vantum.services import Services
from vantum.turnstile import Turnstile

GRACE_SECONDS = 5.0
"""Beyond the goodbye, what closing providers and clients may take."""
RETRY_SECONDS = 10
"""After how long somebody who was turned away may find a seat."""
STATUS = {
    Reason.CLOSING: "closing",
    Reason.LAG: "overloaded",
    Reason.CARRIER: "overloaded",
    Reason.FULL: "full",
}


Closing = Callable[[], Awaitable[None]]
"""Gives up the seats of calls that nobody has answered yet, when the server shuts down."""


class Doors(Enum):
    """Whether calls are taken; those under way go on until the server closes."""

    OPEN = auto()
    DRAINING = auto()
    CLOSING = auto()


Observer = Callable[[str], Watch]
"""Called with the id of each call that begins; what it returns is told of every event of that call."""


async def _nothing() -> None:
    """Browsers' calls take their seats when they begin."""


def _nobody() -> None:
    """Browsers' calls do not wait to be placed."""


class Seat:
    """One place of ``calls``; ``release`` may be called more than once."""

    def __init__(self, calls: Calls) -> None:
        self._calls: Calls | None = calls

    def release(self) -> None:
        """Somebody else may have the place."""
        calls, self._calls = self._calls, None
        if calls is not None:
            calls.vacate()


class Calls:
    """Admits, runs and ends calls through one pipeline; all of them are counted and told to ``observers``.

    What ids end in is ``stamp`` (vantum/core/stamp.py).
    """

    def __init__(
        self, pipeline: Pipeline, services: Services, observers: Sequence[Observer] = (), stamp: str = ""
    ) -> None:
        self._pipeline = pipeline
        self._services = services
        self.admission = Admission(services.settings.max_lag_ms / 1000.0)
        self.metrics = Metrics(services.board, lambda: self.admission.lag_seconds(time.monotonic()))
        self._observers = [self.metrics.watch_call, *observers]
        self.on_closing: Closing = _nothing
        self.on_draining: Callable[[], None] = _nobody
        self.stamp = stamp
        self.begun = 0
        """How many seats were ever taken."""
        self._seats = 0
        self._doors = Doors.OPEN
        self._live: dict[str, LiveCall] = {}
        self._starts = Turnstile()
        self._empty = asyncio.Event()
        self._empty.set()

    @property
    def pipeline(self) -> Pipeline:
        """The served pipeline."""
        return self._pipeline

    @property
    def live(self) -> int:
        """Calls under way, those in their handshake included."""
        return self._seats

    @property
    def capacity(self) -> int:
        """How many calls there may be at a time."""
        return self._services.settings.max_calls

    @property
    def status(self) -> str:
        """``ok``, ``full``, ``overloaded`` or ``closing``."""
        refusal = self.refusal()
        return "ok" if refusal is None else STATUS[refusal.reason]

    def refusal(self) -> Refusal | None:
        """Why no call is taken now; None when calls are taken."""
        if self._doors is not Doors.OPEN:
            return Refusal(
                Reason.CLOSING, "The server is shutting down and takes no new calls.", RETRY_SECONDS
            )
        overload = self.admission.refusal(time.monotonic())
        if overload is None and self._seats >= self.capacity:
            full = f"All {self.capacity} calls that this server may hold are taken."
            return Refusal(Reason.FULL, full, RETRY_SECONDS)
        return overload

    def admission_report(self) -> dict[str, object]:
        """Whether calls are taken, why not, and how late the loop is, for GET /health."""
        refusal, late = self.refusal(), self.admission.lag_seconds(time.monotonic())
        return {
            "open": refusal is None,
            "reason": None if refusal is None else str(refusal.reason),
            "lag_ms": round(late * 1000.0, 1),
            "max_lag_ms": self._services.settings.max_lag_ms,
        }

    def take_seat(self) -> Seat:
        """A place for one call, to be released at its end; raises RefusedError when there is none."""
        refusal = self.refusal()
        if refusal is not None:
            self.metrics.refused(refusal.reason)
            raise RefusedError(refusal)
        self._seats += 1
        self.begun += 1
        self._empty.clear()
        return Seat(self)

    @contextmanager
    def seat(self) -> Iterator[None]:
        """A place for one call while the block lasts; raises RefusedError when there is none."""
        seat = self.take_seat()
        try:
            yield
        finally:
            seat.release()

    def vacate(self) -> None:
        """A seat is free again."""
        self._seats -= 1
        if not self._seats:
            self._empty.set()

    def new_id(self) -> str:
        """An id for a call."""
        return stamped(str(uuid_utils.uuid7()), self.stamp)

    def live_call(self, call_id: str) -> LiveCall | None:
        """The call under way with this id."""
        return self._live.get(call_id)

    def observed_by(self, observer: Observer) -> None:
        """Have every call that begins from here on told to ``observer``."""
        self._observers.append(observer)

    async def turn(self) -> None:
        """Wait until another call may begin: many at once do so one after the other."""
        await self._starts.turn()

    async def answer(
        self,
        transport: Transport,
        pipeline: Pipeline | None = None,
        variables: Mapping[str, str] | None = None,
    ) -> None:
        """Run one call of a browser, from beginning to end, through ``pipeline`` (None: the served one)."""
        await self.turn()
        language, known = self._services.language_with(), dict(variables or {})
        facts = CallFacts(self.new_id(), transport.name, language, variables=known)
        await self.run(LiveCall(transport, pipeline or self._pipeline, self._services, facts))

    async def run(self, call: LiveCall) -> None:
        """Run one call from beginning to end."""
        self._live[call.id] = call
        for observer in self._observers:
            call.watched_by(observer(call.id))
        logger.info("A call began.", call=call.id)
        if self._doors is Doors.CLOSING:
            call.end("the server is shutting down")
        try:
            await call.run()
        finally:
            del self._live[call.id]
            logger.info("A call ended.", call=call.id)

    @property
    def leaving(self) -> bool:
        """Whether calls are never taken again."""
        return self._doors is not Doors.OPEN

    async def drain(self, seconds: float) -> None:
        """No new calls; the running ones are waited for, up to ``seconds``."""
        if self._doors is Doors.OPEN:
            self._doors = Doors.DRAINING
            self.on_draining()
        try:
            async with asyncio.timeout(seconds):
                await self._empty.wait()
        except TimeoutError:
            logger.warning("Calls were still open when they had to be over.", calls=self._seats)

    async def shut_down(self) -> None:
        """No new calls; the running ones get their goodbye and are waited for, within bounds."""
        self._doors = Doors.CLOSING
        for call in self._live.values():
            call.end("the server is shutting down")
        try:
            async with asyncio.timeout(self._services.settings.goodbye_seconds + GRACE_SECONDS):
                await self.on_closing()
                await self._empty.wait()
        except TimeoutError:
            logger.warning("Calls were still open at the end of the shutdown.", calls=self._seats)
