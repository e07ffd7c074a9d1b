"""Many at once pass one after the other; who comes alone does not wait."""

from __future__ import annotations

import asyncio

import pytest

from vantum.turnstile import Turnstile


async def passed(turnstile: Turnstile, at: float, times: list[float]) -> None:
    loop = asyncio.get_running_loop()
    await asyncio.sleep(at)
    await turnstile.turn()
    times.append(loop.time())


@pytest.mark.parametrize(
    ("come", "pass_"),
    [
        ([0.0], [0.0]),
        ([0.0, 0.0, 0.0], [0.0, 0.01, 0.02]),
        ([0.0, 0.004, 0.5], [0.0, 0.01, 0.5]),
        ([0.0, 0.02, 0.04], [0.0, 0.02, 0.04]),
    ],
)
async def test_they_pass_in_order_and_apart(come: list[float], pass_: list[float]) -> None:
    turnstile, times, began = Turnstile(0.01), list[float](), asyncio.get_running_loop().time()
    await asyncio.gather(*(passed(turnstile, at, times) for at in come))
    assert [round(at - began, 6) for at in times] == pass_


async def test_who_leaves_while_waiting_holds_nobody_up_for_longer() -> None:
    turnstile, times, began = Turnstile(1.0), list[float](), asyncio.get_running_loop().time()
    waiting = [asyncio.create_task(passed(turnstile, 0.0, times)) for _ in range(3)]
    await asyncio.sleep(0.5)
    waiting[1].cancel()
    await asyncio.gather(*waiting, return_exceptions=True)
    assert [round(at - began, 6) for at in times] == [0.0, 2.0]
