"""An event loop on which time passes only when nothing else is left to do.

Its selector advances a clock instead of waiting, so a call of 45 seconds takes milliseconds and every run
gives the same times. While the loop runs, ``time.time``, ``time.monotonic``, ``time.perf_counter`` and
their ``_ns`` forms tell that clock too. Not redirected: a module that did ``from time import monotonic``
before, ``datetime.now()``, and ``time.sleep``, which really sleeps.

A job in an executor happens in real time, while the clock stands still. Sockets and processes belong on a
real loop: their answers come after the timers that were meant to wait for them.
"""

from __future__ import annotations

import asyncio
import selectors
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from typing import TYPE_CHECKING, TypeVar, TypeVarTuple, Unpack

from vantum.testing.deadlock import DeadlockError
from vantum.testing.virtual_clock import VirtualClock
from vantum.waiting import waiting_lines

if TYPE_CHECKING:
    from _typeshed import FileDescriptorLike

T = TypeVar("T")
Ts = TypeVarTuple("Ts")

OUTSIDE_SECONDS = 5.0
"""How long, in real time, an executor job or an open socket is waited for when nothing else can happen."""

SPIN_SECONDS = 60.0
"""How long, in real time, a loop may run: polling for what never comes would go on for ever."""

REST_SECONDS = 0.05
"""How long everything gets to come to rest on a real loop, where it cannot be seen."""

_real_monotonic = time.monotonic


class VirtualSelector(selectors.BaseSelector):
    """Looks at the file descriptors without waiting, and advances the clock instead."""

    def __init__(self, clock: VirtualClock) -> None:
        self.outside_jobs = 0
        self.wake_at_rest: list[asyncio.Future[None]] = []
        self._clock = clock
        self._real = selectors.DefaultSelector()
        self._spins_until = _real_monotonic() + SPIN_SECONDS

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """What is ready now; if nothing is, ``timeout`` seconds have passed at once.

        Raises DeadlockError if there is nothing to wait for, or if it does not come.
        """
        if _real_monotonic() > self._spins_until:
            # Whoever catches this runs the loop again, to end its tasks.
            self._spins_until = _real_monotonic() + SPIN_SECONDS
            raise DeadlockError(f"The loop was busy for {SPIN_SECONDS:g} s of real time. It waits in:")
        ready = self._real.select(0)
        if ready or timeout == 0:
            return ready
        if self.outside_jobs:
            return self._wait_outside(f"{self.outside_jobs} executor job(s)")
        if self.wake_at_rest:
            self._wake()
            return ready
        if timeout is not None:
            self._clock.advance(timeout)
            return ready
        # One descriptor is the loop's own, through which threads wake it.
        if len(self._real.get_map()) > 1:
            return self._wait_outside("a socket")
        raise DeadlockError("Deadlock: there is no timer and no I/O left to wait for. It waits in:")

    def _wait_outside(self, work: str) -> list[tuple[selectors.SelectorKey, int]]:
        ready = self._real.select(OUTSIDE_SECONDS)
        if not ready:
            raise DeadlockError(
                f"Nothing came from {work} in {OUTSIDE_SECONDS:g} s of real time. It waits in:"
            )
        return ready

    def _wake(self) -> None:
        for waiter in self.wake_at_rest:
            if not waiter.done():
                waiter.set_result(None)
        self.wake_at_rest.clear()

    def register(
        self, fileobj: FileDescriptorLike, events: int, data: object = None
    ) -> selectors.SelectorKey:
        """As the real selector does."""
        return self._real.register(fileobj, events, data)

    def unregister(self, fileobj: FileDescriptorLike) -> selectors.SelectorKey:
        """As the real selector does."""
        return self._real.unregister(fileobj)

    def modify(self, fileobj: FileDescriptorLike, events: int, data: object = None) -> selectors.SelectorKey:
        """As the real selector does."""
        return self._real.modify(fileobj, events, data)

    def close(self) -> None:
        """As the real selector does."""
        self._real.close()

    def get_map(self) -> Mapping[FileDescriptorLike, selectors.SelectorKey]:
        """As the real selector does."""
        return self._real.get_map()


class VirtualTimeLoop(asyncio.SelectorEventLoop):
    """An event loop whose time starts at 0.0 and jumps from timer to timer."""

    def __init__(self) -> None:
        self._virtual_clock = VirtualClock()
        self._virtual_selector = VirtualSelector(self._virtual_clock)
        super().__init__(self._virtual_selector)

    def time(self) -> float:
        """Virtual seconds since the loop was made."""
        return self._virtual_clock.seconds()

    async def at_rest(self) -> None:
        """Wait until nothing more can happen before time passes. None passes in here."""
        waiter = self.create_future()
        self._virtual_selector.wake_at_rest.append(waiter)
        await waiter

    def run_forever(self) -> None:
        """Run until stopped, with the ``time`` module redirected.

        Raises DeadlockError, which names every task, if nothing can happen any more.
        """
        try:
            with self._virtual_clock.redirecting_time():
                super().run_forever()
        except DeadlockError as error:
            raise DeadlockError(error.reason, waiting_lines(asyncio.all_tasks(self))) from None

    def run_in_executor(
        self, executor: Executor | None, func: Callable[[Unpack[Ts]], T], *args: *Ts
    ) -> asyncio.Future[T]:
        """As every loop does; the clock stands still until the job is done."""
        job = super().run_in_executor(executor, func, *args)
        self._virtual_selector.outside_jobs += 1
        job.add_done_callback(self._outside_job_done)
        return job

    def _outside_job_done(self, _job: asyncio.Future[T]) -> None:
        self._virtual_selector.outside_jobs -= 1

    async def shutdown_default_executor(self) -> None:
        """As every loop does: another thread joins the executor's, in real time."""
        self._virtual_selector.outside_jobs += 1
        try:
            await super().shutdown_default_executor()
        finally:
            self._virtual_selector.outside_jobs -= 1


async def at_rest() -> None:
    """Wait until every task waits for time to pass, or for the outside. No virtual time passes in here."""
    loop = asyncio.get_running_loop()
    if isinstance(loop, VirtualTimeLoop):
        await loop.at_rest()
    else:
        await asyncio.sleep(REST_SECONDS)
