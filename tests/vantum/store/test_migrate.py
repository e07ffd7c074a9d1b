"""Revisions of the schema: they give what the models say, up and down, with data, or else leave all as it was."""

from __future__ import annotations

import asyncio
import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import URL, Connection, inspect, text

from tests.vantum.store.databases import WITH_SERVER, new_database, plain
from tests.vantum.store.rows import new_scene
from vantum.core.errors import StoreError
from vantum.store import calls
from vantum.store.address import is_sqlite, sqlite_file
from vantum.store.engine import open_store
from vantum.store.migrate import downgrade, upgrade
from vantum.store.models import Base
from vantum.store.orgs import DEFAULT_ORG_ID
from vantum.store.shape import EMPTY, MIGRATIONS, Standing, known, standing

KNOWN: Final = ("0001", "0002", "0003", "0004", "0005", "0006", "0009")
FIRST_TABLES: Final = {
    "0001": "contacts",
    "0002": "leads",
    "0003": "turns",
    "0004": "buckets",
    "0005": "calls.pickup",
    "0006": "analysis_jobs",
    "0009": "webhook_deliveries.first_attempt_at",
}
"""A table, or a column of one, that each revision brings."""


def tables(url: URL) -> set[str]:
    return set(inspect(plain(url)).get_table_names()) - {"alembic_version"}


def signs(url: URL) -> set[str]:
    """The tables and their columns."""
    looking = inspect(plain(url))
    found = tables(url)
    return found | {f"{table}.{column['name']}" for table in found for column in looking.get_columns(table)}


def shape(connection: Connection) -> list[str]:
    """All that a database says of its tables, columns, constraints and indexes, in any order."""
    if connection.dialect.name == "sqlite":
        found = connection.execute(text("SELECT sql FROM sqlite_master WHERE name <> 'alembic_version'"))
        # A column that was added later stands on the line of the one before it.
        lines = [line for (sql,) in found if sql for line in re.split(r", ?\n|\n|, (?=[a-z_]+ [A-Z])", sql)]
        return sorted(line.strip().rstrip(",") for line in lines)
    statements = (
        "SELECT concat_ws(' ', table_name, column_name, data_type, character_maximum_length, is_nullable, "
        "column_default) FROM information_schema.columns WHERE table_schema = 'public'",
        "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'",
        "SELECT concat_ws(' ', conrelid::regclass, conname, pg_get_constraintdef(oid)) FROM pg_constraint "
        "WHERE connamespace = 'public'::regnamespace",
    )
    rows = [row for statement in statements for (row,) in connection.execute(text(statement))]
    return sorted(row for row in rows if "alembic_version" not in row)


def test_the_revisions_are_called_after_their_files() -> None:
    scripts = ScriptDirectory(str(MIGRATIONS))
    assert known() == tuple(script.revision for script in scripts.walk_revisions())[::-1] == KNOWN


def test_the_revisions_give_what_the_models_say(url: URL, tmp_path_factory: pytest.TempPathFactory) -> None:
    with plain(url).connect() as connection:
        # Of this index the reader of SQLite does not tell how it is sorted; the shapes below do.
        unread = ("index", "ix_leads_due") if is_sqlite(url) else ()
        options = {
            "compare_type": True,
            "compare_server_default": True,
            "include_object": lambda _, name, kind, *__: (kind, name) != unread,
        }
        assert compare_metadata(MigrationContext.configure(connection, opts=options), Base.metadata) == []
        migrated = shape(connection)
    if is_sqlite(url):
        other = sqlite_file(tmp_path_factory.mktemp("models") / "x.db")
        assert made_by_models(other) == migrated
    else:
        with new_database() as other:
            assert made_by_models(other) == migrated


def made_by_models(url: URL) -> list[str]:
    with plain(url).begin() as connection:
        Base.metadata.create_all(connection)
        return shape(connection)


def test_each_revision_goes_up_and_down_and_keeps_what_is_older(empty_url: URL) -> None:
    for place, revision in enumerate(KNOWN):
        assert upgrade(empty_url, revision).revision == revision
        assert FIRST_TABLES[revision] in signs(empty_url)
        add_company(empty_url, revision)
        assert companies(empty_url) == [*KNOWN[: place + 1]]
    assert standing(empty_url).is_current
    for revision in KNOWN[-2::-1]:
        gone = FIRST_TABLES[KNOWN[KNOWN.index(revision) + 1]]
        assert downgrade(empty_url, revision).revision == revision
        assert gone not in signs(empty_url)
        assert companies(empty_url) == [*KNOWN]
    assert upgrade(empty_url).is_current
    assert companies(empty_url) == [*KNOWN]
    assert downgrade(empty_url, EMPTY).revision == EMPTY
    assert tables(empty_url) == set()
    assert upgrade(empty_url).is_current


def add_company(url: URL, name: str) -> None:
    with plain(url).begin() as connection:
        connection.execute(
            text(
                "INSERT INTO companies (id, org_id, name, dnc, gatekeeper_notes, created_at, updated_at) VALUES "
                "(:name, :org, :name, false, '', '2026-01-01 00:00:00', '2026-01-01 00:00:00')"
            ),
            {"name": name, "org": DEFAULT_ORG_ID},
        )


def companies(url: URL) -> list[str]:
    with plain(url).connect() as connection:
        return [name for (name,) in connection.execute(text("SELECT name FROM companies ORDER BY name"))]


@pytest.mark.real_time
async def test_a_whole_campaign_goes_down_and_what_is_older_stays(own_url: URL) -> None:
    """The newest tables point at the older ones, and are full."""
    async with open_store(own_url) as store, store.writing() as session:
        scene = await new_scene(session, "a", 5)
        await calls.insert_attempt(session, scene.org, scene.attempt())
    await asyncio.to_thread(downgrade, own_url, "0002")
    with plain(own_url).connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM leads")) == 5
        assert connection.scalar(text("SELECT count(*) FROM contacts")) == 5
    assert (await asyncio.to_thread(upgrade, own_url)).is_current


def test_a_revision_that_fails_leaves_the_old_shape(empty_url: URL) -> None:
    upgrade(empty_url, "0003")
    with plain(empty_url).begin() as connection:
        connection.execute(text("CREATE TABLE buckets (mine integer)"))
    before = tables(empty_url)
    with pytest.raises(StoreError, match="cannot be used"):
        upgrade(empty_url)
    assert standing(empty_url).revision == "0003"
    assert tables(empty_url) == before


@pytest.mark.real_time
def test_four_that_start_at_once_do_it_once(empty_url: URL) -> None:
    with ThreadPoolExecutor(4) as pool:
        found = [*pool.map(upgrade, [empty_url] * 4)]
    assert {each.revision for each in found} == {KNOWN[-1]}
    with plain(empty_url).connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM orgs")) == 1


@pytest.mark.real_time
async def test_a_file_comes_up_by_itself(tmp_path: Path) -> None:
    url = sqlite_file(tmp_path / "x.db")
    upgrade(url, "0002")
    async with open_store(url):
        assert standing(url).is_current


@pytest.mark.real_time
@WITH_SERVER
async def test_postgres_waits_for_people() -> None:
    with new_database() as url:
        for revision in (EMPTY, "0002"):
            if revision != EMPTY:
                upgrade(url, revision)
            with pytest.raises(StoreError) as caught:
                async with open_store(url):
                    pass
            assert str(caught.value) == (
                f"The database {url.database} on {url.host}:{url.port} has revision {revision}, "
                f"and Vantum needs {KNOWN[-1]}. Run `vantum migrate up`."
            )
            assert standing(url).revision == revision


@pytest.mark.real_time
async def test_a_newer_database_is_left_alone(own_url: URL) -> None:
    with plain(own_url).begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StoreError, match="has revision 9999, which this version of Vantum does not know"):
        async with open_store(own_url):
            pass
    for move in (upgrade, lambda url: downgrade(url, "0001")):
        with pytest.raises(StoreError, match="does not know"):
            move(own_url)
    assert "buckets" in tables(own_url)


@pytest.mark.parametrize(
    ("revision", "to", "gone"),
    [
        ("0003", "0001", ("0003", "0002")),
        ("0003", EMPTY, ("0003", "0002", "0001")),
        ("0003", "0003", ()),
        ("0001", "0003", ()),
        (EMPTY, EMPTY, ()),
    ],
)
def test_what_goes_on_the_way_down_is_known_before(revision: str, to: str, gone: tuple[str, ...]) -> None:
    assert Standing(revision, KNOWN).above(to) == gone


@pytest.mark.parametrize(
    ("revision", "is_current", "is_foreign"),
    [(KNOWN[-1], True, False), ("0001", False, False), (EMPTY, False, False), ("9999", False, True)],
)
def test_a_standing_is_current_old_or_foreign(revision: str, is_current: bool, is_foreign: bool) -> None:
    found = Standing(revision, KNOWN)
    assert (found.is_current, found.is_foreign, found.newest) == (is_current, is_foreign, KNOWN[-1])
