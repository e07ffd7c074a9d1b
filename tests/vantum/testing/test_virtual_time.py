"""The loop jumps from timer to timer, waits for threads, and reports what can never go on."""

from __future__ import annotations

import asyncio
import itertools
import socket
import threading
import time
from collections.abc import Coroutine, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vantum.testing import virtual_time
from vantum.testing.deadlock import DeadlockError
from vantum.testing.leaks import end_leftovers
from vantum.testing.virtual_time import VirtualTimeLoop, at_rest


@pytest.fixture
def loop() -> Iterator[VirtualTimeLoop]:
    loop = VirtualTimeLoop()
    yield loop
    for task in asyncio.all_tasks(loop):
        task.cancel()
    loop.run_until_complete(asyncio.sleep(0))
    loop.run_until_complete(loop.shutdown_default_executor())
    loop.close()


def deadlock_in(loop: VirtualTimeLoop, coroutine: Coroutine[object, object, object]) -> DeadlockError:
    with pytest.raises(DeadlockError) as caught:
        loop.run_until_complete(coroutine)
    return caught.value


async def test_time_starts_at_zero_and_jumps_to_the_timer() -> None:
    loop = asyncio.get_running_loop()
    assert loop.time() == time.monotonic() == 0.0
    await asyncio.sleep(3600)
    assert loop.time() == time.monotonic() == time.perf_counter() == 3600.0


async def test_timers_below_a_millisecond_are_exact() -> None:
    loop = asyncio.get_running_loop()
    fired: list[tuple[str, float]] = []

    def fire(name: str) -> None:
        fired.append((name, loop.time()))

    for name, seconds in (("c", 0.0003), ("a", 0.000_001), ("b", 0.000_25)):
        loop.call_later(seconds, fire, name)
    await asyncio.sleep(1)
    assert fired == [("a", 0.000_001), ("b", 0.000_25), ("c", 0.0003)]


@given(st.lists(st.integers(1, 10**10), min_size=1, max_size=20))
async def test_sleeps_add_up_to_the_nanosecond(nanoseconds: list[int]) -> None:
    for step in nanoseconds:
        await asyncio.sleep(step / 1e9)
    assert asyncio.get_running_loop().time() == pytest.approx(
        sum(nanoseconds) / 1e9, abs=2e-9 * len(nanoseconds)
    )


async def test_a_time_out_expires_without_waiting() -> None:
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(asyncio.Event().wait(), 1000)
    assert time.monotonic() == 1000


def test_the_real_time_functions_are_back_between_runs(loop: VirtualTimeLoop) -> None:
    real = time.monotonic
    loop.run_until_complete(asyncio.sleep(5))
    assert time.monotonic is real
    assert loop.time() == 5.0


async def test_the_clock_stands_still_while_an_executor_works() -> None:
    timer = asyncio.get_running_loop().call_later(0.001, lambda: None)
    proceed = threading.Event()
    job = asyncio.get_running_loop().run_in_executor(None, proceed.wait)
    asyncio.get_running_loop().call_soon(proceed.set)
    assert await job
    assert time.monotonic() == 0.0
    timer.cancel()


async def test_a_thread_wakes_the_loop() -> None:
    loop = asyncio.get_running_loop()
    told: asyncio.Queue[int] = asyncio.Queue()
    await asyncio.to_thread(loop.call_soon_threadsafe, told.put_nowait, 7)
    assert await told.get() == 7


def test_waiting_for_nothing_is_a_deadlock_that_names_the_task_and_the_place(loop: VirtualTimeLoop) -> None:
    async def forgotten() -> None:
        await asyncio.Event().wait()

    async def main() -> None:
        await asyncio.create_task(forgotten(), name="waits for ever")

    error = deadlock_in(loop, main())
    assert error.reason == "Deadlock: there is no timer and no I/O left to wait for. It waits in:"
    assert len(error.waiting) == 2
    assert any(
        line.startswith("waits for ever: in Event.wait at ") and "test_virtual_time.py:" in line
        for line in error.waiting
    )


def test_a_stuck_executor_job_is_reported(loop: VirtualTimeLoop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(virtual_time, "OUTSIDE_SECONDS", 0.01)
    proceed = threading.Event()

    async def main() -> None:
        await asyncio.to_thread(proceed.wait)

    error = deadlock_in(loop, main())
    proceed.set()
    assert error.reason.startswith("Nothing came from 1 executor job(s) in 0.01 s of real time.")


def test_a_silent_socket_is_reported(loop: VirtualTimeLoop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(virtual_time, "OUTSIDE_SECONDS", 0.01)
    ours, theirs = socket.socketpair()
    with ours, theirs:
        ours.setblocking(False)
        error = deadlock_in(loop, loop.sock_recv(ours, 1))
        for task in asyncio.all_tasks(loop):
            task.cancel()
        loop.run_until_complete(asyncio.sleep(0))
    assert error.reason.startswith("Nothing came from a socket in 0.01 s of real time.")


async def test_a_socket_is_heard() -> None:
    loop = asyncio.get_running_loop()
    ours, theirs = socket.socketpair()
    with ours, theirs:
        ours.setblocking(False)
        loop.call_soon(theirs.send, b"x")
        assert await loop.sock_recv(ours, 1) == b"x"


def test_a_loop_that_polls_for_ever_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(virtual_time, "SPIN_SECONDS", 0.05)

    async def polls() -> None:
        for _ in itertools.count():
            await asyncio.sleep(0.02)

    loop = VirtualTimeLoop()
    error = deadlock_in(loop, polls())
    assert error.reason.startswith("The loop was busy for 0.05 s of real time.")
    loop.run_until_complete(end_leftovers(frozenset()))
    loop.close()


async def test_at_rest_comes_after_everything_that_needs_no_time() -> None:
    done: list[str] = []

    async def steps() -> None:
        for _ in range(100):
            await asyncio.sleep(0)
        done.append("steps")
        await asyncio.sleep(0.001)
        done.append("later")

    task = asyncio.create_task(steps())
    await asyncio.gather(at_rest(), at_rest())
    assert (done, time.monotonic()) == (["steps"], 0.0)
    await task


async def test_at_rest_waits_for_an_executor() -> None:
    job = asyncio.get_running_loop().run_in_executor(None, lambda: 5)
    await at_rest()
    assert job.done()


async def test_a_cancelled_wait_for_rest_does_no_harm() -> None:
    waiting = asyncio.create_task(at_rest())
    await asyncio.sleep(0)
    waiting.cancel()
    await at_rest()
    assert waiting.cancelled()


@pytest.mark.real_time
async def test_at_rest_on_a_real_loop_is_a_short_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(virtual_time, "REST_SECONDS", 0.0)
    await at_rest()
