"""Everything about a person in one file: all rows, all files, nobody else's."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest

from tests.vantum.outreach.people import FILES, HER, SECRET, SOMEBODY_ELSE, new_life
from tests.vantum.store.rows import NOON
from vantum.core.errors import UsageError
from vantum.outreach import dossier_file
from vantum.outreach.dossier_file import CONTENT, write_dossier
from vantum.store.engine import Store

pytestmark = pytest.mark.real_time


async def test_all_of_it(store: Store, tmp_path: Path) -> None:
    data, path = tmp_path / "data", tmp_path / "person.zip"
    async with store.writing() as session:
        life = await new_life(session, data)
    counts = await write_dossier(store, life.org, HER, data, path, NOON)
    assert counts == {
        "contact": 1,
        "consents": 1,
        "suppressions": 1,
        "import_rows": 1,
        "leads": 1,
        "callbacks": 1,
        "decisions": 1,
        "calls": 2,
        "audit_log": 1,
        "call_events": 1,
        "turns": 1,
        "recordings": 1,
        "analyses": 1,
        "costs": 1,
        "files": 8,
    }
    assert path.stat().st_mode & 0o777 == 0o600
    with zipfile.ZipFile(path) as archive:
        names = [f"calls/{folder.name}/{name}" for folder in life.folders for name in FILES]
        assert archive.namelist() == [CONTENT, *names]
        content = archive.read(CONTENT)
        assert SECRET.encode() in archive.read(names[1])
    told = json.loads(content)
    assert (told["number"], told["exported_at"]) == (HER, "2026-11-18T17:00:00+00:00")
    assert told["contact"][0]["custom"] == {"memo": SECRET}
    assert told["contact"][0]["source_at"] == "2026-11-18T17:00:00+00:00"
    assert told["files"] == names
    assert {row["id"] for row in told["calls"]} == {life.out, life.inbound}
    assert [row["text"] for row in told["turns"]] == [SECRET]
    assert SOMEBODY_ELSE.encode() not in content


async def test_of_nobody_there_is_no_file(store: Store, tmp_path: Path) -> None:
    async with store.writing() as session:
        life = await new_life(session, tmp_path)
    path = tmp_path / "person.zip"
    assert await write_dossier(store, life.org, "+12125550177", tmp_path, path, NOON) is None
    assert not path.exists()


async def test_nothing_is_written_over(store: Store, tmp_path: Path) -> None:
    async with store.writing() as session:
        life = await new_life(session, tmp_path)
    path = tmp_path / "person.zip"
    path.write_text("x")
    with pytest.raises(UsageError, match=r"person\.zip cannot be written \(File exists\)"):
        await write_dossier(store, life.org, HER, tmp_path, path, NOON)
    assert path.read_text() == "x"


async def test_half_of_it_is_not_left(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with store.writing() as session:
        life = await new_life(session, tmp_path)

    def fails(*_: object) -> str:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(dossier_file, "_name", fails)
    monkeypatch.setattr(dossier_file, "_named", lambda _: [])
    path = tmp_path / "person.zip"
    with pytest.raises(UsageError, match="No space left on device"):
        await write_dossier(store, life.org, HER, tmp_path, path, NOON)
    assert not path.exists()
