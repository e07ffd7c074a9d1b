"""Old records go while a server runs: at its start and every hour, and never those of calls under way."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from loguru import logger

from vantum import tidying
from vantum.retention import Removed, Sweep
from vantum.settings import Settings, load_settings
from vantum.tidying import EVERY_SECONDS


@pytest.fixture
def log() -> Iterator[list[str]]:
    lines: list[str] = []
    sink = logger.add(lambda line: lines.append(str(line)), format="{level} {message} {extra}", level="INFO")
    yield lines
    logger.remove(sink)


def settings_of(data: Path, **given: str) -> Settings:
    return load_settings({"VANTUM_DATA": str(data), **given}, None)


def at_once(monkeypatch: pytest.MonkeyPatch, *results: Removed | OSError) -> list[Sweep]:
    """Each round is over at once, with the next of ``results``; returns the rounds."""
    rounds: list[Sweep] = []
    left = [*results]

    def run(sweep: Sweep) -> Removed:
        rounds.append(sweep)
        result = left.pop(0) if left else Removed()
        if isinstance(result, OSError):
            raise result
        return result

    async def in_this_thread(sweep: Sweep) -> None:
        tidying.tell(tidying._swept(sweep))

    monkeypatch.setattr(Sweep, "run", run)
    monkeypatch.setattr(tidying, "_to_its_end", in_this_thread)
    return rounds


async def test_a_round_is_made_at_the_start_and_every_hour(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, log: list[str]
) -> None:
    rounds = at_once(monkeypatch, Removed(2, 1, 3_000), OSError(5, "Input/output error"), Removed(failed=1))
    async with tidying.tidying(settings_of(tmp_path, VANTUM_KEEP_DAYS="30"), lambda _: False, None):
        for expected in (1, 2, 3, 4):
            await asyncio.sleep(0.1)
            assert len(rounds) == expected
            await asyncio.sleep(EVERY_SECONDS - 0.1)
    assert len(asyncio.all_tasks()) == 1
    counts = "'records': {}, 'recordings': {}, 'bytes': {}, 'failed': {}, 'keys': 0"
    assert [line.strip() for line in log] == [
        "INFO Old records were removed. {" + counts.format(2, 1, 3_000, 0) + "}",
        "ERROR Old records cannot be removed. {'reason': 'Input/output error'}",
        "WARNING Some old records could not be removed. {" + counts.format(0, 0, 0, 1) + "}",
    ]


async def test_nothing_is_looked_for_while_all_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rounds = at_once(monkeypatch)
    async with tidying.tidying(settings_of(tmp_path), lambda _: False, None):
        await asyncio.sleep(2 * EVERY_SECONDS)
    assert rounds == []


async def test_open_records_are_calls_under_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rounds = at_once(monkeypatch)
    settings = settings_of(tmp_path, VANTUM_KEEP_DAYS_AUDIO="1")
    async with tidying.tidying(settings, lambda call_id: call_id == "open", None):
        await asyncio.sleep(0.1)
    assert [rounds[0]._is_live(call_id) for call_id in ("open", "past")] == [True, False]


@pytest.mark.real_time
async def test_a_shutdown_stops_the_round_and_waits_for_its_thread(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, over = threading.Event(), threading.Event()

    def run(sweep: Sweep) -> Removed:
        begun.set()
        while not sweep._stopped():
            over.wait(0.01)
        over.set()
        return Removed()

    monkeypatch.setattr(Sweep, "run", run)
    async with tidying.tidying(settings_of(tmp_path, VANTUM_KEEP_DAYS="1"), lambda _: False, None):
        await asyncio.to_thread(begun.wait, 10)
    assert over.is_set()
    assert len(asyncio.all_tasks()) == 1
