"""Finds and ends the tasks that a test leaves running."""

from __future__ import annotations

import asyncio

SETTLE_TURNS = 20
"""Turns of the loop that tasks already on their way out get, at no cost in virtual time."""


async def end_leftovers(expected: frozenset[asyncio.Task[object]]) -> list[str]:
    """Cancel every task but the ``expected`` and this one; the names of those that were not about to end."""
    for _ in range(SETTLE_TURNS):
        await asyncio.sleep(0)
    leftovers = asyncio.all_tasks() - expected - {asyncio.current_task()}
    for task in leftovers:
        task.cancel()
    await asyncio.gather(*leftovers, return_exceptions=True)
    return sorted(task.get_name() for task in leftovers)
