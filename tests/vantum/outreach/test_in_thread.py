"""Work in a thread: its result, its error, and that nobody leaves before it has ended."""

from __future__ import annotations

import asyncio
import threading

import pytest

from vantum.outreach.in_thread import in_thread


async def test_it_gives_what_the_work_gives() -> None:
    assert await in_thread(lambda: threading.current_thread() is threading.main_thread()) is False


async def test_it_raises_what_the_work_raises() -> None:
    def work() -> None:
        raise KeyError("x")

    with pytest.raises(KeyError):
        await in_thread(work)


@pytest.mark.real_time
@pytest.mark.parametrize("fails", [False, True])
async def test_who_is_cancelled_waits_for_the_end(fails: bool) -> None:
    began, goes_on, ended = threading.Event(), threading.Event(), threading.Event()

    def work() -> None:
        began.set()
        assert goes_on.wait(10)
        ended.set()
        if fails:
            raise KeyError

    task = asyncio.create_task(in_thread(work))
    await asyncio.to_thread(began.wait, 10)
    task.cancel()
    await asyncio.sleep(0)
    assert not task.done()
    goes_on.set()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert ended.is_set()
