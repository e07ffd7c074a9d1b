"""One pacer for all outputs, with deadlines that do not drift."""

from __future__ import annotations

import asyncio

import pytest

from transports.pacer import Pacer


class Ticker:
    """Due every ``period`` seconds, ``count`` times."""

    def __init__(self, period: float, count: int, slow: float = 0.0) -> None:
        self.period, self.count, self.slow = period, count, slow
        self.due = 0.0
        self.called: list[float] = []

    def step(self, now: float) -> float | None:
        self.called.append(round(asyncio.get_running_loop().time() - self.zero, 4))
        self.due += self.period
        return self.due if len(self.called) < self.count else None

    def begin(self, pacer: Pacer) -> None:
        self.zero = self.due = asyncio.get_running_loop().time()
        pacer.schedule(self, self.due)


async def test_each_is_called_when_it_is_due() -> None:
    pacer, fast, slow = Pacer(), Ticker(0.04, 5), Ticker(0.1, 3)
    fast.begin(pacer)
    slow.begin(pacer)
    await asyncio.sleep(1)
    assert fast.called == [pytest.approx(0.04 * k, abs=0.001) for k in range(5)]
    assert slow.called == [pytest.approx(0.1 * k, abs=0.001) for k in range(3)]


async def test_an_earlier_time_replaces_a_later_one() -> None:
    pacer, ticker = Pacer(), Ticker(1.0, 1)
    ticker.zero = asyncio.get_running_loop().time()
    pacer.schedule(ticker, ticker.zero + 0.5)
    pacer.schedule(ticker, ticker.zero + 0.2)
    await asyncio.sleep(1)
    assert ticker.called == [pytest.approx(0.2, abs=0.001)]


async def test_what_is_forgotten_is_not_called() -> None:
    pacer, ticker = Pacer(), Ticker(1.0, 1)
    ticker.zero = asyncio.get_running_loop().time()
    pacer.schedule(ticker, ticker.zero + 0.5)
    pacer.schedule(ticker, None)
    await asyncio.sleep(1)
    assert ticker.called == []


async def test_one_that_fails_does_not_stop_the_others() -> None:
    class Broken:
        def step(self, now: float) -> float | None:
            raise RuntimeError("broken")

    pacer, ticker = Pacer(), Ticker(0.1, 3)
    pacer.schedule(Broken(), asyncio.get_running_loop().time())
    ticker.begin(pacer)
    await asyncio.sleep(1)
    assert len(ticker.called) == 3
