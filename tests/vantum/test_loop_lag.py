"""The watch on the event loop: how late it was is told, and nothing is taken on while it is late."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from vantum.calls import Calls
from vantum.core.admission import Admission, Reason, RefusedError
from vantum.loader import Pipeline
from vantum.loop_lag import watched_loop
from vantum.record import RecordWriter
from vantum.services import Services
from vantum.settings import load_settings
from vantum.testing.virtual_time import VirtualTimeLoop


class Told(Admission):
    """Remembers the lags that it is told of, and when."""

    def __init__(self) -> None:
        super().__init__()
        self.lags: list[tuple[float, float]] = []

    def lagged(self, seconds: float, now: float) -> None:
        self.lags.append((round(now, 6), round(seconds, 6)))
        super().lagged(seconds, now)


@pytest.fixture
def calls(tmp_path: Path) -> Iterator[Calls]:
    settings = load_settings({}, None, {"VANTUM_DATA": str(tmp_path), "VANTUM_MAX_CALLS": "2"})
    services = Services(settings, settings.choices(), RecordWriter())
    yield Calls(Pipeline("bot", lambda _: [], tmp_path / "bot.py"), services)
    services.writer.close()


def blocked(at: float, seconds: float) -> None:
    """Something holds the loop up for ``seconds``, from ``at`` seconds on."""
    loop = asyncio.get_running_loop()
    assert isinstance(loop, VirtualTimeLoop)
    loop.call_at(at, loop._virtual_clock.advance, seconds)


async def passed(until: float) -> None:
    """Wait until the loop's time is ``until`` seconds, and whatever happens then has happened."""
    loop = asyncio.get_running_loop()
    await asyncio.sleep(until - loop.time())


async def test_the_clock_is_looked_at_twenty_times_a_second() -> None:
    admission = Told()
    with watched_loop(admission):
        await passed(0.22)
    assert admission.lags == [(0.05, 0.0), (0.1, 0.0), (0.15, 0.0), (0.2, 0.0)]


@pytest.mark.parametrize(
    ("at", "seconds", "lag"),
    [(0.11, 0.3, 0.26), (0.16, 0.3, 0.26), (0.11, 0.02, 0.0), (0.11, 0.05, 0.01), (0.149, 2.0, 1.999)],
)
async def test_a_lag_counts_from_when_the_look_was_due(at: float, seconds: float, lag: float) -> None:
    admission = Told()
    blocked(at, seconds)
    with watched_loop(admission):
        await passed(at + seconds + 0.2)
    assert max(lag for _, lag in admission.lags) == pytest.approx(lag)
    # One lag, told once: the next look is due a twentieth of a second after the late one.
    assert [late > 0 for _, late in admission.lags].count(True) == (lag > 0)


async def test_nothing_is_looked_at_before_and_after() -> None:
    admission = Told()
    await passed(1.0)
    with pytest.raises(TimeoutError), watched_loop(admission):
        await asyncio.wait_for(asyncio.Event().wait(), 0.07)
    await passed(2.0)
    assert admission.lags == [(1.05, 0.0)]


@pytest.mark.parametrize(
    ("seconds", "status"),
    [(0.05, "ok"), (0.2, "ok"), (0.22, "ok"), (0.24, "overloaded"), (3.0, "overloaded")],
)
async def test_one_stall_of_a_twentieth_of_the_window_is_an_overload(
    calls: Calls, seconds: float, status: str
) -> None:
    blocked(0.12, seconds)
    with watched_loop(calls.admission):
        await passed(0.12 + seconds + 0.01)
        assert calls.status == status


@pytest.mark.parametrize(("stall", "status"), [(0.055, "ok"), (0.065, "overloaded")])
async def test_a_loop_that_is_always_a_little_late_is_overloaded_above_the_limit(
    calls: Calls, stall: float, status: str
) -> None:
    # A stall that begins a hundredth before a look makes the look late by the rest.
    for count in range(40):
        blocked(0.04 + count * (0.04 + stall), stall)
    with watched_loop(calls.admission):
        await passed(40 * (0.04 + stall))
        assert calls.status == status


async def test_while_the_loop_is_late_no_seat_is_given_and_after_a_calm_they_are_again(calls: Calls) -> None:
    blocked(0.12, 0.3)
    with watched_loop(calls.admission):
        before = calls.take_seat()
        await passed(0.43)
        assert (calls.status, calls.live) == ("overloaded", 1)
        with pytest.raises(RefusedError, match=r"The server is overloaded: it falls behind\.") as refused:
            calls.take_seat()
        assert (refused.value.refusal.reason, refused.value.refusal.retry_seconds) == (Reason.LAG, 5)
        # Whoever is served keeps the seat, and gives it back meanwhile.
        before.release()
        assert calls.live == 0
        # The stall is in the window for five seconds; the calm takes five more.
        await passed(10.3)
        assert calls.status == "overloaded"
        await passed(10.5)
        assert calls.status == "ok"
        with calls.seat():
            assert calls.live == 1


async def test_another_lag_begins_the_calm_anew(calls: Calls) -> None:
    blocked(0.12, 0.3)
    blocked(9.02, 0.3)
    with watched_loop(calls.admission):
        for until, status in ((10.5, "overloaded"), (19.2, "overloaded"), (19.5, "ok")):
            await passed(until)
            assert calls.status == status


async def test_the_report_tells_whether_calls_are_taken_and_how_late_the_loop_is(calls: Calls) -> None:
    blocked(0.12, 0.3)
    with watched_loop(calls.admission), calls.seat(), calls.seat():
        full = {"open": False, "reason": "full", "lag_ms": 0.0, "max_lag_ms": 50.0}
        assert calls.admission_report() == full
        await passed(0.43)
        assert calls.admission_report() == {**full, "reason": "lag", "lag_ms": 270.0}
    with watched_loop(calls.admission):
        await passed(11.0)
        assert calls.admission_report() == {**full, "open": True, "reason": None}


async def test_a_full_server_that_is_late_says_that_it_is_late(calls: Calls) -> None:
    blocked(0.12, 0.3)
    with watched_loop(calls.admission), calls.seat(), calls.seat():
        assert calls.status == "full"
        await passed(0.43)
        assert calls.status == "overloaded"
        await passed(11.0)
        assert calls.status == "full"
