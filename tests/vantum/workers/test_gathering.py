"""Asking all workers: those that do not answer are told of and not waited for."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import cast

from vantum.workers.gathering import ANSWER_SECONDS, Gathering
from vantum.workers.hired import Hired
from vantum.workers.messages import Answer, Message, Question, Subject, Voice


@dataclass(slots=True)
class Worker:
    """Answers after ``seconds``; None never does."""

    slot: int
    seconds: float | None = 0.1
    gathering: Gathering | None = None
    metrics: str = ""
    asked: list[Message] = field(default_factory=list)

    @property
    def pid(self) -> int:
        return 70 + self.slot

    def tell(self, message: Message) -> None:
        self.asked.append(message)
        assert isinstance(message, Question)
        if self.seconds is not None and self.gathering is not None:
            answer = Answer(message.number, f"{message.subject} of {self.slot}")
            asyncio.get_running_loop().call_later(self.seconds, self.gathering.answered, answer)


def now() -> float:
    return asyncio.get_running_loop().time()


def gathering_of(*workers: Worker) -> Gathering:
    gathering = Gathering(lambda: [cast(Hired, worker) for worker in workers])
    for worker in workers:
        worker.gathering = gathering
    return gathering


async def test_all_are_asked_at_once_and_told_by_slot() -> None:
    one, other = Worker(0, 0.3), Worker(1, 0.1)
    voices = await gathering_of(one, other).gathered(Subject.HEALTH)
    assert voices == (Voice(0, 70, "health of 0"), Voice(1, 71, "health of 1"))
    assert (now(), one.metrics) == (0.3, "")


async def test_who_is_silent_is_not_waited_for_and_may_be_late() -> None:
    late, well = Worker(0, ANSWER_SECONDS + 0.5), Worker(1)
    voices = await gathering_of(late, well).gathered(Subject.METRICS)
    assert [voice.text for voice in voices] == [None, "metrics of 1"]
    assert now() == ANSWER_SECONDS
    assert (late.metrics, well.metrics) == ("", "metrics of 1")
    await asyncio.sleep(1.0)


async def test_those_who_ask_at_the_same_time_share_the_answers() -> None:
    worker = Worker(0)
    gathering = gathering_of(worker)
    asked = [gathering.gathered(Subject.HEALTH) for _ in range(50)]
    assert len(set(await asyncio.gather(*asked))) == 1
    assert len(worker.asked) == 1
    await gathering.gathered(Subject.HEALTH)
    assert len(worker.asked) == 2


async def test_who_stops_asking_spoils_nothing_for_the_others() -> None:
    gathering = gathering_of(Worker(0))
    gone = asyncio.create_task(gathering.gathered(Subject.HEALTH))
    staying = asyncio.create_task(gathering.gathered(Subject.HEALTH))
    await asyncio.sleep(0.05)
    gone.cancel()
    assert await staying == (Voice(0, 70, "health of 0"),)


async def test_where_there_is_nobody_nobody_tells() -> None:
    gathering = gathering_of()
    assert await gathering.gathered(Subject.HEALTH) == ()
    gathering.answered(Answer(7, "who asked?"))
