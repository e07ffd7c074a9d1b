"""The line before the one connection that writes: who goes first, and who gives up."""

from __future__ import annotations

import asyncio

import pytest

from vantum.store.write_line import PATIENCE_SECONDS, WriteLine
from vantum.testing.virtual_time import at_rest


async def takes(line: WriteLine, name: str, told: list[str], *, urgent: bool = False) -> None:
    async with line.turn(urgent=urgent):
        told.append(name)
        await asyncio.sleep(1.0)
        told.append(f"{name} is done")


async def come(line: WriteLine, told: list[str], *names: str) -> list[asyncio.Task[None]]:
    """One after the other; those with a ``!`` are in a hurry."""
    tasks = []
    for name in names:
        tasks.append(asyncio.create_task(takes(line, name, told, urgent=name.endswith("!"))))
        await at_rest()
    return tasks


async def test_one_at_a_time_and_who_is_in_a_hurry_goes_first() -> None:
    told: list[str] = []
    tasks = await come(WriteLine(), told, "a", "b", "c", "d!", "e!")
    await asyncio.gather(*tasks)
    assert [name for name in told if not name.endswith("done")] == ["a", "d!", "e!", "b", "c"]
    assert told[1::2] == [f"{name} is done" for name in told[::2]]
    assert asyncio.get_running_loop().time() == 5.0


async def test_who_is_done_lets_nobody_in_before_those_who_wait() -> None:
    told: list[str] = []
    line = WriteLine()

    async def again() -> None:
        await takes(line, "a", told)
        await takes(line, "again", told)

    first = asyncio.create_task(again())
    await at_rest()
    waiting = await come(line, told, "b")
    await asyncio.gather(first, *waiting)
    assert told[::2] == ["a", "b", "again"]


@pytest.mark.parametrize("urgent", [True, False])
async def test_who_gives_up_is_passed_over(urgent: bool) -> None:
    told: list[str] = []
    line = WriteLine()
    first, second, third = await come(line, told, "a", "b!" if urgent else "b", "c")
    second.cancel()
    await asyncio.gather(first, third)
    assert second.cancelled()
    assert told[::2] == ["a", "c"]


async def test_a_turn_that_comes_to_one_who_has_just_given_up_is_the_next_ones() -> None:
    line = WriteLine()
    told: list[str] = []
    first = line.turn(urgent=False)
    await first.__aenter__()
    second, third = await come(line, told, "b", "c")
    await first.__aexit__(None, None, None)
    second.cancel()
    await third
    assert second.cancelled()
    assert told == ["c", "c is done"]
    async with line.turn(urgent=False):
        pass


async def test_nobody_waits_for_ever() -> None:
    line = WriteLine()
    async with line.turn(urgent=False):
        with pytest.raises(TimeoutError):
            async with line.turn(urgent=False):
                raise AssertionError("It came twice.")
    assert asyncio.get_running_loop().time() == PATIENCE_SECONDS
    async with line.turn(urgent=False):
        pass
