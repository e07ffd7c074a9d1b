"""How often a statement goes to its connection's thread; and that all comes out as with the driver's own cursor."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import AsyncIterator
from contextvars import ContextVar
from pathlib import Path
from typing import Any

import aiosqlite
import pytest
from sqlalchemy import Integer, insert, select, text
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.ext.asyncio import AsyncSession

from tests.vantum.store.rows import new_org
from vantum.store.address import sqlite_file
from vantum.store.columns import new_id
from vantum.store.engine import Store, open_store
from vantum.store.models import Org
from vantum.store.sqlite_hops import FIRST_ROWS, OneHopConnection, connect

pytestmark = pytest.mark.real_time

NUMBERS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {}) SELECT i FROM n"
"""So many rows of one number each."""
asked = ContextVar("asked", default="for nothing")


@pytest.fixture
async def opened(tmp_path: Path) -> AsyncIterator[Store]:
    """A store on SQLite."""
    async with open_store(sqlite_file(tmp_path / "x.db")) as store:
        yield store


@pytest.fixture
async def connection() -> AsyncIterator[OneHopConnection]:
    """A connection to an empty database."""
    async with connect(":memory:", isolation_level=None) as connected:
        yield connected  # type: ignore[misc]


@pytest.fixture
def hops(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The jobs of all connections from now on."""
    done: list[str] = []
    execute = aiosqlite.Connection._execute

    async def counted(self: aiosqlite.Connection, job: Any, *args: Any, **kwargs: Any) -> Any:
        done.append(job.__name__)
        return await execute(self, job, *args, **kwargs)

    monkeypatch.setattr(aiosqlite.Connection, "_execute", counted)
    return done


def orgs(*slugs: str) -> list[dict[str, str]]:
    return [{"id": new_id(), "slug": slug, "name": slug} for slug in slugs]


async def test_a_statement_is_one_hop(opened: Store, hops: list[str]) -> None:
    async with opened.writing() as session:
        hops.clear()
        assert [*await session.scalars(select(Org.slug))] == ["default"]
        assert len(hops) == 1
        row = (await session.execute(insert(Org).returning(Org.slug), orgs("a"))).one()
        assert (row.slug, len(hops)) == ("a", 2)
        await session.execute(insert(Org), orgs("b", "c", "d"))
        assert len(hops) == 3
        assert {*await session.scalars(select(Org.slug))} == {"default", "a", "b", "c", "d"}


async def test_to_begin_and_to_end_a_transaction_is_one_hop_each(opened: Store, hops: list[str]) -> None:
    async with opened.reading() as session:
        await session.scalar(select(Org.id))
    hops.clear()
    async with opened.reading() as session:
        await session.scalar(select(Org.id))
    assert hops == ["begin", "begin", "rollback"]
    async with opened.writing() as session:
        await new_org(session, "a")
    hops.clear()
    async with opened.writing() as session:
        await new_org(session, "b")
    assert hops == ["begin", "begin", "commit"]


async def test_a_transaction_that_writes_is_one_hop_whatever_it_does(opened: Store, hops: list[str]) -> None:
    threads = set[threading.Thread]()

    async def work(session: AsyncSession) -> list[str]:
        threads.add(threading.current_thread())
        for slug in "abc":
            await new_org(session, slug)
        return [*await session.scalars(select(Org.slug))]

    await opened.write(work_of_nothing)
    asked.set("for this")
    hops.clear()
    assert await opened.write(work) == ["a", "b", "c", "default"]
    assert hops == ["begin", "run"]
    assert threads.isdisjoint({threading.current_thread()})
    assert await opened.write(said_in_context) == "for this"


async def work_of_nothing(session: AsyncSession) -> None:
    """Have the connection opened."""


async def said_in_context(session: AsyncSession) -> str:
    return asked.get()


async def test_a_transaction_waits_for_nothing_but_its_database(opened: Store) -> None:
    async def work(session: AsyncSession) -> None:
        await new_org(session, "a")
        await asyncio.Future[None](loop=loop)

    loop = asyncio.get_running_loop()
    with pytest.raises(RuntimeError, match="waits for something that is not its database"):
        await opened.write(work)
    async with opened.writing() as session:
        assert [*await session.scalars(select(Org.slug))] == ["default"]


async def test_who_is_canceled_again_and_again_waits_for_the_end_nevertheless(opened: Store) -> None:
    begun, goes_on = threading.Event(), threading.Event()

    async def work(session: AsyncSession) -> None:
        await new_org(session, "a")
        begun.set()
        goes_on.wait(5.0)

    writing = asyncio.create_task(opened.write(work))
    await asyncio.to_thread(begun.wait, 5.0)
    for _ in range(3):
        writing.cancel()
        await asyncio.sleep(0)
        assert not writing.done()
    goes_on.set()
    with pytest.raises(asyncio.CancelledError):
        await writing
    # What nobody waited for was not committed.
    async with opened.writing() as session:
        assert [*await session.scalars(select(Org.slug))] == ["default"]


async def test_a_long_statement_ends_with_whoever_wanted_it(opened: Store) -> None:
    begun, loop = asyncio.Event(), asyncio.get_running_loop()

    async def work(session: AsyncSession) -> None:
        loop.call_soon_threadsafe(begun.set)
        await session.execute(text(f"SELECT count(*) FROM ({NUMBERS.format(10**12)})"))

    writing = asyncio.create_task(opened.write(work))
    await begun.wait()
    writing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await writing


@pytest.mark.parametrize(
    ("rows", "most"), [(FIRST_ROWS - 1, 1), (FIRST_ROWS, 2), (FIRST_ROWS + 1, 2), (5 * FIRST_ROWS, 2)]
)
async def test_many_rows_are_all_there(opened: Store, hops: list[str], rows: int, most: int) -> None:
    async with opened.reading() as session:
        await session.connection()
        hops.clear()
        assert [*await session.scalars(text(NUMBERS.format(rows)))] == [*range(1, rows + 1)]
        assert len(hops) == most


@pytest.mark.parametrize("rows", [0, 1, FIRST_ROWS - 1, FIRST_ROWS, FIRST_ROWS + 1, 2 * FIRST_ROWS, 2_345])
@pytest.mark.parametrize("size", [1, 7, FIRST_ROWS, 1_500])
async def test_rows_come_in_their_order_in_pieces_of_any_size(
    connection: OneHopConnection, rows: int, size: int
) -> None:
    cursor = connection.cursor()
    await cursor.execute(f"SELECT * FROM ({NUMBERS.format(max(rows, 1))}) LIMIT {rows}")
    pieces = []
    while piece := await cursor.fetchmany(size):
        pieces.append(piece)
    assert [number for piece in pieces for (number,) in piece] == [*range(1, rows + 1)]
    assert {len(piece) for piece in pieces[:-1]} <= {size}


async def test_a_stream_fetches_what_is_asked_for(opened: Store, hops: list[str]) -> None:
    async with opened.reading() as session:
        await session.connection()
        hops.clear()
        numbers = text(NUMBERS.format(3 * FIRST_ROWS)).columns(i=Integer)
        found = []
        async for number in await session.stream_scalars(numbers, execution_options={"yield_per": 100}):
            found.append(number)
            assert len(hops) == 1 or number > FIRST_ROWS - 100
        assert hops[1:] == ["fetchmany"] * len(hops[1:])
        assert len(hops[1:]) >= 2 * FIRST_ROWS / 100
    assert found == [*range(1, 3 * FIRST_ROWS + 1)]


async def test_a_stream_that_is_left_keeps_no_moment_of_the_database(opened: Store, tmp_path: Path) -> None:
    async with opened.reading() as session:
        assert await session.scalar(select(Org.slug)) == "default"
        result = await session.stream_scalars(text(NUMBERS.format(3 * FIRST_ROWS)))
        async for _ in result:
            break
        await result.close()
    async with opened.writing() as session:
        await new_org(session, "a")
    async with opened.writing() as session:
        pass
    other = sqlite3.connect(tmp_path / "x.db")
    try:
        assert other.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone() == (0, 0, 0)
    finally:
        other.close()


async def test_a_reader_that_is_canceled_keeps_no_moment_of_the_database(opened: Store) -> None:
    begun = asyncio.Event()

    async def read() -> None:
        async with opened.reading() as session:
            assert await session.scalar(select(Org.slug)) == "default"
            begun.set()
            await asyncio.Event().wait()

    reading = asyncio.create_task(read())
    await begun.wait()
    reading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reading
    async with opened.writing() as session:
        await new_org(session, "a")
    async with opened.reading() as session:
        assert {*await session.scalars(select(Org.slug))} == {"default", "a"}


async def test_a_cursor_tells_what_became_of_its_statement(connection: OneHopConnection) -> None:
    cursor = connection.cursor()
    assert (cursor.description, cursor.rowcount, cursor.lastrowid) == (None, -1, None)
    await cursor.execute("CREATE TABLE t (x)")
    assert cursor.description is None
    await cursor.executemany("INSERT INTO t VALUES (?)", [(1,), (2,), (3,)])
    assert (cursor.description, cursor.rowcount) == (None, 3)
    cursor = connection.cursor()
    await cursor.execute("INSERT INTO t VALUES (?) RETURNING x", (4,))
    assert [each[0] for each in cursor.description] == ["x"]
    assert (cursor.rowcount, cursor.lastrowid) == (1, 4)
    assert await cursor.fetchall() == [(4,)]
    assert await cursor.fetchall() == []
    await cursor.close()


async def test_errors_are_those_of_the_driver(opened: Store, connection: OneHopConnection) -> None:
    async with opened.writing() as session:
        with pytest.raises(IntegrityError) as unique:
            await session.execute(insert(Org), orgs("default"))
        with pytest.raises(OperationalError) as unknown:
            await session.execute(text("SELECT nothing"))
    assert isinstance(unique.value.orig, sqlite3.IntegrityError)
    assert unique.value.orig.sqlite_errorname == "SQLITE_CONSTRAINT_UNIQUE"
    assert isinstance(unknown.value.orig, sqlite3.OperationalError)
    await connection.close()
    with pytest.raises(ValueError, match="no active connection"):
        await connection.cursor().execute("SELECT 1")


async def test_no_thread_outlives_the_store(tmp_path: Path) -> None:
    before = {*threading.enumerate()}
    async with open_store(sqlite_file(tmp_path / "x.db")) as store:
        async with store.reading() as session:
            await session.scalar(select(Org.id))
        async with store.writing() as session:
            await new_org(session, "a")
        async with store.apart() as session:
            await session.scalar(select(Org.id))
        own = {each for each in threading.enumerate() if "worker_thread" in each.name} - before
        assert all(each.daemon for each in own)
        # That of the connection apart has been told to end, and may still be about to.
        assert len(own) in (2, 3)
    for each in own:
        each.join(5.0)
        assert not each.is_alive()
