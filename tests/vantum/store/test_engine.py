"""The open store: who waits for whom, what is tried again, and who may read the file."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
import threading
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import URL, func, make_url, select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlalchemy.ext.asyncio import AsyncSession

from tests.vantum.store.databases import WITH_SERVER
from tests.vantum.store.rows import new_org
from tests.vantum.store.trouble import passing
from vantum.core.errors import StoreError
from vantum.store import orgs, sqlite, trying
from vantum.store.address import database, sqlite_file
from vantum.store.columns import new_id
from vantum.store.engine import Store, open_store
from vantum.store.models import Org
from vantum.store.write_line import Haste

pytestmark = pytest.mark.real_time


async def names(session: AsyncSession) -> list[str]:
    return [*await session.scalars(select(Org.slug).order_by(Org.slug))]


async def test_what_is_written_is_there_and_what_fails_is_not(store: Store) -> None:
    async with store.writing() as session:
        await new_org(session, "a")

    async def fails() -> None:
        async with store.writing() as session:
            await new_org(session, "b")
            raise KeyError

    with pytest.raises(KeyError):
        await fails()
    async with store.reading() as session:
        assert await names(session) == ["a", "default"]


async def test_a_reader_cannot_write(store: Store) -> None:
    async with store.reading() as session:
        with pytest.raises(DBAPIError, match=r"readonly|read-only"):
            await new_org(session, "a")


async def test_who_glances_sees_what_is_committed(store: Store) -> None:
    async with store.glancing() as session:
        assert await names(session) == ["default"]
    async with store.writing() as writing:
        await new_org(writing, "a")
    async with store.glancing() as session:
        assert await names(session) == ["a", "default"]


@WITH_SERVER
async def test_on_a_server_a_glance_holds_no_moment(empty_postgres: URL) -> None:
    """And so takes one question where a transaction takes three."""
    async with open_store(empty_postgres) as store, store.glancing() as glancing:
        assert await names(glancing) == ["default"]
        async with store.writing() as writing:
            await new_org(writing, "a")
        assert await names(glancing) == ["a", "default"]


async def test_a_reader_sees_one_moment(store: Store) -> None:
    async with store.reading() as reading:
        assert await names(reading) == ["default"]
        async with store.writing() as writing:
            await new_org(writing, "a")
        assert await names(reading) == ["default"]
    async with store.reading() as reading:
        assert await names(reading) == ["a", "default"]


async def test_a_writer_that_is_canceled_leaves_nothing_and_gives_way(store: Store) -> None:
    begun = asyncio.Event()

    async def write() -> None:
        async with store.writing() as session:
            await new_org(session, "a")
            begun.set()
            await asyncio.Event().wait()

    writing = asyncio.create_task(write())
    await begun.wait()
    writing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await writing
    async with store.writing() as session:
        assert await names(session) == ["default"]


@pytest.mark.parametrize("steps", range(12))
async def test_a_writer_that_is_canceled_at_any_moment_gives_way_at_once(tmp_path: Path, steps: int) -> None:
    async with open_store(sqlite_file(tmp_path / "a.db")) as store:
        begun, loop = asyncio.Event(), asyncio.get_running_loop()

        async def write(session: AsyncSession) -> None:
            loop.call_soon_threadsafe(begun.set)
            while True:
                await new_org(session, new_id())
                await session.execute(select(Org.id))

        writing = asyncio.create_task(store.write(write))
        await begun.wait()
        for _ in range(steps):
            await asyncio.sleep(0.0005)
        writing.cancel()
        # Whoever keeps the error keeps the statement too.
        with pytest.raises(asyncio.CancelledError) as kept:
            await writing
        with contextlib.closing(sqlite3.connect(tmp_path / "a.db", timeout=0, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            assert other.execute("SELECT count(*) FROM orgs").fetchall() == [(1,)]
        assert kept.value.__traceback__ is not None


async def test_what_is_urgent_is_written_first_and_what_is_patient_last(tmp_path: Path) -> None:
    async with open_store(sqlite_file(tmp_path / "x.db")) as store:
        written: list[str] = []

        async def write(haste: Haste, name: str) -> None:
            async def work(session: AsyncSession) -> None:
                await new_org(session, name)
                written.append(name)

            await store.write(work, haste)

        async with store.writing():
            tasks = [
                asyncio.create_task(write(haste, name))
                for haste, name in (
                    (Haste.PATIENT, "patient"),
                    (Haste.USUAL, "a"),
                    (Haste.USUAL, "b"),
                    (Haste.URGENT, "urgent"),
                    (Haste.USUAL, "c"),
                )
            ]
            await asyncio.sleep(0)
        await asyncio.gather(*tasks)
    assert written == ["urgent", "a", "b", "c", "patient"]


async def test_who_writes_to_a_file_gives_way_once_to_who_is_urgent(tmp_path: Path) -> None:
    loop = asyncio.get_running_loop()
    async with open_store(sqlite_file(tmp_path / "x.db")) as store:
        written: list[str] = []
        urgent: list[asyncio.Task[None]] = []

        async def long(session: AsyncSession) -> None:
            written.append("begun")
            await new_org(session, new_id())
            waits = threading.Event()
            loop.call_soon_threadsafe(hurry, waits)
            assert waits.wait(5.0)
            await new_org(session, "long")
            written.append("long")

        def hurry(waits: threading.Event) -> None:
            urgent.append(asyncio.create_task(store.write(wish, Haste.URGENT)))
            loop.call_soon(waits.set)

        async def wish(session: AsyncSession) -> None:
            await new_org(session, f"wish {len(written)}")
            written.append("wish")

        await store.write(long)
        await asyncio.gather(*urgent)
        async with store.reading() as session:
            slugs = await names(session)
    assert written == ["begun", "wish", "begun", "long", "wish"]
    assert [slug for slug in slugs if " " in slug] == ["wish 1", "wish 4"]
    # What was interrupted left nothing.
    assert len(slugs) == 5


async def test_who_has_not_made_a_statement_yet_gives_way_too(tmp_path: Path) -> None:
    async with open_store(sqlite_file(tmp_path / "x.db")) as store:
        written: list[str] = []

        async def write(session: AsyncSession, name: str) -> None:
            await new_org(session, name)
            written.append(name)

        usual = asyncio.create_task(store.write(partial(write, name="usual")))
        # It has the turn, and its transaction is about to begin.
        await asyncio.sleep(0)
        await store.write(partial(write, name="wish"), Haste.URGENT)
        await usual
    assert written == ["wish", "usual"]


async def test_a_long_statement_apart_is_interrupted_for_who_is_urgent_and_made_again(tmp_path: Path) -> None:
    loop = asyncio.get_running_loop()
    async with open_store(sqlite_file(tmp_path / "x.db")) as store, store.apart() as session:
        written: list[str] = []
        urgent: list[asyncio.Task[None]] = []

        async def wish(session: AsyncSession) -> None:
            await new_org(session, "wish")
            written.append("wish")

        def hurry() -> None:
            urgent.append(asyncio.create_task(store.write(wish, Haste.URGENT)))

        async def long(session: AsyncSession) -> None:
            written.append("begun")
            await new_org(session, "long")
            if not urgent:
                loop.call_soon(hurry)
                numbers = (
                    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"
                )
                await session.execute(text(numbers))
            written.append("done")

        await store.write_apart(session, long)
        assert await names(session) == ["default", "long", "wish"]
        await session.rollback()
    assert written == ["begun", "wish", "begun", "done"]


async def test_who_is_urgent_gives_way_to_nobody(tmp_path: Path) -> None:
    loop = asyncio.get_running_loop()
    async with open_store(sqlite_file(tmp_path / "x.db")) as store:
        runs: list[str] = []
        others: list[asyncio.Task[None]] = []

        async def wish(session: AsyncSession) -> None:
            waits = threading.Event()
            loop.call_soon_threadsafe(hurry, waits)
            assert waits.wait(5.0)
            await new_org(session, "a")
            runs.append("first")

        async def other(session: AsyncSession) -> None:
            runs.append("other")

        def hurry(waits: threading.Event) -> None:
            others.append(asyncio.create_task(store.write(other, Haste.URGENT)))
            loop.call_soon(waits.set)

        await store.write(wish, Haste.URGENT)
        await asyncio.gather(*others)
    assert runs == ["first", "other"]


async def test_fifty_writers_at_once_lose_nothing(store: Store) -> None:
    async with store.writing() as session:
        mine = Org.id == await new_org(session, "a")

    async def add(session: AsyncSession) -> None:
        count = await session.scalar(select(Org.max_concurrency).where(mine).with_for_update())
        assert count is not None
        await session.execute(update(Org).where(mine).values(max_concurrency=count + 1))

    await asyncio.gather(*(store.write(add) for _ in range(50)))
    async with store.reading() as session:
        assert await session.scalar(select(Org.max_concurrency).where(mine)) == 100


async def test_two_processes_write_to_one_file(tmp_path: Path) -> None:
    """Two stores in one process have locks of their own, as two processes do."""
    url = sqlite_file(tmp_path / "x.db")
    async with open_store(url) as one, open_store(url) as other:

        async def add(store: Store, slug: str) -> None:
            async with store.writing() as session:
                await new_org(session, slug)

        await asyncio.gather(
            *(add(store, f"{store is one}-{i}") for i in range(10) for store in (one, other))
        )
        async with one.reading() as session:
            assert await session.scalar(select(func.count()).select_from(Org)) == 21


async def test_who_holds_the_lock_for_long_makes_others_fail_with_what_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sqlite._ARGUMENTS, "timeout", 0.0)
    monkeypatch.setattr(trying, "LONGEST_WAIT_SECONDS", 0.001)
    url = sqlite_file(tmp_path / "x.db")
    async with open_store(url) as one, open_store(url) as other, one.writing() as session:
        await new_org(session, "a")
        with pytest.raises(OperationalError, match="database is locked"):
            await other.write(names)
        with pytest.raises(OperationalError, match="database is locked"):
            async with other.writing():
                pass


async def test_a_transaction_that_was_in_the_way_is_done_again(store: Store) -> None:
    runs: list[int] = []

    async def work(session: AsyncSession) -> str:
        runs.append(len(runs))
        await new_org(session, "a")
        if len(runs) < 3:
            raise passing(session)
        return "done"

    assert await store.write(work) == "done"
    assert runs == [0, 1, 2]
    async with store.reading() as session:
        assert await names(session) == ["a", "default"]


async def test_it_is_tried_five_times_and_no_more(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trying, "LONGEST_WAIT_SECONDS", 0.001)
    runs: list[int] = []

    async def work(session: AsyncSession) -> None:
        runs.append(len(runs))
        raise passing(session)

    with pytest.raises(OperationalError):
        await store.write(work)
    assert len(runs) == trying.TRIES


async def test_another_error_is_not_tried_again(store: Store) -> None:
    runs: list[int] = []

    async def work(session: AsyncSession) -> None:
        runs.append(len(runs))
        await new_org(session, "default")

    with pytest.raises(IntegrityError):
        await store.write(work)
    assert runs == [0]


async def test_foreign_keys_hold(store: Store) -> None:
    async with store.writing() as session:
        with pytest.raises(IntegrityError):
            await session.execute(
                text("UPDATE chain_heads SET org_id = 'nobody'")
                if await session.scalar(text("SELECT count(*) FROM chain_heads"))
                else text(
                    "INSERT INTO chain_heads (org_id, hash, count, updated_at) "
                    "VALUES ('nobody', '', 0, '2026-01-01 00:00:00')"
                )
            )


# --- the file of SQLite ----------------------------------------------------------------------------


async def test_only_the_owner_can_read_the_file_and_what_lies_beside_it(tmp_path: Path) -> None:
    async with open_store(database(None, tmp_path / "data" / "deep")) as store, store.writing() as session:
        await new_org(session, "a")
        folder = tmp_path / "data" / "deep"
        assert {path.name: path.stat().st_mode & 0o777 for path in folder.iterdir()} == {
            "vantum.db": 0o600,
            "vantum.db-wal": 0o600,
            "vantum.db-shm": 0o600,
        }
        assert [path.stat().st_mode & 0o777 for path in (folder, folder.parent)] == [0o700, 0o700]
    assert [path.name for path in folder.iterdir()] == ["vantum.db"]


async def test_a_file_that_was_open_to_others_is_closed_to_them(tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    path.touch(0o644)
    async with open_store(sqlite_file(path)):
        assert path.stat().st_mode & 0o777 == 0o600


async def test_it_writes_ahead_and_to_the_disk(tmp_path: Path) -> None:
    async with open_store(sqlite_file(tmp_path / "x.db")) as store, store.writing() as session:
        pragmas = ("journal_mode", "synchronous", "foreign_keys")
        found = [await session.scalar(text(f"PRAGMA {name}")) for name in pragmas]
        assert found == ["wal", 2, 1]


async def test_a_file_that_is_no_database_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("Not a database. " * 100)
    with pytest.raises(StoreError, match=r"notes\.txt cannot be used \(DatabaseError\)\. Check VANTUM"):
        async with open_store(sqlite_file(path)):
            pass
    assert path.read_text().startswith("Not a database.")


async def test_a_folder_that_cannot_be_made_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match=r"cannot be made \(.*\)\. Set VANTUM_DATABASE_URL or VANTUM_DATA"):
        async with open_store(sqlite_file(tmp_path / "file" / "x.db")):
            pass


async def test_a_server_that_is_not_there_is_one_line_without_the_password() -> None:
    url = make_url("postgresql+psycopg://u:s3cret@127.0.0.1:1/d")
    with pytest.raises(StoreError) as caught:
        async with open_store(url):
            pass
    assert str(caught.value).startswith("The database d on 127.0.0.1:1 cannot be used (OperationalError).")


@WITH_SERVER
async def test_postgres_bounds_how_long_anything_takes(empty_postgres: URL) -> None:
    async with open_store(empty_postgres) as store, store.writing() as session:
        shown = [await session.scalar(text(f"SHOW {name}")) for name in ("lock_timeout", "statement_timeout")]
    assert shown == ["10s", "2min"]


async def test_there_is_an_organisation_from_the_start(store: Store) -> None:
    async with store.reading() as session:
        default = await orgs.named(session, "default")
        assert default.id == orgs.DEFAULT_ORG_ID
        assert await orgs.get(session, default.id) is default
