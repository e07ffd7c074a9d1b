"""Dialers in processes of their own: three on one Postgres, one alone on a file; killed without a word."""

from __future__ import annotations

import asyncio
import os
import sys
from asyncio.subprocess import Process
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import pytest
from sqlalchemy import URL, update

from tests.vantum.dialing.file_placer import dials
from tests.vantum.dialing.kit import Scene, calls_of, lead_states, new_scene, nothing_left, person, state_of
from tests.vantum.store.rows import number
from vantum.core.outreach.campaign import CampaignState
from vantum.store.address import is_sqlite
from vantum.store.engine import Store, open_store
from vantum.store.models import Lead

pytestmark = pytest.mark.real_time

ROOT: Final = Path(__file__).parents[3]
LEADS: Final = 24
PER_SECOND: Final = 8
ALL_WEEK: Final[list[dict[str, Any]]] = [{"weekday": day, "start": 0, "end": 1440} for day in range(7)]
END_SECONDS: Final = 90.0


async def open_dialer(url: URL, path: Path) -> Process:
    errors = path.with_suffix(".err").open("ab")
    with errors:
        return await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "tests.vantum.dialing.dialer_process",
            url.render_as_string(hide_password=False),
            str(path),
            str(PER_SECOND),
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdout=errors,
            stderr=errors,
        )


@asynccontextmanager
async def dialers(url: URL, path: Path, count: int) -> AsyncIterator[list[Process]]:
    """Dialers; whatever is in the list at the end is ended."""
    processes = [await open_dialer(url, path) for _ in range(count)]
    try:
        yield processes
    finally:
        for process in processes:
            if process.returncode is None:
                process.kill()
            await process.wait()


def where_it_is_afternoon() -> str:
    """A time zone in which it is two o'clock: the tests run at any hour."""
    ahead = 14 - datetime.now(UTC).hour
    return f"Etc/GMT{-ahead:+d}" if ahead else "Etc/UTC"


async def scene_of(store: Store) -> Scene:
    zone = where_it_is_afternoon()
    people = [person(index, timezone=zone) for index in range(LEADS)]
    async with store.writing() as session:
        scene = await new_scene(session, people, windows=ALL_WEEK, max_concurrency=6)
        await session.execute(update(Lead).values(next_attempt_at=datetime.now(UTC)))
    return scene


async def until_over(store: Store, scene: Scene, path: Path) -> None:
    end = asyncio.get_running_loop().time() + END_SECONDS
    while await state_of(store, scene.campaign) is not CampaignState.COMPLETED:
        told = path.with_suffix(".err").read_text()[-3_000:]
        assert asyncio.get_running_loop().time() < end, f"{await lead_states(store, scene.campaign)} {told}"
        await asyncio.sleep(0.2)


async def test_killed_dialers_lose_nobody_and_dial_nobody_twice(own_url: URL, tmp_path: Path) -> None:
    path = tmp_path / "carrier.jsonl"
    async with open_store(own_url) as store:
        scene = await scene_of(store)
        async with dialers(own_url, path, 1 if is_sqlite(own_url) else 3) as processes:
            for kill_at in (6, 14):
                while len(dials(path)) < kill_at:
                    assert processes[-1].returncode is None, path.with_suffix(".err").read_text()[-3_000:]
                    await asyncio.sleep(0.02)
                processes[0].kill()
                await processes.pop(0).wait()
                processes.append(await open_dialer(own_url, path))
            await until_over(store, scene, path)
        calls = await calls_of(store, scene.campaign)
        assert await lead_states(store, scene.campaign) == {"done": LEADS}
    dialed = Counter(str(dial["to"]) for dial in dials(path))
    assert dialed == Counter(dict.fromkeys((number(index) for index in range(LEADS)), 1))
    assert nothing_left(calls)
    times = sorted(float(str(dial["at"])) for dial in dials(path))
    assert max(sum(1 for each in times if t <= each < t + 1.0) for t in times) <= PER_SECOND
