"""A worker's side of its server: it tells the front how it is, does what it is told, and asks for all of them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from itertools import count
from typing import TYPE_CHECKING, Final, cast

from loguru import logger

from vantum.calls import Calls
from vantum.core.crew import Share
from vantum.core.resumption import Missed
from vantum.core.stamp import stamp_of
from vantum.core.whole_health import Health, Worker, whole_health
from vantum.phone.phone import Phone
from vantum.role import Told
from vantum.workers.badge import Badge
from vantum.workers.channel import Lines
from vantum.workers.handed import HandedListener
from vantum.workers.merged_metrics import merged
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
    Question,
    Ready,
    Report,
    Subject,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

REPORT_SECONDS: Final = 0.1
SAME_ROUNDS: Final = 10
"""After so many without a change all is told again: who says nothing hangs."""
GATHER_SECONDS: Final = 3.0
"""Longer than the front waits for the workers."""


class Member:
    """One worker of a server: the ``Whole`` (vantum/role.py) of its own application."""

    def __init__(self, badge: Badge, lines: Lines) -> None:
        self._badge = badge
        self._lines = lines
        self._colleagues: frozenset[str] = frozenset()
        self._own: Mapping[Subject, Callable[[], str]] = {}
        self._missed: Callable[[], Missed] = Missed
        self._asked: dict[int, asyncio.Future[Gathered]] = {}
        self._numbers = count()

    def elsewhere(self, call_id: str) -> bool:
        """Whether another worker that lives has made an id."""
        return stamp_of(call_id) in self._colleagues

    # --- what the application asks ------------------------------------------------------------------

    def tells(
        self, health: Callable[[], Told], metrics: Callable[[], bytes], missed: Callable[[], Missed]
    ) -> None:
        """From here on this worker tells of itself."""
        self._own = {
            Subject.HEALTH: lambda: json.dumps(health()),
            Subject.METRICS: lambda: metrics().decode(),
        }
        self._missed = missed

    async def health(self) -> Told:
        """The health of all workers; when nobody tells of the others, this one's own."""
        gathered = await self._gathered(Subject.HEALTH)
        told = [(voice, voice.text and json.loads(voice.text)) for voice in gathered.voices]
        workers = [
            Worker(voice.slot, voice.pid, cast("Health | None", health or None)) for voice, health in told
        ]
        if not any(worker.health for worker in workers):
            return cast(Told, json.loads(self._own[Subject.HEALTH]()))
        return whole_health(workers)

    async def metrics(self) -> bytes:
        """The metrics of all workers."""
        gathered = await self._gathered(Subject.METRICS)
        texts = [voice.text for voice in gathered.voices if voice.text is not None]
        silent = len(gathered.voices) - len(texts)
        return merged(texts or [self._own[Subject.METRICS]()], gathered.past, silent)

    async def _gathered(self, subject: Subject) -> Gathered:
        number = next(self._numbers)
        told: asyncio.Future[Gathered] = asyncio.get_running_loop().create_future()
        self._asked[number] = told
        self._lines.tell(Asks(number, subject))
        try:
            async with asyncio.timeout(GATHER_SECONDS):
                return await told
        except TimeoutError:
            return Gathered(number, (), "")
        finally:
            del self._asked[number]

    # --- the front ----------------------------------------------------------------------------------

    def ready(self, chain: str) -> None:
        """This worker takes connections."""
        self._lines.tell(Ready(chain))

    def leaving(self) -> None:
        """It takes no more; its last counts are told, because nobody can ask for them any more."""
        self._lines.tell(Answer(-1, self._own[Subject.METRICS]()))
        self._lines.tell(Farewell())

    async def report(self, calls: Calls) -> None:
        """Tell how this worker is, whenever that changes."""
        last, rounds = None, 0
        while True:
            report, rounds = self._report(calls), rounds + 1
            if report != last or rounds == SAME_ROUNDS:
                self._lines.tell(report)
                last, rounds = report, 0
            await asyncio.sleep(REPORT_SECONDS)

    def _report(self, calls: Calls) -> Report:
        missed = self._missed()
        lost, quiet = tuple(sorted(missed.lost)), tuple(sorted(missed.quiet))
        return Report(calls.live, calls.begun, calls.refusal() is None, lost, quiet, calls.leaving)

    async def obey(self, listener: HandedListener, phone: Phone | None) -> None:
        """Do what the front says, until it is gone; then finish the calls, as nobody else will."""
        async for message in self._lines.told():
            await self._heed(message, listener, phone)
        if not listener.should_exit:
            logger.error(
                "The process that hands out connections is gone: this worker ends with its last call."
            )
            listener.drain()

    async def _heed(self, message: Message, listener: HandedListener, phone: Phone | None) -> None:
        match message:
            case Question(number, subject):
                self._lines.tell(Answer(number, self._own[subject]()))
            case Gathered(number):
                waiting = self._asked.get(number)
                if waiting is not None and not waiting.done():
                    waiting.set_result(message)
            case Colleagues(stamps):
                self._colleagues = frozenset(stamps) - {self._badge.stamp}
            case Inherit(stamps, others):
                if phone is not None:
                    await self._inherit(phone, Share(frozenset(stamps), others))
            case Drain():
                listener.drain()
            case End():
                listener.end()
            case Hurry():
                listener.hurry()

    async def _inherit(self, phone: Phone, share: Share) -> None:
        try:
            await phone.adopt(share)
        except OSError as error:
            logger.error("The phone calls of a worker that is gone cannot be read.", reason=error.strerror)
