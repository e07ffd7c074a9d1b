"""Every call that is over has a row: made once, and never in place of a dialer's."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from tests.vantum.outreach.folders import HELLO, age, leave_call, phone_call
from tests.vantum.store.rows import new_scene, number
from vantum.outreach import call_index
from vantum.outreach.call_index import CallIndex, Fate, indexing
from vantum.outreach.recorded_call import SILENT
from vantum.store import analysis_jobs, calls, recorded_calls
from vantum.store.columns import new_id
from vantum.store.engine import Store
from vantum.store.models import Call
from vantum.store.orgs import DEFAULT_ORG_ID
from vantum.store.words import CallStatus, Transport

pytestmark = pytest.mark.real_time


async def rows(store: Store) -> dict[str, Call]:
    async with store.reading() as session:
        found = await session.scalars(select(Call))
        return {call.record_id or call.id: call for call in found}


async def jobs(store: Store, call_id: str) -> int:
    async with store.reading() as session:
        return len(await analysis_jobs.of_call(session, DEFAULT_ORG_ID, call_id))


async def test_what_ended_while_nobody_looked_is_found(store: Store, tmp_path: Path) -> None:
    browser = leave_call(tmp_path, HELLO)
    phone = leave_call(tmp_path, HELLO, phone=phone_call(to_number=number(5)))
    live = leave_call(tmp_path, HELLO)
    torn = leave_call(tmp_path, HELLO, over=False)
    ringing = leave_call(tmp_path, phone=phone_call(progress={"state": "ringing"}))
    index = CallIndex(store, tmp_path, lambda name: name == live)
    assert await index.sweep() == 2
    assert await index.sweep(2) == 0
    found = await rows(store)
    assert set(found) == {browser, phone}
    assert (found[browser].transport, found[phone].transport) == (Transport.BROWSER, Transport.LOCAL)
    assert {call.org_id for call in found.values()} == {DEFAULT_ORG_ID}
    assert [await jobs(store, name) for name in (browser, phone)] == [1, 1]
    age(tmp_path, torn, SILENT + timedelta(minutes=1))
    assert await index.sweep(2) == 1
    assert ringing not in await rows(store)
    assert await CallIndex(store, tmp_path).index("nonsense") is Fate.NOTHING


async def test_nothing_is_found_where_nothing_is(store: Store, tmp_path: Path) -> None:
    index = CallIndex(store, tmp_path)
    assert (await index.sweep(), await index.sweep(2)) == (0, 0)


async def test_old_calls_get_a_row_and_are_not_analysed(store: Store, tmp_path: Path) -> None:
    old = leave_call(tmp_path, HELLO)
    later = datetime.now(UTC) + timedelta(days=2)
    assert await CallIndex(store, tmp_path, clock=lambda: later).sweep() == 1
    assert await jobs(store, old) == 0


async def test_a_dialers_attempt_has_its_row_already(store: Store, tmp_path: Path) -> None:
    name = leave_call(tmp_path, HELLO, phone=phone_call(to_number=number(0)))
    index = CallIndex(store, tmp_path)
    async with store.writing() as session:
        scene = await new_scene(session, "a", 1)
        call = await calls.insert_attempt(session, scene.org, scene.attempt())
    # The dialer does not know the record's name yet: the call may be its attempt.
    assert await index.index(name) is Fate.LATER
    async with store.writing() as session:
        row = await calls.get(session, scene.org, call.id)
        assert row is not None
        row.record_id = name
    assert await index.index(name) is Fate.LATER
    async with store.writing() as session:
        row = await calls.get(session, scene.org, call.id)
        assert row is not None
        row.status, row.ended_at, row.answered_at = CallStatus.ENDED, datetime.now(UTC), datetime.now(UTC)
    assert await index.index(name) is Fate.DONE
    assert list(await rows(store)) == [name]
    async with store.reading() as session:
        assert len(await analysis_jobs.of_call(session, scene.org, call.id)) == 1


async def test_a_call_is_indexed_a_moment_after_its_end(store: Store, tmp_path: Path) -> None:
    name, gone = leave_call(tmp_path, HELLO), new_id()
    async with indexing(CallIndex(store, tmp_path), sweeps=False) as index:
        index.ended(name)
        index.ended(gone)
        async with asyncio.timeout(10):
            while name not in await rows(store):  # noqa: ASYNC110 - the database tells nobody
                await asyncio.sleep(0.01)
    async with store.reading() as session:
        assert await recorded_calls.known(session, {name, gone}) == {name}


async def test_a_call_whose_end_is_not_written_yet_is_looked_at_again(store: Store, tmp_path: Path) -> None:
    name = leave_call(tmp_path, HELLO, over=False)
    index = CallIndex(store, tmp_path)
    index.ended(name)
    await index.catch_up()
    assert await rows(store) == {}
    age(tmp_path, name, SILENT + timedelta(minutes=1))
    await index.catch_up()
    assert list(await rows(store)) == [name]


async def test_a_server_sweeps_at_its_start(store: Store, tmp_path: Path) -> None:
    name = leave_call(tmp_path, HELLO)
    async with indexing(CallIndex(store, tmp_path)), asyncio.timeout(10):
        while name not in await rows(store):  # noqa: ASYNC110 - the database tells nobody
            await asyncio.sleep(0.01)


async def test_a_database_that_does_not_answer_is_asked_again(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = leave_call(tmp_path, HELLO)
    monkeypatch.setattr(call_index, "TROUBLE_SECONDS", 0.01)
    known, failures = recorded_calls.known, [1]

    async def failing(*given: Any) -> Any:
        if failures:
            failures.pop()
            raise OSError
        return await known(*given)

    monkeypatch.setattr(recorded_calls, "known", failing)
    monkeypatch.setattr(call_index, "SWEEP_SECONDS", 0.1)
    async with indexing(CallIndex(store, tmp_path)), asyncio.timeout(10):
        while name not in await rows(store):  # noqa: ASYNC110 - the database tells nobody
            await asyncio.sleep(0.01)
    assert failures == []
