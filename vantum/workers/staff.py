"""The workers of a server: started, watched, replaced one by one, and ended together."""

from __future__ import annotations

import asyncio
import secrets
import socket
import time
from collections.abc import Coroutine, Sequence
from typing import Final

from loguru import logger

from vantum.core.crew import Crew, Load
from vantum.core.respawn import Respawn
from vantum.core.resumption import Missed
from vantum.core.routing import Wish
from vantum.core.stamp import DIGITS
from vantum.workers.gathering import Gathering
from vantum.workers.hired import Hired, hire
from vantum.workers.merged_metrics import lasting
from vantum.workers.messages import (
    Answer,
    Asks,
    Colleagues,
    Drain,
    End,
    Farewell,
    Gathered,
    Hurry,
    Inherit,
    Message,
    Ready,
    Report,
)

READY_SECONDS: Final = 60.0
HAND_SECONDS: Final = 10.0
"""How long a connection waits for a worker that takes it."""
RETRY_SECONDS: Final = 0.02
FINAL: Final = -1
"""The number of what a worker tells last, without being asked."""


class FailedStartError(Exception):
    """A worker did not get ready; ``exit_code`` is its own, None where it hung."""

    def __init__(self, exit_code: int | None) -> None:
        super().__init__(exit_code)
        self.exit_code = exit_code


class Staff:
    """``slots`` workers, each started with ``arguments`` and told ``secret``."""

    def __init__(self, slots: int, arguments: Sequence[str], secret: str) -> None:
        self._slots = slots
        self._arguments = arguments
        self._secret = secret
        self._crew = Crew(slots)
        self._hired: dict[str, Hired] = {}
        self._respawns = [Respawn() for _ in range(slots)]
        self._gathering = Gathering(lambda: [worker for worker in self._hired.values() if worker.serves])
        self._past = ""
        self._closing = False
        self._tasks: set[asyncio.Task[None]] = set()
        self._rolling: asyncio.Task[None] | None = None
        self._roll_again = False

    @property
    def pids(self) -> tuple[int, ...]:
        """The processes that take calls, by slot."""
        staying = [worker for worker in self._hired.values() if self._crew.active(worker.stamp)]
        return tuple(worker.pid for worker in sorted(staying, key=lambda worker: worker.slot))

    async def open(self) -> str:
        """Start all; returns the chain of a call's processors. Raises FailedStartError."""
        # The first takes up what is left on the disk, before any other begins a call of its own.
        first = await self._start(0)
        await asyncio.gather(*(self._start(slot) for slot in range(1, self._slots)))
        return first.ready.result()

    async def hand(self, connection: socket.socket, wish: Wish) -> None:
        """Give a connection to the worker that it is for; it waits while there is none."""
        gone: set[str] = set()
        due = time.monotonic() + HAND_SECONDS
        while (now := time.monotonic()) < due:
            stamp = self._crew.choose(wish, now, gone)
            if stamp is None:
                gone.clear()
                await asyncio.sleep(RETRY_SECONDS)
                continue
            try:
                given = self._hired[stamp].give(connection)
            except OSError:
                gone.add(stamp)
                continue
            if given:
                self._crew.given(stamp, wish, now)
                return
            if wish.stamps or wish.key:
                await asyncio.sleep(RETRY_SECONDS)
            else:
                # It may hang: another will do.
                gone.add(stamp)
        logger.error("No worker took a connection in time.")

    def roll(self) -> None:
        """Replace all workers, one after the other; again, if that is asked for meanwhile."""
        if self._rolling is not None and not self._rolling.done():
            self._roll_again = True
            return
        self._rolling = self._go(self._roll(), "rolling restart")

    async def close(self, seconds: float) -> None:
        """End all; who has not ended after ``seconds`` is killed."""
        self._closing = True
        for task in self._tasks:
            if not task.get_name().startswith("attend"):
                task.cancel()
        for worker in self._hired.values():
            worker.tell(End())
        _, late = await asyncio.wait([*self._tasks], timeout=seconds) if self._tasks else ((), ())
        if late:
            logger.error("Workers did not end in time, and are killed.", workers=len(self._hired))
        for worker in self._hired.values():
            worker.kill()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def hurry(self) -> None:
        """Nobody waits for a goodbye any more."""
        for worker in self._hired.values():
            worker.tell(Hurry())

    # --- starting and replacing ---------------------------------------------------------------------

    def _go(self, work: Coroutine[None, None, None], name: str) -> asyncio.Task[None]:
        task = asyncio.create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _start(self, slot: int) -> Hired:
        """A worker that is ready; raises FailedStartError."""
        badge = (slot, self._slots, secrets.token_hex(DIGITS // 2))
        try:
            worker = await hire(self._arguments, badge, self._secret)
        except OSError as error:
            logger.error("A worker cannot be started.", worker=slot, reason=error.strerror)
            raise FailedStartError(None) from error
        self._hired[worker.stamp] = worker
        self._go(self._attend(worker), f"attend {worker.stamp}")
        try:
            async with asyncio.timeout(READY_SECONDS):
                await asyncio.shield(worker.ready)
        except TimeoutError:
            worker.kill()
            raise FailedStartError(None) from None
        return worker

    async def _replace(self, slot: int) -> None:
        """Start a worker in a slot that has none, until one is ready."""
        while True:
            await asyncio.sleep(self._respawns[slot].pause(time.monotonic()))
            try:
                await self._start(slot)
            except FailedStartError:
                logger.error("A worker did not get ready: it is started again.", worker=slot)
            else:
                return

    async def _roll(self) -> None:
        while True:
            self._roll_again = False
            logger.info("All workers are replaced, one after the other.")
            for slot in range(self._slots):
                try:
                    await self._start(slot)
                except FailedStartError:
                    logger.error("A new worker did not get ready: the old ones stay.", worker=slot)
                    break
            else:
                logger.info("All workers were replaced.")
            if not self._roll_again:
                return

    # --- what a worker says -------------------------------------------------------------------------

    async def _attend(self, worker: Hired) -> None:
        """Listen to a worker until it is gone, and see to what it leaves."""
        try:
            async for message in worker.told():
                self._heed(worker, message)
        except ValueError:
            logger.error("A worker talks nonsense: it is ended.", worker=worker.slot)
            worker.kill()
        code = await worker.ended()
        stayed = self._crew.active(worker.stamp)
        self._farewell(worker)
        del self._hired[worker.stamp]
        self._tell_colleagues()
        if not worker.ready.done():
            worker.ready.set_exception(FailedStartError(code))
            # Whoever waited may be gone.
            worker.ready.exception()
            return
        if stayed and not self._closing:
            logger.error(
                "A worker died: its calls are lost.", worker=worker.slot, process=worker.pid, code=code
            )
            self._go(self._replace(worker.slot), f"replace {worker.slot}")
        elif not self._closing:
            logger.info("A worker has ended.", worker=worker.slot, process=worker.pid)
        self._bequeath(self._crew.owner(worker.stamp))

    def _heed(self, worker: Hired, message: Message) -> None:
        match message:
            case Ready(chain):
                self._joined(worker, chain)
            case Report(live, begun, admits, lost, quiet, leaving):
                missed = Missed(frozenset(lost), frozenset(quiet))
                self._crew.tell(worker.stamp, Load(live, begun, admits, missed), time.monotonic())
                if leaving and self._crew.active(worker.stamp):
                    self._retired(worker)
            case Asks():
                self._go(self._answer(worker, message), "gather")
            case Answer(number, text):
                if number == FINAL:
                    worker.metrics = text
                self._gathering.answered(message)
            case Farewell():
                self._farewell(worker)

    def _joined(self, worker: Hired, chain: str) -> None:
        for one in self._hired.values():
            if one.slot == worker.slot and self._crew.active(one.stamp):
                self._crew.retire(one.stamp)
                one.tell(Drain())
        heir = self._crew.join(worker.slot, worker.stamp)
        worker.serves = True
        self._respawns[worker.slot].started(time.monotonic())
        logger.info("A worker is ready.", worker=worker.slot, process=worker.pid)
        self._tell_colleagues()
        if heir:
            self._bequeath(worker.stamp)
        if not worker.ready.done():
            worker.ready.set_result(chain)

    def _retired(self, worker: Hired) -> None:
        """A worker was told by somebody else to end: another takes its place at once."""
        self._crew.retire(worker.stamp)
        if not self._closing:
            logger.info("A worker leaves, and is replaced.", worker=worker.slot, process=worker.pid)
            self._go(self._replace(worker.slot), f"replace {worker.slot}")

    def _farewell(self, worker: Hired) -> None:
        """A worker gets no connections any more; its counts are kept."""
        self._crew.leave(worker.stamp)
        worker.give_no_more()
        if worker.serves:
            worker.serves = False
            self._past = lasting(worker.metrics, self._past)

    def _bequeath(self, heir: str | None) -> None:
        """An heir is to take up what those left that are gone; without one, the next worker will."""
        if heir is None or self._closing:
            return
        share = self._crew.share_of(heir, self._hired)
        self._hired[heir].tell(Inherit(tuple(share.stamps), share.others))

    def _tell_colleagues(self) -> None:
        stamps = tuple(self._hired)
        for worker in self._hired.values():
            worker.tell(Colleagues(stamps))

    async def _answer(self, worker: Hired, asked: Asks) -> None:
        voices = await self._gathering.gathered(asked.subject)
        worker.tell(Gathered(asked.number, voices, self._past))
