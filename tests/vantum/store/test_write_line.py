"""The line before the one connection that writes: who goes first, and who gives up."""

from __future__ import annotations

import asyncio

import pytest

from vantum.store.write_line import LET_PASS_SECONDS, PATIENCE_SECONDS, Haste, Waiting, WriteLine, next_of
from vantum.testing.virtual_time import at_rest

HASTES = {"!": Haste.URGENT, "~": Haste.PATIENT}


async def takes(line: WriteLine, name: str, told: list[str]) -> None:
    async with line.turn(HASTES.get(name[-1], Haste.USUAL)):
        told.append(name)
        await asyncio.sleep(1.0)
        told.append(f"{name} is done")


async def come(line: WriteLine, told: list[str], *names: str) -> list[asyncio.Task[None]]:
    """One after the other; those with a ``!`` are in a hurry, and those with a ``~`` are patient."""
    tasks = []
    for name in names:
        tasks.append(asyncio.create_task(takes(line, name, told)))
        await at_rest()
    return tasks


async def test_one_at_a_time_and_who_is_in_a_hurry_goes_first() -> None:
    told: list[str] = []
    tasks = await come(WriteLine(), told, "a", "z~", "b", "c", "d!", "e!")
    await asyncio.gather(*tasks)
    assert [name for name in told if not name.endswith("done")] == ["a", "d!", "e!", "b", "c", "z~"]
    assert told[1::2] == [f"{name} is done" for name in told[::2]]
    assert asyncio.get_running_loop().time() == 6.0


async def test_who_has_the_turn_is_told_to_give_way_to_who_is_urgent() -> None:
    told: list[str] = []
    line, given = WriteLine(), 0

    def give_way() -> None:
        nonlocal given
        given += 1

    async with line.turn(Haste.USUAL):
        with line.giving_way(give_way):
            tasks = await come(line, told, "a", "b")
            assert given == 0
            tasks += await come(line, told, "c!")
            assert given == 1
        tasks += await come(line, told, "d!")
        # Nobody who does not give way is told to; and who comes to it later is told at once.
        assert given == 1
        with line.giving_way(give_way):
            assert given == 2
    await asyncio.gather(*tasks)
    with line.giving_way(give_way):
        assert given == 2


def waiting(haste: Haste, since: float) -> Waiting:
    return Waiting(haste, since, asyncio.get_running_loop().create_future())


async def test_who_is_patient_lets_others_pass_and_not_for_ever() -> None:
    patient = waiting(Haste.PATIENT, 10.0)
    before, after = waiting(Haste.USUAL, 9.0), waiting(Haste.USUAL, 11.0)
    now = 10.0 + LET_PASS_SECONDS
    assert next_of([before, patient, after], now - 0.001) is before
    assert next_of([patient, after], now - 0.001) is after
    assert next_of([patient], now - 0.001) is patient
    assert next_of([patient, after], now) is patient
    assert next_of([before, patient, after], now) is before
    assert next_of([patient, waiting(Haste.URGENT, 12.0)], now) is not patient


async def test_who_waits_for_long_is_in_no_greater_hurry() -> None:
    usual, urgent = waiting(Haste.USUAL, 0.0), waiting(Haste.URGENT, PATIENCE_SECONDS)
    assert next_of([usual, urgent], PATIENCE_SECONDS) is urgent


async def test_who_is_patient_is_written_while_others_never_end() -> None:
    told: list[str] = []
    tasks = await come(WriteLine(), told, "a", "z~", *"bcdefghi")
    await asyncio.gather(*tasks)
    assert "".join(name for name in told if not name.endswith("done")) == "abcdez~fghi"


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


@pytest.mark.parametrize("name", ["b!", "b", "b~"])
async def test_who_gives_up_is_passed_over(name: str) -> None:
    told: list[str] = []
    line = WriteLine()
    first, second, third = await come(line, told, "a", name, "c")
    second.cancel()
    await asyncio.gather(first, third)
    assert second.cancelled()
    assert told[::2] == ["a", "c"]


async def test_a_turn_that_comes_to_one_who_has_just_given_up_is_the_next_ones() -> None:
    line = WriteLine()
    told: list[str] = []
    first = line.turn(Haste.USUAL)
    await first.__aenter__()
    second, third = await come(line, told, "b", "c")
    await first.__aexit__(None, None, None)
    second.cancel()
    await third
    assert second.cancelled()
    assert told == ["c", "c is done"]
    async with line.turn(Haste.USUAL):
        pass


async def test_nobody_waits_for_ever() -> None:
    line = WriteLine()
    async with line.turn(Haste.USUAL):
        with pytest.raises(TimeoutError):
            async with line.turn(Haste.USUAL):
                raise AssertionError("It came twice.")
    assert asyncio.get_running_loop().time() == PATIENCE_SECONDS
    async with line.turn(Haste.USUAL):
        pass
