"""The words that say what a task waits for."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine, Generator

from vantum.testing.virtual_time import at_rest
from vantum.waiting import waiting_lines


async def line_of(coroutine: Coroutine[object, object, object]) -> str:
    task = asyncio.create_task(coroutine, name="it")
    await at_rest()
    (line,) = waiting_lines([task])
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    return line


async def test_a_plain_future() -> None:
    async def waits() -> None:
        await asyncio.get_running_loop().create_future()

    line = await line_of(waits())
    assert line.startswith("it: in test_a_plain_future.<locals>.waits at ")
    assert "test_waiting.py:" in line


async def test_a_queue_is_named_with_the_line_that_waits_for_it() -> None:
    async def waits() -> None:
        await asyncio.Queue[int]().get()

    line = await line_of(waits())
    assert line.startswith("it: in Queue.get at ")
    assert "test_waiting.py:" in line


async def test_through_asynchronous_generators_and_awaitables() -> None:
    class Awaitable:
        def __await__(self) -> Generator[object, None, None]:
            yield from asyncio.Event().wait().__await__()

    async def generates() -> AsyncIterator[int]:
        await Awaitable()
        yield 1

    async def waits() -> None:
        async for _ in generates():
            pass

    assert "test_waiting.py:" in await line_of(waits())


async def test_tasks_that_have_not_started_that_run_and_that_are_done() -> None:
    async def nothing() -> None: ...

    done = asyncio.create_task(nothing(), name="done")
    await done
    new = asyncio.create_task(nothing(), name="new")
    this = asyncio.current_task()
    assert this is not None
    this.set_name("this")
    assert waiting_lines([done, new, this])[0] == "new: not started"
    assert len(waiting_lines([done, new, this])) == 2
    await new
