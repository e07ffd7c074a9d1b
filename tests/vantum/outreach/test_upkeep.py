"""The store is put in order at the start and every hour, and nothing that goes wrong stops it."""

from __future__ import annotations

import asyncio
import errno
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import cast

import pytest
from loguru import logger
from sqlalchemy.exc import OperationalError

from tests.vantum.store.rows import NOON, new_org
from vantum.outreach import upkeep
from vantum.outreach.retention import Thing
from vantum.outreach.upkeep import EVERY_SECONDS, put_in_order
from vantum.retention import Keep
from vantum.store import imports
from vantum.store.engine import Store
from vantum.store.imports import NewImport
from vantum.store.words import ImportState

EVER = Keep(0, 0)
LATER = NOON + timedelta(days=1)


@pytest.fixture
def log() -> Iterator[list[str]]:
    lines: list[str] = []
    sink = logger.add(
        lambda line: lines.append(str(line).strip()), format="{level} {message} {extra}", level="INFO"
    )
    yield lines
    logger.remove(sink)


async def test_at_the_start_and_every_hour(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rounds: list[object] = []

    async def round_(*given: object) -> None:
        rounds.append(given[:3])

    monkeypatch.setattr(upkeep, "put_in_order", round_)
    store = cast("Store", object())
    async with upkeep.upkeep(store, tmp_path, EVER):
        for expected in (1, 2, 3):
            await asyncio.sleep(0.1)
            assert rounds == [(store, tmp_path, EVER)] * expected
            await asyncio.sleep(EVERY_SECONDS - 0.1)
    assert len(asyncio.all_tasks()) == 1


@pytest.mark.real_time
async def test_imports_that_have_died_are_closed(store: Store, tmp_path: Path, log: list[str]) -> None:
    async with store.writing() as session:
        org = await new_org(session, "a")
        dead = await imports.begin(session, org, NewImport("list.csv", "a" * 64, 1, {}), NOON)
    for _ in range(2):
        await put_in_order(store, tmp_path, EVER, LATER)
    async with store.reading() as session:
        row = await imports.get(session, org, dead)
    assert row is not None
    assert row.state is ImportState.FAILED
    assert log == ["WARNING Imports were closed whose processes had died. {'count': 1}"]


@pytest.mark.real_time
@pytest.mark.parametrize(
    ("error", "line"),
    [
        (
            PermissionError(errno.EACCES, "Permission denied"),
            "ERROR What is past its time cannot be removed. {'reason': 'Permission denied'}",
        ),
        (TimeoutError(), "ERROR What is past its time cannot be removed. {'reason': 'TimeoutError'}"),
        (
            OperationalError("SELECT", {"name": "Anna"}, Exception("gone")),
            "ERROR The store cannot be put in order. {'reason': 'OperationalError'}",
        ),
    ],
)
async def test_what_goes_wrong_is_told_without_words_of_people(
    store: Store, tmp_path: Path, log: list[str], monkeypatch: pytest.MonkeyPatch, error: Exception, line: str
) -> None:
    async def fails(*_: object) -> None:
        raise error

    monkeypatch.setattr(upkeep, "forget", fails)
    await put_in_order(store, tmp_path, EVER, LATER)
    assert log == [line]


@pytest.mark.real_time
async def test_what_went_is_counted(
    store: Store, tmp_path: Path, log: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def gone(*_: object) -> Counter[Thing]:
        return Counter({Thing.CALLS: 3, Thing.PEOPLE: 0})

    monkeypatch.setattr(upkeep, "forget", gone)
    await put_in_order(store, tmp_path, EVER, LATER)
    assert log == ["INFO What was past its time was removed from the store. {'calls': 3}"]
