from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial

import pytest

from processors.workers.pipe import DONE, FAILED
from processors.workers.pool import (
    ANSWER_SECONDS,
    JOB_SECONDS,
    LONGEST_RELAUNCH_WAIT,
    START_SECONDS,
    WAITING,
    Health,
    Provider,
    WorkerPool,
)
from vantum.core.errors import CapacityError, ProviderError

PROVIDER = Provider("stt", "pocketsphinx")


@dataclass(eq=False)
class FakeWorker:
    """Takes a second to answer; ``die`` and ``hang`` as a request do what they say."""

    pid: int
    asked: list[bytes] = field(default_factory=list)
    dead: asyncio.Event = field(default_factory=asyncio.Event)

    async def ask(self, request: bytes) -> bytes:
        self.asked.append(request)
        await asyncio.sleep(1.0)
        match request:
            case b"die":
                self.dead.set()
                raise EOFError
            case b"hang":
                await self.dead.wait()
            case b"bad":
                return FAILED + b"no such voice"
        return DONE + request.upper()

    @property
    def alive(self) -> bool:
        return not self.dead.is_set()

    async def ended(self) -> None:
        await self.dead.wait()

    async def kill(self) -> None:
        self.dead.set()


@dataclass
class Launcher:
    """Launches fake workers in half a second; ``failures`` of the next launches fail."""

    failures: int = 0
    launched: list[FakeWorker] = field(default_factory=list)

    async def __call__(self) -> FakeWorker:
        await asyncio.sleep(0.5)
        if self.failures:
            self.failures -= 1
            raise EOFError("it said nothing")
        self.launched.append(FakeWorker(len(self.launched)))
        return self.launched[-1]

    @property
    def asked(self) -> list[bytes]:
        return [request for worker in self.launched for request in worker.asked]


@asynccontextmanager
async def running(launcher: Launcher, size: int = 1) -> AsyncIterator[WorkerPool]:
    pool = WorkerPool(PROVIDER, launcher, size)
    await pool.start()
    try:
        yield pool
    finally:
        await pool.close()


def state(pool: WorkerPool) -> str:
    return pool.health


def now() -> float:
    return asyncio.get_running_loop().time()


async def test_it_starts_all_its_workers_at_once_and_ends_them() -> None:
    launcher = Launcher()
    pool = WorkerPool(PROVIDER, launcher, 3)
    assert state(pool) == Health.STARTING
    began = now()
    await pool.start()
    assert (now() - began, state(pool), sorted(pool.pids)) == (0.5, Health.READY, [0, 1, 2])
    await pool.close()
    assert state(pool) == Health.CLOSED
    assert all(worker.dead.is_set() for worker in launcher.launched)


async def test_requests_are_answered_in_order_by_one_worker() -> None:
    async with running(Launcher()) as pool:
        began = now()
        answers = await asyncio.gather(pool.submit(b"a"), pool.submit(b"b"), pool.submit(b"c"))
        assert tuple(answers) == (b"A", b"B", b"C")
        assert now() - began == 3.0


async def test_two_workers_take_half_the_time() -> None:
    async with running(Launcher(), 2) as pool:
        began = now()
        await asyncio.gather(*(pool.submit(b"a") for _ in range(4)))
        assert now() - began == 2.0


async def test_it_is_idle_only_while_a_worker_is_free_and_nobody_waits() -> None:
    async with running(Launcher()) as pool:
        assert bool(pool.idle)
        asking = asyncio.create_task(pool.submit(b"a"))
        await asyncio.sleep(0.5)
        assert not pool.idle
        await asking
        assert bool(pool.idle)


async def test_a_refused_request_is_an_error_and_the_worker_lives_on() -> None:
    launcher = Launcher()
    async with running(launcher) as pool:
        with pytest.raises(ProviderError, match=r"pocketsphinx \(stt\): no such voice"):
            await pool.submit(b"bad")
        assert await pool.submit(b"a") == b"A"
    assert len(launcher.launched) == 1


async def test_a_worker_that_dies_costs_its_request_and_is_replaced() -> None:
    launcher = Launcher()
    async with running(launcher) as pool:
        dying, next_one = asyncio.create_task(pool.submit(b"die")), asyncio.create_task(pool.submit(b"a"))
        with pytest.raises(ProviderError, match="its process died; it is being restarted"):
            await dying
        assert state(pool) == Health.RESTARTING
        assert await next_one == b"A"
        assert state(pool) == Health.READY
    assert [worker.asked for worker in launcher.launched] == [[b"die"], [b"a"]]


async def test_a_worker_that_hangs_is_replaced_after_ten_seconds() -> None:
    launcher = Launcher()
    async with running(launcher) as pool:
        began = now()
        with pytest.raises(ProviderError, match="no answer within 10 s; it is being restarted"):
            await pool.submit(b"hang")
        assert now() - began == JOB_SECONDS
        assert await pool.submit(b"a") == b"A"
    assert launcher.launched[0].dead.is_set()


async def test_how_long_a_worker_may_take_is_for_the_pool_to_say() -> None:
    launcher = Launcher()
    pool = WorkerPool(PROVIDER, launcher, job_seconds=2.0)
    await pool.start()
    began = now()
    with pytest.raises(ProviderError, match="no answer within 2 s; it is being restarted"):
        await pool.submit(b"hang")
    assert now() - began == 2.0
    assert await pool.submit(b"a") == b"A"
    await pool.close()


async def test_a_worker_that_dies_idle_is_replaced_before_anybody_asks() -> None:
    launcher = Launcher()
    async with running(launcher) as pool:
        launcher.launched[0].dead.set()
        await asyncio.sleep(0.1)
        assert state(pool) == Health.RESTARTING
        assert not pool.idle
        await asyncio.sleep(0.5)
        assert state(pool) == Health.READY
        assert await pool.submit(b"a") == b"A"


async def test_one_of_two_workers_down_is_still_ready() -> None:
    launcher = Launcher()
    async with running(launcher, 2) as pool:
        launcher.launched[0].dead.set()
        await asyncio.sleep(0.1)
        assert state(pool) == Health.READY
        assert await pool.submit(b"a") == b"A"


async def test_relaunching_goes_on_with_growing_waits() -> None:
    launcher = Launcher()
    async with running(launcher) as pool:
        launcher.failures = 4
        launcher.launched[0].dead.set()
        began = now()
        assert await pool.submit(b"a") == b"A"
        assert now() - began == pytest.approx(5 * 0.5 + 0.1 + 0.2 + 0.4 + 0.8 + 1.0)


async def test_who_waits_too_long_gets_an_error() -> None:
    launcher = Launcher()
    async with running(launcher) as pool:
        launcher.failures = 1000
        launcher.launched[0].dead.set()
        began = now()
        with pytest.raises(ProviderError, match="no answer within 20 s"):
            await pool.submit(b"a")
        assert now() - began == ANSWER_SECONDS
        await asyncio.sleep(10 * LONGEST_RELAUNCH_WAIT)
        launcher.failures = 0
        await asyncio.sleep(2 * LONGEST_RELAUNCH_WAIT)
        assert state(pool) == Health.READY
    assert launcher.asked == []


async def test_a_cancelled_request_that_has_not_begun_is_never_worked_on() -> None:
    launcher = Launcher()
    async with running(launcher) as pool:
        first, second = asyncio.create_task(pool.submit(b"a")), asyncio.create_task(pool.submit(b"b"))
        await asyncio.sleep(0.5)
        second.cancel()
        await asyncio.wait((first, second))
        assert await pool.submit(b"c") == b"C"
    assert launcher.asked == [b"a", b"c"]


async def test_a_request_cancelled_in_work_does_not_disturb_the_next() -> None:
    async with running(Launcher()) as pool:
        first = asyncio.create_task(pool.submit(b"a"))
        await asyncio.sleep(0.5)
        first.cancel()
        assert await pool.submit(b"b") == b"B"


async def test_a_full_queue_refuses_at_once() -> None:
    async with running(Launcher()) as pool:
        asking = [asyncio.create_task(pool.submit(b"a")) for _ in range(WAITING)]
        await asyncio.sleep(0)
        with pytest.raises(CapacityError, match=f"{WAITING} requests wait already"):
            await pool.submit(b"b")
        for task in asking:
            task.cancel()
        await asyncio.wait(asking)


async def test_closing_refuses_who_waits_and_who_comes() -> None:
    async with running(Launcher()) as pool:
        asking = [asyncio.create_task(pool.submit(b"a")) for _ in range(3)]
        await asyncio.sleep(0.5)
        began = now()
        await pool.close()
        assert now() == began
        for outcome in await asyncio.gather(*asking, return_exceptions=True):
            assert "the server is closing" in str(outcome)
        with pytest.raises(ProviderError, match="the server is closing"):
            await pool.submit(b"b")


async def test_a_start_that_fails_leaves_no_worker_behind() -> None:
    launcher = Launcher(failures=1)
    with pytest.raises(ProviderError, match="its process does not start"):
        await WorkerPool(PROVIDER, launcher, 3).start()
    assert all(worker.dead.is_set() for worker in launcher.launched)


async def test_a_start_that_takes_too_long_fails() -> None:
    async def never() -> FakeWorker:
        await asyncio.sleep(1000)
        return FakeWorker(1)

    began = now()
    with pytest.raises(ProviderError, match="its process does not start"):
        await WorkerPool(PROVIDER, partial(never)).start()
    assert now() - began == START_SECONDS


async def test_closing_while_a_worker_is_being_replaced() -> None:
    launcher = Launcher()
    async with running(launcher) as pool:
        launcher.launched[0].dead.set()
        await asyncio.sleep(0.1)
        assert state(pool) == Health.RESTARTING
    assert state(pool) == Health.CLOSED
