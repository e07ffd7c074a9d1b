"""Leftover tasks are ended and named; those about to end are left to it."""

from __future__ import annotations

import asyncio

from vantum.testing.leaks import end_leftovers


async def test_leftovers_are_cancelled_and_named_in_order() -> None:
    tasks = [asyncio.create_task(asyncio.sleep(9), name=name) for name in ("b", "a")]
    assert await end_leftovers(frozenset()) == ["a", "b"]
    assert all(task.cancelled() for task in tasks)


async def test_expected_tasks_go_on() -> None:
    server = asyncio.create_task(asyncio.sleep(9), name="server")
    assert await end_leftovers(frozenset([server])) == []
    assert not server.done()
    server.cancel()


async def test_a_task_on_its_way_out_is_no_leftover() -> None:
    task = asyncio.create_task(asyncio.sleep(9))
    await asyncio.sleep(0)
    task.cancel()
    assert await end_leftovers(frozenset()) == []
