"""A few warm workers behind one bounded queue, shared by all calls; a worker that dies or hangs is replaced."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from loguru import logger

from processors.workers.pipe import DONE
from vantum.core.errors import CapacityError, ProviderError

START_SECONDS = 30.0
JOB_SECONDS = 10.0
# Waiting for a worker and its work together: a request behind one that hangs still gets its turn.
ANSWER_SECONDS = 2 * JOB_SECONDS
WAITING = 64
SHORTEST_RELAUNCH_WAIT, LONGEST_RELAUNCH_WAIT = 0.1, 5.0


class Health(StrEnum):
    """How a pool is, as GET /health tells it."""

    STARTING = "starting"
    READY = "ready"
    RESTARTING = "restarting"
    CLOSED = "closed"


class Worker(Protocol):
    """A process that answers one request at a time; dead, it raises EOFError or ConnectionError."""

    @property
    def pid(self) -> int: ...
    @property
    def alive(self) -> bool: ...
    async def ask(self, request: bytes) -> bytes: ...
    async def ended(self) -> None: ...
    async def kill(self) -> None: ...


class Launch(Protocol):
    """Starts a worker; raises OSError or EOFError if it does not come up."""

    async def __call__(self) -> Worker: ...


@dataclass(frozen=True, slots=True)
class Provider:
    """Whose workers these are, for the words of an error: ``stt`` and ``pocketsphinx``."""

    kind: str
    name: str

    def error(self, message: str) -> ProviderError:
        """An error of this provider."""
        return ProviderError(self.kind, self.name, message)


@dataclass(frozen=True, slots=True, eq=False)
class _Ticket:
    # A deque that has not got it says so with its repr.
    request: bytes = field(repr=False)
    answer: asyncio.Future[bytes]


class _State(StrEnum):
    FREE = "free"
    BUSY = "busy"
    DOWN = "down"


@dataclass(slots=True, eq=False)
class _Slot:
    worker: Worker
    state: _State = _State.FREE
    wake: asyncio.Event = field(default_factory=asyncio.Event)


class WorkerPool:
    """Answers requests in the order they come, each by whichever worker is free first.

    A worker that takes longer than ``job_seconds`` for one is replaced.
    """

    def __init__(
        self, provider: Provider, launch: Launch, size: int = 1, *, job_seconds: float = JOB_SECONDS
    ) -> None:
        self._provider = provider
        self._job_seconds = job_seconds
        self._launch = launch
        self._size = size
        self._waiting: deque[_Ticket] = deque()
        self._open: set[_Ticket] = set()
        self._slots: list[_Slot] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._closed = False

    @property
    def health(self) -> Health:
        """Ready if any worker is."""
        if self._closed:
            return Health.CLOSED
        if not self._slots:
            return Health.STARTING
        return Health.RESTARTING if all(s.state is _State.DOWN for s in self._slots) else Health.READY

    @property
    def idle(self) -> bool:
        """Whether a request made now would be worked on at once."""
        return not self._waiting and any(slot.state is _State.FREE for slot in self._slots)

    @property
    def pids(self) -> tuple[int, ...]:
        """The workers' process ids."""
        return tuple(slot.worker.pid for slot in self._slots)

    async def start(self) -> None:
        """Start all workers and wait until they are warm. Raises ProviderError if one does not come up."""
        launches = [asyncio.ensure_future(self._launched()) for _ in range(self._size)]
        try:
            workers = await asyncio.gather(*launches)
        except (OSError, EOFError) as error:
            await _end_all(launches)
            raise self._provider.error("its process does not start") from error
        self._slots = [_Slot(worker) for worker in workers]
        for slot in self._slots:
            self._tasks.add(asyncio.create_task(self._tend(slot)))
            self._watch(slot)

    async def submit(self, request: bytes) -> bytes:
        """The answer to a request; a caller who is cancelled before it is begun is not worked for.

        Raises CapacityError if too many wait, ProviderError if the work fails, hangs, or takes its worker down.
        """
        if self._closed:
            raise self._provider.error("the server is closing")
        if len(self._waiting) >= WAITING:
            raise CapacityError(f"{self._provider.name} is busy: {WAITING} requests wait already.")
        ticket = _Ticket(request, asyncio.get_running_loop().create_future())
        self._waiting.append(ticket)
        self._open.add(ticket)
        for slot in self._slots:
            slot.wake.set()
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                return await ticket.answer
        except TimeoutError as error:
            raise self._provider.error(f"no answer within {ANSWER_SECONDS:.0f} s") from error
        finally:
            self._open.discard(ticket)
            if ticket in self._waiting:
                self._waiting.remove(ticket)

    async def close(self) -> None:
        """End all workers at once; who still waits for an answer gets an error."""
        self._closed = True
        tasks = tuple(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.gather(*(slot.worker.kill() for slot in self._slots))
        for ticket in tuple(self._open):
            self._refuse(ticket, "the server is closing")

    def _watch(self, slot: _Slot) -> None:
        """Wake the slot when its worker ends, for whatever reason."""

        async def wait(worker: Worker) -> None:
            await worker.ended()
            slot.wake.set()

        task = asyncio.create_task(wait(slot.worker))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _tend(self, slot: _Slot) -> None:
        while True:
            await slot.wake.wait()
            slot.wake.clear()
            if not slot.worker.alive:
                logger.warning("A process of {} ended by itself; starting another.", self._provider.name)
                await self._replace(slot)
            while self._waiting:
                if not await self._answer(slot, self._waiting.popleft()):
                    await self._replace(slot)

    async def _answer(self, slot: _Slot, ticket: _Ticket) -> bool:
        """Let the worker do it; returns whether the worker can go on."""
        slot.state = _State.BUSY
        try:
            async with asyncio.timeout(self._job_seconds):
                reply = await slot.worker.ask(ticket.request)
        except TimeoutError:
            return self._lose(slot, ticket, f"no answer within {self._job_seconds:.0f} s")
        except (EOFError, ConnectionError):
            return self._lose(slot, ticket, "its process died")
        slot.state = _State.FREE
        if not reply.startswith(DONE):
            self._refuse(ticket, reply[1:].decode())
        elif not ticket.answer.done():
            ticket.answer.set_result(reply[1:])
        return True

    def _lose(self, slot: _Slot, ticket: _Ticket, what: str) -> bool:
        logger.error("{}: {}; starting another.", self._provider.name, what)
        slot.state = _State.DOWN
        self._refuse(ticket, f"{what}; it is being restarted")
        return False

    def _refuse(self, ticket: _Ticket, message: str) -> None:
        if not ticket.answer.done():
            ticket.answer.set_exception(self._provider.error(message))

    async def _replace(self, slot: _Slot) -> None:
        slot.state = _State.DOWN
        await slot.worker.kill()
        wait = SHORTEST_RELAUNCH_WAIT
        while slot.state is _State.DOWN:
            try:
                slot.worker = await self._launched()
                slot.state = _State.FREE
                self._watch(slot)
            except (OSError, EOFError) as error:
                logger.error("{} does not start ({}); again in {:.1f} s.", self._provider.name, error, wait)
                await asyncio.sleep(wait)
                wait = min(2 * wait, LONGEST_RELAUNCH_WAIT)

    async def _launched(self) -> Worker:
        async with asyncio.timeout(START_SECONDS):
            return await self._launch()


async def _end_all(launches: Sequence[asyncio.Future[Worker]]) -> None:
    for launch in launches:
        launch.cancel()
    for outcome in await asyncio.gather(*launches, return_exceptions=True):
        if not isinstance(outcome, BaseException):
            await outcome.kill()
