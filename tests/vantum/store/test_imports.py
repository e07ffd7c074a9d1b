"""Imports: one row each, closed by whoever comes next when its process has died."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.vantum.store.rows import NOON, new_org
from vantum.store import imports
from vantum.store.engine import Store
from vantum.store.imports import DIED, OVERTAKEN, QUIET, NewImport
from vantum.store.models import Campaign
from vantum.store.words import ImportState, RowVerdict

pytestmark = pytest.mark.real_time
LIST = NewImport("list.csv", "a" * 64, 100, {"country": "US"})
OTHER = NewImport("other.csv", "b" * 64, 100, {})
COUNTS = {RowVerdict.ACCEPTED: 3, RowVerdict.INVALID: 1}


async def state_of(store: Store, org: str, import_id: str) -> tuple[ImportState, str]:
    async with store.reading() as session:
        row = await imports.get(session, org, import_id)
        assert row is not None
        return row.state, row.error


async def test_from_its_beginning_to_its_end(store: Store) -> None:
    async with store.writing() as session:
        org = await new_org(session, "a")
        made = await imports.begin(session, org, LIST, NOON)
        assert await imports.imported(session, org, LIST.sha256, None) is None
        later = NOON + timedelta(seconds=5)
        assert await imports.beat(session, org, made, 1_000, later)
        await imports.finish(session, org, made, COUNTS, later)
        assert not await imports.beat(session, org, made, 2_000, later)
        assert not await imports.fail(session, org, made, "Too late.", later)
    async with store.reading() as session:
        row = await imports.imported(session, org, LIST.sha256, None)
        assert row is not None
        assert (row.id, row.state, row.rows, row.finished_at) == (made, ImportState.FINISHED, 4, later)
        assert (row.accepted, row.duplicate, row.invalid, row.suppressed) == (3, 0, 1, 0)
        assert (row.filename, row.mapping, row.bytes) == ("list.csv", {"country": "US"}, 100)
        assert await imports.imported(session, org, OTHER.sha256, None) is None


async def test_one_that_failed_tells_why(store: Store) -> None:
    async with store.writing() as session:
        org = await new_org(session, "a")
        made = await imports.begin(session, org, LIST, NOON)
        assert await imports.fail(session, org, made, "x" * 600, NOON)
        assert await imports.imported(session, org, LIST.sha256, None) is None
    assert await state_of(store, org, made) == (ImportState.FAILED, "x" * 500)


async def test_the_last_of_several_is_told(store: Store) -> None:
    async with store.writing() as session:
        org = await new_org(session, "a")
        for _ in range(2):
            last = await imports.begin(session, org, LIST, NOON)
            await imports.finish(session, org, last, COUNTS, NOON)
        found = await imports.imported(session, org, LIST.sha256, None)
        assert found is not None
        assert found.id == last


async def test_the_same_list_is_overtaken_and_another_is_not(store: Store) -> None:
    async with store.writing() as session:
        org, other = await new_org(session, "a"), await new_org(session, "b")
        campaign = Campaign(org_id=org, name="Autumn", pipeline="outreach")
        session.add(campaign)
        await session.flush()
        of_campaign = NewImport("list.csv", LIST.sha256, 100, {}, campaign.id)
        first = await imports.begin(session, org, LIST, NOON)
        others = [
            (org, await imports.begin(session, org, OTHER, NOON)),
            (org, await imports.begin(session, org, of_campaign, NOON)),
            (other, await imports.begin(session, other, LIST, NOON)),
        ]
        assert not await imports.beat(session, other, first, 1, NOON)
        second = await imports.begin(session, org, LIST, NOON)
    assert await state_of(store, org, first) == (ImportState.FAILED, OVERTAKEN)
    for owner, running in (*others, (org, second)):
        assert await state_of(store, owner, running) == (ImportState.RUNNING, "")


async def test_one_that_was_quiet_for_too_long_is_closed(store: Store) -> None:
    async with store.writing() as session:
        org, other = await new_org(session, "a"), await new_org(session, "b")
        dead = await imports.begin(session, org, LIST, NOON)
        alive = await imports.begin(session, org, OTHER, NOON)
        foreign = await imports.begin(session, other, LIST, NOON)
        assert await imports.beat(session, org, alive, 1, NOON + timedelta(seconds=1))
        assert await imports.bury(session, org, NOON + QUIET) == 0
        assert await imports.bury(session, org, NOON + QUIET + timedelta(seconds=1)) == 1
    assert await state_of(store, org, dead) == (ImportState.FAILED, DIED)
    assert await state_of(store, org, alive) == (ImportState.RUNNING, "")
    assert await state_of(store, other, foreign) == (ImportState.RUNNING, "")


async def test_one_that_is_being_published_is_left_alone(store: Store) -> None:
    """On Postgres others may begin meanwhile; on SQLite they wait until it is done."""
    async with store.writing() as session:
        org = await new_org(session, "a")
        made = await imports.begin(session, org, LIST, NOON)
        await session.commit()
        postgres = session.get_bind().dialect.name != "sqlite"
    if not postgres:
        return
    async with store.writing() as publishing:
        assert await imports.beat(publishing, org, made, 0, NOON)
        async with store.writing() as session:
            again = await imports.begin(session, org, LIST, NOON + 2 * QUIET)
        await imports.finish(publishing, org, made, COUNTS, NOON)
    assert await state_of(store, org, made) == (ImportState.FINISHED, "")
    assert (await state_of(store, org, again))[0] is ImportState.RUNNING


async def test_all_that_have_died_are_closed_at_once(store: Store) -> None:
    async with store.writing() as session:
        org, other = await new_org(session, "a"), await new_org(session, "b")
        dead = [
            (org, await imports.begin(session, org, LIST, NOON)),
            (other, await imports.begin(session, other, LIST, NOON)),
        ]
        alive = await imports.begin(session, other, OTHER, NOON + QUIET)
        late = NOON + QUIET + timedelta(seconds=1)
        assert await imports.bury_all(session, late) == 2
        assert await imports.bury_all(session, late) == 0
    for owner, import_id in dead:
        assert await state_of(store, owner, import_id) == (ImportState.FAILED, DIED)
    assert await state_of(store, other, alive) == (ImportState.RUNNING, "")
