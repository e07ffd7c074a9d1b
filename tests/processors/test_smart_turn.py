"""The judge answers at once or not at all, whatever becomes of its worker."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from processors.smart_turn import HUNG_SECONDS, JUDGE_SECONDS, USUAL_SECONDS, TurnJudge
from processors.smart_turn_request import pack_probability, unpack_turn
from processors.workers.pipe import DONE, FAILED
from processors.workers.pool import Health
from tests.speech import clip
from vantum.core.errors import ProviderError

RATE = 16_000
TURN = b"\1\0" * 800
REFUSED, HANGS, DIES, SLOW = b"refused", b"hangs", b"dies", b"slow"


@dataclass(eq=False)
class FakeWorker:
    """Judges in 40 ms unless the turn's audio says otherwise."""

    pid: int
    asked: list[bytes] = field(default_factory=list)
    dead: asyncio.Event = field(default_factory=asyncio.Event)

    async def ask(self, request: bytes) -> bytes:
        pcm, _ = unpack_turn(request)
        self.asked.append(pcm)
        await asyncio.sleep(0.04)
        match pcm:
            case b"refused":
                return FAILED + b"no turn"
            case b"hangs":
                await self.dead.wait()
            case b"slow":
                await asyncio.sleep(JUDGE_SECONDS)
            case b"dies":
                self.dead.set()
                raise EOFError
        return DONE + pack_probability(0.75)

    @property
    def alive(self) -> bool:
        return not self.dead.is_set()

    async def ended(self) -> None:
        await self.dead.wait()

    async def kill(self) -> None:
        self.dead.set()


@dataclass
class Launcher:
    """Launches fake workers in half a second."""

    launched: list[FakeWorker] = field(default_factory=list)

    async def __call__(self) -> FakeWorker:
        await asyncio.sleep(0.5)
        self.launched.append(FakeWorker(len(self.launched)))
        return self.launched[-1]


@asynccontextmanager
async def running(launcher: Launcher | None = None) -> AsyncIterator[TurnJudge]:
    judge = TurnJudge(launcher)
    await judge.start()
    try:
        yield judge
    finally:
        await judge.close()


def now() -> float:
    return asyncio.get_running_loop().time()


def state(judge: TurnJudge) -> str:
    return judge.health


async def test_it_answers_as_long_as_it_runs() -> None:
    judge = TurnJudge(Launcher())
    assert state(judge) == Health.STARTING
    assert await judge.judge(TURN, RATE) is None
    await judge.start()
    assert state(judge) == Health.READY
    assert await judge.judge(TURN, RATE) == 0.75
    await judge.close()
    assert state(judge) == Health.CLOSED
    assert await judge.judge(TURN, RATE) is None


async def test_what_the_worker_refuses_has_no_judgement() -> None:
    async with running(Launcher()) as judge:
        assert await judge.judge(REFUSED, RATE) is None
        assert await judge.judge(TURN, RATE) == 0.75


async def test_a_worker_that_hangs_holds_nobody_up_and_is_replaced() -> None:
    launcher = Launcher()
    async with running(launcher) as judge:
        began = now()
        assert await judge.judge(HANGS, RATE) is None
        assert now() - began == JUDGE_SECONDS
        assert await judge.judge(TURN, RATE) is None
        assert now() - began == 2 * JUDGE_SECONDS
        await asyncio.sleep(HUNG_SECONDS + 0.5)
        assert await judge.judge(TURN, RATE) == 0.75
    assert [worker.asked for worker in launcher.launched] == [[HANGS], [TURN]]


async def test_a_worker_that_dies_is_replaced_and_nobody_waits_for_it() -> None:
    launcher = Launcher()
    async with running(launcher) as judge:
        assert await judge.judge(DIES, RATE) is None
        began = now()
        assert state(judge) == Health.RESTARTING
        assert await judge.judge(TURN, RATE) is None
        assert now() == began
        await asyncio.sleep(0.6)
        assert await judge.judge(TURN, RATE) == 0.75
    assert [worker.asked for worker in launcher.launched] == [[DIES], [TURN]]


async def test_of_many_at_once_the_first_are_answered_in_time_and_the_others_at_once() -> None:
    async with running(Launcher()) as judge:
        for _ in range(4):
            assert await judge.judge(TURN, RATE) == 0.75
        began = now()

        async def ask() -> tuple[float | None, float]:
            return await judge.judge(TURN, RATE), round(now() - began, 9)

        answers = await asyncio.gather(*(ask() for _ in range(20)))
        in_time = [(0.75, round(0.04 * (place + 1), 9)) for place in range(6)]
        assert answers == in_time + [(None, 0.0)] * 14
        assert await judge.judge(TURN, RATE) == 0.75


async def test_an_early_question_is_answered_by_who_has_nothing_else_to_do() -> None:
    async with running(Launcher()) as judge:
        first = asyncio.create_task(judge.judge(TURN, RATE))
        await asyncio.sleep(0)
        assert await judge.judge(TURN, RATE, early=True) is None
        assert await first == 0.75
        assert await judge.judge(TURN, RATE, early=True) == 0.75


async def test_a_worker_that_was_too_slow_is_trusted_with_more_as_it_proves_itself() -> None:
    async with running(Launcher()) as judge:
        assert await judge.judge(SLOW, RATE) is None
        # Until the worker has done it.
        await asyncio.sleep(JUDGE_SECONDS)
        answered = []
        for _ in range(5):
            together = await asyncio.gather(*(judge.judge(TURN, RATE) for _ in range(8)))
            answered.append(sum(answer is not None for answer in together))
        assert answered == [1, 1, 2, 4, 6]


async def test_who_no_longer_waits_is_not_worked_for() -> None:
    launcher = Launcher()
    async with running(launcher) as judge:
        first, second = (asyncio.create_task(judge.judge(pcm, RATE)) for pcm in (TURN, b"stale."))
        await asyncio.sleep(0.02)
        second.cancel()
        assert await first == 0.75
        assert await judge.judge(TURN, RATE) == 0.75
    assert launcher.launched[0].asked == [TURN, TURN]


@pytest.mark.real_time
async def test_the_real_model_judges_in_a_process_of_its_own() -> None:
    async with running() as judge:
        (pid,) = judge.pids
        assert pid != os.getpid()
        complete = await judge.judge(clip("weather_question"), RATE)
        begun = await judge.judge(clip("jfk")[: 2 * int(4.5 * RATE)], RATE)
        # A busy machine may take longer than the deadline, and then there is no judgement.
        assert complete is None or complete > 0.5
        assert begun is None or begun < 0.5


@pytest.mark.real_time
async def test_twenty_calls_at_once_are_answered_or_not_but_none_fails() -> None:
    async with running() as judge:
        pcm = clip("weather_question")
        answers = await asyncio.gather(*(judge.judge(pcm, RATE) for _ in range(20)))
        assert all(answer is None or answer > 0.5 for answer in answers)
        most = int(JUDGE_SECONDS / USUAL_SECONDS)
        assert answers[most:] == [None] * (20 - most)


@pytest.mark.real_time
async def test_a_killed_process_is_replaced() -> None:
    async with running() as judge:
        (pid,) = judge.pids
        os.kill(pid, signal.SIGKILL)
        async with asyncio.timeout(30):
            while judge.pids == (pid,):  # noqa: ASYNC110 - nobody is told, that is the point
                await asyncio.sleep(0.01)
            while await judge.judge(clip("weather_question"), RATE) is None:  # noqa: ASYNC110
                await asyncio.sleep(0.01)


async def test_a_judge_that_does_not_start_says_so() -> None:
    async def fail() -> FakeWorker:
        raise EOFError

    with pytest.raises(ProviderError, match=r"smart-turn \(turn\): its process does not start"):
        await TurnJudge(fail).start()


def autogroup(pid: int) -> str | None:
    """The niceness of a process's session; None where sessions have none."""
    try:
        return Path(f"/proc/{pid}/autogroup").read_text().split()[-1]
    except FileNotFoundError:
        return None


@pytest.mark.real_time
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="where a process stands is told in /proc")
async def test_the_process_gives_way_to_the_server_s() -> None:
    async with running() as judge:
        (pid,) = judge.pids
        assert os.getpriority(os.PRIO_PROCESS, pid) == os.getpriority(os.PRIO_PROCESS, 0) + 10
        assert autogroup(pid) in (None, "10")
