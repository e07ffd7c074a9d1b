"""Asks all workers the same, and waits for their answers, but not for long."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection
from itertools import count
from typing import Final

from vantum.workers.hired import Hired
from vantum.workers.messages import Answer, Question, Subject, Voice

ANSWER_SECONDS: Final = 1.0


class Gathering:
    """Gathers what ``serving`` workers tell. Who asks while others wait for the same gets the same."""

    def __init__(self, serving: Callable[[], Collection[Hired]]) -> None:
        self._serving = serving
        self._numbers = count()
        self._expected: dict[int, asyncio.Future[str]] = {}
        self._under_way: dict[Subject, asyncio.Task[tuple[Voice, ...]]] = {}

    async def gathered(self, subject: Subject) -> tuple[Voice, ...]:
        """What each worker told; nothing of those that did not within ``ANSWER_SECONDS``."""
        asking = self._under_way.get(subject)
        if asking is None:
            asking = asyncio.create_task(self._ask_all(subject), name=f"gather {subject}")
            self._under_way[subject] = asking
            asking.add_done_callback(lambda _: self._under_way.pop(subject))
        return await asyncio.shield(asking)

    def answered(self, answer: Answer) -> None:
        """A worker has told; too late for some."""
        expected = self._expected.get(answer.number)
        if expected is not None and not expected.done():
            expected.set_result(answer.text)

    async def _ask_all(self, subject: Subject) -> tuple[Voice, ...]:
        return tuple(await asyncio.gather(*(self._ask(one, subject) for one in self._serving())))

    async def _ask(self, worker: Hired, subject: Subject) -> Voice:
        number = next(self._numbers)
        told = self._expected[number] = asyncio.get_running_loop().create_future()
        worker.tell(Question(number, subject))
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                text = await told
        except TimeoutError:
            return Voice(worker.slot, worker.pid, None)
        finally:
            del self._expected[number]
        if subject is Subject.METRICS:
            worker.metrics = text
        return Voice(worker.slot, worker.pid, text)
