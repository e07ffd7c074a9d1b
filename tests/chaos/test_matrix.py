"""Every provider with every fault at every stage of a turn: the caller is never left in silence.

All calls of a run are held at once, as far as the machine allows, and judged one by one. ``VANTUM_CHAOS=all``, or
``make chaos``, has the whole matrix; without it a part that meets each fault and each stage of each provider.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.chaos.faults import Case, Setting, Stage, covering, matrix
from tests.chaos.judge import problems, report
from tests.chaos.play import Played, play
from tests.chaos.scene import scene
from tests.chaos.traces import Held, back_to, held, traced
from tests.live_server import client, message_of
from tests.live_server import request as call_begins
from vantum.core.choice import Kind

pytestmark = pytest.mark.real_time

AT_A_TIME = 16
APART_SECONDS = 0.3
DOUBT_SECONDS = 0.5
CASES = matrix() if os.environ.get("VANTUM_CHAOS") == "all" else covering()

Results = dict[Case, Played | BaseException]


async def _hold(cases: Sequence[Case], folder: Path) -> tuple[Results, Held, Held]:
    before = held()
    with traced():
        results = await _hold_all(cases, folder / "once")
        # Providers' deadlines are in real time: a call in which this machine was late says nothing about them.
        again = [case for case in cases if _is_doubtful(results[case])]
        results |= await _hold_all(again, folder / "again")
    return results, before, await back_to(before)


async def _hold_all(cases: Sequence[Case], folder: Path) -> Results:
    room = asyncio.Semaphore(AT_A_TIME)
    results: Results = {}

    async def one(case: Case) -> None:
        async with room:
            try:
                results[case] = await play(case, folder / str(case))
            except Exception as error:
                results[case] = error

    calls = []
    # Those that take longest begin first.
    for case in sorted(cases, key=lambda case: case.setting is not Setting.ALONE):
        calls.append(asyncio.create_task(one(case)))
        await asyncio.sleep(APART_SECONDS)
    await asyncio.gather(*calls)
    return results


def _is_doubtful(played: Played | BaseException) -> bool:
    if isinstance(played, BaseException):
        return False
    return played.lost_seconds > DOUBT_SECONDS and bool(problems(played))


async def _warm_up(folder: Path) -> None:
    """What a process keeps is made by its first call."""
    async with scene(None, Setting.ALONE, folder) as at, client(at.server) as socket:
        await socket.send(call_begins("audio.input.start"))
        await message_of(socket, "audio.output.complete")


@pytest.fixture(scope="module")
def held_calls(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Results, Held, Held]:
    """The calls of the cases that were asked for."""
    items = [item for item in request.session.items if item.path == request.path]
    cases = [item.callspec.params["case"] for item in items if hasattr(item, "callspec")]
    folder = tmp_path_factory.mktemp("chaos")
    asyncio.run(_warm_up(folder / "first"))
    return asyncio.run(_hold(cases, folder))


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_caller_is_served(held_calls: tuple[Results, Held, Held], case: Case) -> None:
    played = held_calls[0][case]
    if isinstance(played, BaseException):
        raise played
    assert not (found := problems(played)), "\n".join([*found, report(played)])


def test_nothing_is_left(held_calls: tuple[Results, Held, Held]) -> None:
    _, before, after = held_calls
    assert after.threads <= before.threads
    assert after.descriptors <= before.descriptors


def test_the_part_for_every_day_meets_all() -> None:
    part = [case.fault for case in covering()]
    all_faults = [case.fault for case in matrix()]
    assert {(one.kind, one.blow) for one in part} == {(one.kind, one.blow) for one in all_faults}
    assert {one.stage for one in part} == set(Stage)
    assert {case.setting for case in covering()} == {case.setting for case in matrix()}
    for kind in Kind:
        assert len({one.stage for one in part if one.kind is kind}) == len(Stage)
