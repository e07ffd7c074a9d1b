"""Calls per second: exact distances, in order."""

from __future__ import annotations

import asyncio

import pytest

from vantum.phone.throttle import Throttle


def now() -> float:
    return round(asyncio.get_running_loop().time(), 6)


@pytest.mark.parametrize(
    ("per_second", "times"),
    [(1, [0, 1, 2, 3]), (4, [0, 0.25, 0.5, 0.75]), (0.01, [0, 100, 200, 300])],
)
async def test_one_is_let_through_at_a_time_in_order(per_second: float, times: list[float]) -> None:
    throttle = Throttle(per_second)
    passed: list[tuple[int, float]] = []

    async def one(number: int) -> None:
        await throttle.turn()
        passed.append((number, now()))

    await asyncio.gather(*(one(number) for number in range(4)))
    assert passed == list(enumerate(times))


async def test_who_comes_after_a_pause_does_not_wait_and_saves_nothing_up() -> None:
    throttle = Throttle(2)
    times = []
    for pause in (0.0, 0.2, 10.0, 0.0, 0.1):
        await asyncio.sleep(pause)
        await throttle.turn()
        times.append(now())
    assert times == [0.0, 0.5, 10.5, 11.0, 11.5]
