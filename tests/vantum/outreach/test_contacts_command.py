"""`vantum contacts`: what is known of somebody is handed out, and erased."""

from __future__ import annotations

import asyncio
import re
import zipfile
from pathlib import Path

import pytest
from sqlalchemy import URL, update

from tests.vantum.outreach.people import HER, Life, new_life
from tests.vantum.store.command_kit import Run, runner
from tests.vantum.store.rows import NOON
from vantum.contacts_command import main
from vantum.core.legal.case import Scope
from vantum.store import suppressions
from vantum.store.engine import open_store
from vantum.store.models import Org

HERE = ("--org", "a")


@pytest.fixture
def run(url: URL, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    monkeypatch.setenv("VANTUM_DATA", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)
    return runner(main, url, monkeypatch, capsys)


@pytest.fixture
def life(url: URL, tmp_path: Path) -> Life:
    """Somebody in the organisation "a", which is in the United States."""

    async def make() -> Life:
        async with open_store(url) as store, store.writing() as session:
            made = await new_life(session, tmp_path / "data")
            await session.execute(update(Org).where(Org.id == made.org).values(country="US"))
            return made

    return asyncio.run(make())


def is_suppressed(url: URL, org: str, number: str) -> bool:
    async def look() -> bool:
        async with open_store(url) as store, store.reading() as session:
            return bool(await suppressions.in_force(session, org, [(Scope.NUMBER, number)], NOON))

    return asyncio.run(look())


def test_handed_out(run: Run, life: Life, tmp_path: Path) -> None:
    code, (line,) = run("export", "(212) 555-0100", *HERE)
    assert (code, line[:22]) == (0, "person.zip: 1 contact,")
    assert line.endswith("1 call events, 1 turns, 1 recordings, 1 analyses, 1 costs, 8 files")
    with zipfile.ZipFile(tmp_path / "person.zip") as archive:
        assert len(archive.namelist()) == 9
    code, lines = run("export", HER, *HERE)
    assert (code, lines) == (2, ["vantum: person.zip cannot be written (File exists). Name another file."])
    assert run("export", HER, *HERE, "--to", "other.zip")[0] == 0
    assert life.folders[0].is_dir()


def test_erased(run: Run, life: Life, url: URL) -> None:
    code, lines = run("erase", HER, *HERE)
    assert code == 0
    assert re.fullmatch(rf"Erased as {life.contact}: 1 turns, .*1 contacts.*, 8 files", lines[0])
    assert lines[1:] == [
        "Kept: 1 times that the number is not to be called",
        "The carrier may have records of its own: CA0, CA2",
        "The proof is in the audit log. Backups still hold the person.",
    ]
    assert run("erase", HER, *HERE) == (0, [f"Nothing is known of {HER} in 'a'."])
    code, lines = run("export", HER, *HERE)
    assert (code, lines[0][:34]) == (2, f"vantum: Nothing is known of {HER[:6]}")
    assert is_suppressed(url, life.org, HER)


def test_erased_without_anything_that_is_kept(run: Run, life: Life) -> None:
    """Somebody else, of whom no suppression and no name of the carrier's is known."""
    assert life
    code, lines = run("erase", "+12125550101", *HERE)
    assert (code, len(lines)) == (0, 3)
    assert lines[1] == "The carrier may have records of its own: CA1"


def test_never_to_be_called_again(run: Run, life: Life, url: URL) -> None:
    unknown = "+12125550177"
    assert not is_suppressed(url, life.org, unknown)
    assert run("erase", unknown, *HERE, "--never-call") == (0, [f"Nothing is known of {unknown} in 'a'."])
    assert is_suppressed(url, life.org, unknown)


@pytest.mark.parametrize(
    ("number", "words"),
    [
        ("x", "'x' is no number: It is not a phone number."),
        ("+12125", "'+12125' is no number: It is too short for its country."),
    ],
)
def test_no_number(run: Run, life: Life, number: str, words: str) -> None:
    assert life
    code, lines = run("erase", number, *HERE)
    assert code == 2
    assert lines == [f"vantum: {words} Write it with its country code, like +14155550100."]


def test_a_number_that_no_plan_has_may_have_called(run: Run, life: Life) -> None:
    assert life
    assert run("erase", "+12120000000", *HERE) == (0, ["Nothing is known of +12120000000 in 'a'."])


def test_files_that_cannot_be_removed(run: Run, life: Life, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("vantum.outreach.call_folders.remove", fails)
    code, (line,) = run("erase", HER, *HERE)
    assert code == 2
    assert line.startswith(
        "vantum: Files of calls cannot be removed (Permission denied); the person is called"
    )
    assert life.folders[0].is_dir()
