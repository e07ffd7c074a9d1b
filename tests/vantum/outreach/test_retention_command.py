"""`vantum retention run`, where there is a database."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import URL, update

from tests.vantum.outreach.people import Life, age, new_life
from tests.vantum.store.command_kit import Run, runner
from vantum import retention_command
from vantum.outreach import call_folders
from vantum.retention_command import main
from vantum.store.engine import open_store
from vantum.store.models import Org

NOTHING = "removed: 0 records, 0 recordings of others, 0.0 MB"
OF_CALLS = "removed from the database: 3 calls, 1 messages to webhooks"


@pytest.fixture
def run(url: URL, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    monkeypatch.setenv("VANTUM_DATA", str(tmp_path / "data"))
    return runner(main, url, monkeypatch, capsys)


def life_of(url: URL, data: Path, days: int) -> Life:
    """Somebody of an organisation that keeps things so long, which is over."""

    async def make() -> Life:
        async with open_store(url) as store:
            async with store.writing() as session:
                made = await new_life(session, data)
                await session.execute(update(Org).where(Org.id == made.org).values(retention_days=days))
            await age(store, made.org)
            return made

    return asyncio.run(make())


def at_the_end_of_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the command believe that it is long after."""

    class Late(retention_command.datetime):  # type: ignore[name-defined,misc]
        @classmethod
        def now(cls, tz: object = None) -> object:
            return super().now(tz) + timedelta(days=9_999)

    monkeypatch.setattr(retention_command, "datetime", Late)


def test_what_an_organisation_keeps_for_a_time(
    run: Run, url: URL, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    life = life_of(url, tmp_path / "data", 30)
    at_the_end_of_time(monkeypatch)
    everything = "3 calls, 2 people, 1 rows of lists, 1 messages to webhooks"
    assert run("run", "--dry-run") == (0, [f"would be removed from the database: {everything}"])
    assert life.folders[0].is_dir()
    assert run("run") == (0, [f"removed from the database: {everything}"])
    assert not life.folders[0].exists()
    assert run("run") == (0, [])


def test_what_the_settings_say_of_calls(
    run: Run, url: URL, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    life_of(url, tmp_path / "data", 0)
    at_the_end_of_time(monkeypatch)
    monkeypatch.setenv("VANTUM_KEEP_DAYS", "30")
    assert run("run") == (0, [NOTHING, OF_CALLS])
    assert [*(tmp_path / "data").rglob("*.*")] == []


def test_for_ever(run: Run, url: URL, tmp_path: Path) -> None:
    life_of(url, tmp_path / "data", 0)
    code, (line,) = run("run")
    assert (code, line[:39]) == (2, "vantum: All records are kept for ever. ")


def test_files_that_cannot_be_removed(
    run: Run, url: URL, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    life_of(url, tmp_path / "data", 30)
    at_the_end_of_time(monkeypatch)

    def fails(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(call_folders, "remove", fails)
    code, (line,) = run("run")
    assert code == 2
    assert line.startswith("vantum: Files of calls cannot be removed (Permission denied). See who may write")
