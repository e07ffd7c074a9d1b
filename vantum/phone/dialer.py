"""Places calls: one after the other at our own rate, each on disk before the carrier is asked for it.

The carrier knows no idempotency key. So the law here: a call that may have been requested is looked up before it
is requested again, whether the answer was lost in this process or with the one before it.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Final

from loguru import logger

from transports.twilio.rest import CarrierError, NewCall
from vantum.core.carrier_fault import Action, Fault, back_off_seconds, fault_of
from vantum.core.errors import CapacityError, DialError, QueueFullError
from vantum.core.phone_call import Outcome, PhoneState, StatusReport, closed, reported
from vantum.phone.blocked import Blocked
from vantum.phone.book import CallBook
from vantum.phone.carrier import Carrier
from vantum.phone.lost_calls import LostCalls, Unfound
from vantum.phone.phone_call import PhoneCall
from vantum.phone.throttle import Throttle

MOST_PLACEMENTS: Final = 3
MOST_BACK_OFFS: Final = 8
STALE: Final = timedelta(minutes=10)
"""A call that waited longer, through an outage, is not placed any more: nobody expects it now."""
QUEUE_FULL: Final = 22005
QUEUE_FULL_SECONDS: Final = 300.0
POLL_SECONDS: Final = 30.0
"""Without news of a call for this long, the carrier is asked."""
TOO_LATE: Final = "It had become too late to place the call."
UNSURE: Final = "The carrier gave no answer: nobody knows whether the call was placed."


@dataclass(frozen=True, slots=True)
class Stopped:
    """No call is placed until ``until`` (the loop's time), and why."""

    until: float
    reason: str


class Dialer:
    """The queue of calls to place. ``script`` makes the carrier's request of a call; ``ready`` waits for its seat."""

    def __init__(
        self,
        book: CallBook,
        carrier: Carrier,
        blocked: Blocked,
        throttle: Throttle,
        script: Callable[[PhoneCall], NewCall],
        ready: Callable[[str], Coroutine[None, None, None]],
        most_waiting: int,
    ) -> None:
        self._book = book
        self._carrier = carrier
        self._blocked = blocked
        self._throttle = throttle
        self._script = script
        self._ready = ready
        self._waiting: asyncio.Queue[str] = asyncio.Queue(most_waiting)
        self._tasks: set[asyncio.Task[None]] = set()
        self._lost = LostCalls(book, carrier)
        self._stopped: Stopped | None = None
        self._serving: asyncio.Task[None] | None = None

    @property
    def waiting(self) -> int:
        """Calls that wait to be placed."""
        return self._waiting.qsize()

    @property
    def stop_reason(self) -> str:
        """Why no call is placed now; "" when calls are placed."""
        if self._stopped is None or asyncio.get_running_loop().time() >= self._stopped.until:
            return ""
        return self._stopped.reason

    @property
    def stopped_regions(self) -> tuple[str, ...]:
        """The countries that are not dialed until the next start."""
        return self._blocked.regions

    def start(self) -> None:
        """Begin to place what waits."""
        self._serving = self._go(self._serve(), "dialer")

    def pause(self) -> None:
        """Place nothing more; what was begun is finished, and watched to its end."""
        if self._serving is not None:
            self._serving.cancel()

    async def close(self) -> None:
        """Stop; what is being asked of the carrier right now is settled by the next process."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def check(self, number: str) -> None:
        """Raises ``DialError`` when ``number`` may not be dialed, ``CapacityError`` when nothing may, and its kind
        ``QueueFullError`` when too many calls wait already."""
        self._blocked.check(number)
        if self.stop_reason:
            raise CapacityError(f"Dialing is stopped. {self.stop_reason}")
        if self._waiting.full():
            raise QueueFullError(f"{self.waiting} calls wait to be placed already. Try again later.")
        if self._book.is_behind:
            raise QueueFullError("Too many calls wait to be written to the disk. Try again later.")

    def submit(self, call: PhoneCall) -> None:
        """Place ``call``, which is on disk, when its turn comes."""
        try:
            self._waiting.put_nowait(call.id)
        except asyncio.QueueFull:
            self._fail(call.id, "Too many calls waited to be placed.")

    def resume(self, call: PhoneCall, oldest: timedelta = STALE) -> None:
        """Go on with a call that a process before this one left unfinished, unless it is older than ``oldest``."""
        if call.sid:
            self.adopt(call.id, call.sid)
        elif call.requested_at is not None:
            self._go(self._settle(call, oldest), f"settle-{call.id}")
        elif datetime.now(UTC) - call.created_at > oldest:
            self._fail(call.id, "The server was down when the call was to be placed.")
        else:
            self.submit(call)

    def adopt(self, call_id: str, sid: str) -> None:
        """The carrier's name of a call is known: watch it. A second call of the carrier for it is hung up."""
        news = self._lost.know(sid, call_id)
        call = self._book.live(call_id)
        if call is None or call.sid not in ("", sid):
            if news:
                logger.warning("The carrier placed a call that is not wanted: it is ended.", call=call_id)
                self._go(self._hang_up(sid), f"unwanted-{call_id}")
            return
        if not call.sid:
            self._book.change(call_id, lambda known: replace(known, sid=sid))
        if not any(task.get_name() == f"watch-{call_id}" for task in self._tasks):
            self._go(self._watch(call_id), f"watch-{call_id}")

    def know(self, sid: str, call_id: str) -> None:
        """A call of the carrier belongs to ``call_id``, and is no other's."""
        self._lost.know(sid, call_id)

    # --- placing ------------------------------------------------------------------------------------

    def _go(self, work: Coroutine[None, None, None], name: str) -> asyncio.Task[None]:
        task = asyncio.create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _serve(self) -> None:
        while True:
            call_id = await self._waiting.get()
            await self._ready(call_id)
            if self._book.live(call_id) is not None:
                # Here, so that calls that wait for their turn hold no seats.
                await self._throttle.turn()
                self._go(self._place(call_id), f"place-{call_id}")

    async def _place(self, call_id: str) -> None:
        lost, back_offs = 0, 0
        while not (stopped := self.stop_reason):
            call = await self._requested(call_id)
            error = None if call is None else await self._refusal(call)
            if call is None or error is None:
                return
            fault = fault_of(error.status, error.code)
            logger.warning("The carrier did not take a call.", call=call_id, fault=str(fault.action))
            if fault.action is Action.BACK_OFF and back_offs < MOST_BACK_OFFS:
                back_offs += 1
                await asyncio.sleep(back_off_seconds(back_offs, random.random()))  # noqa: S311 - jitter
            elif fault.action is Action.LOOK_UP:
                lost += 1
                if await self._looked_up(call):
                    return
                if lost == MOST_PLACEMENTS:
                    self._refused(call, fault, error)
                    return
            else:
                self._refused(call, fault, error)
                return
            await self._throttle.turn()
        self._fail(call_id, stopped)

    async def _requested(self, call_id: str) -> PhoneCall | None:
        """The call, on disk as requested; None when it is not to be placed."""
        call = self._book.live(call_id)
        if call is None:
            return None
        if call.not_after is not None and datetime.now(UTC) > call.not_after:
            self._end(call_id, Outcome.CANCELED, TOO_LATE)
            return None
        try:
            # Once more: what the carrier said of another call may have come since this one was queued.
            self._blocked.check(call.to_number)
            return await self._book.commit(call_id, _requested)
        except DialError as error:
            self._fail(call_id, str(error))
        except OSError as error:
            logger.error("A call is not placed: it cannot be written.", reason=type(error).__name__)
            self._fail(call_id, "The call could not be written to the disk, and was not placed.")
        return None

    async def _refusal(self, call: PhoneCall) -> CarrierError | None:
        """Ask the carrier for ``call``, and watch it; returns why the carrier did not take it."""
        try:
            sid = await self._carrier.create(self._script(call))
        except CarrierError as error:
            return error
        self.adopt(call.id, sid)
        return None

    def _refused(self, call: PhoneCall, fault: Fault, error: CarrierError) -> None:
        """The carrier will not place the call: what else follows from its answer."""
        reason = fault.meaning
        match fault.action:
            case Action.NUMBER_INVALID | Action.SUPPRESS:
                self._blocked.block(call.to_number, reason)
            case Action.STOP_COUNTRY:
                self._blocked.stop_region(call.to_number, reason)
            case Action.STOP_DIALING:
                self._stop(fault, error)
            case Action.CONFIGURATION:
                reason = f"{reason} The number to call from is {call.from_number}."
                logger.error("The carrier refuses the number to call from.", call=call.id)
            case _:
                reason = f"{reason} ({error.message})"
        self._fail(call.id, reason)

    def _stop(self, fault: Fault, error: CarrierError) -> None:
        # Credentials do not get better by waiting; a queue does.
        seconds = QUEUE_FULL_SECONDS if error.code == QUEUE_FULL else float("inf")
        self._stopped = Stopped(asyncio.get_running_loop().time() + seconds, fault.meaning)
        logger.error("Dialing is stopped.", reason=fault.meaning)

    # --- what nobody knows --------------------------------------------------------------------------

    async def _settle(self, call: PhoneCall, oldest: timedelta) -> None:
        """The process before this one asked for ``call``, and its answer is lost."""
        if await self._looked_up(call):
            return
        if datetime.now(UTC) - call.created_at > oldest:
            self._fail(call.id, "The server was down when the call was to be placed.")
        else:
            self.submit(call)

    async def _looked_up(self, call: PhoneCall) -> bool:
        """Look for ``call`` at the carrier; True when there is nothing more to place."""
        # Calls of other processes have names that this one was never told.
        for known in await self._book.recent():
            if known.sid:
                self.know(known.sid, known.id)
        match await self._lost.search(call):
            case str(sid):
                self.adopt(call.id, sid)
            case Unfound.NEVER_PLACED:
                return False
            case Unfound.NO_ANSWER:
                self._fail(call.id, UNSURE)
        return True

    # --- watching -----------------------------------------------------------------------------------

    async def _watch(self, call_id: str) -> None:
        """Callbacks get lost: a call without news is asked for, until it is over."""
        while (before := self._book.live(call_id)) is not None:
            await asyncio.sleep(POLL_SECONDS)
            now = self._book.live(call_id)
            if now is None or now.progress != before.progress:
                continue
            try:
                told = await self._carrier.fetch(now.sid)
            except CarrierError as error:
                if fault_of(error.status, error.code).action is Action.FAIL:
                    self._fail(call_id, f"The carrier does not know the call any more. ({error.message})")
                continue
            self._learn(call_id, StatusReport(None, told.status, duration_seconds=told.duration_seconds))

    def _learn(self, call_id: str, report: StatusReport) -> None:
        self._book.change(call_id, lambda call: replace(call, progress=reported(call.progress, report)))

    async def _hang_up(self, sid: str) -> None:
        for answered in (False, True):
            try:
                await self._carrier.hang_up(sid, answered=answered)
            except CarrierError:
                continue
            return

    def _fail(self, call_id: str, reason: str) -> None:
        self._end(call_id, Outcome.FAILED, reason)

    def _end(self, call_id: str, outcome: Outcome, reason: str) -> None:
        self._book.change(
            call_id, lambda call: replace(call, progress=closed(call.progress, outcome, reason))
        )


def _requested(call: PhoneCall) -> PhoneCall:
    progress = call.progress
    if progress.state is PhoneState.QUEUED:
        progress = replace(progress, state=PhoneState.INITIATED)
    return replace(call, requested_at=call.requested_at or datetime.now(UTC), progress=progress)
