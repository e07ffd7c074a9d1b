"""The command is tested on a file of SQLite: what the database makes of it is tested elsewhere, on both."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.vantum.store.command_kit import Run, runner
from tests.vantum.store.databases import sqlite_template
from vantum.campaign_command import main
from vantum.store.address import sqlite_file

__all__ = ["run", "sqlite_template"]


@pytest.fixture
def run(
    sqlite_template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Run:
    """Runs `vantum campaign` with its arguments."""
    path = tmp_path / "store.db"
    path.write_bytes(sqlite_template.read_bytes())
    monkeypatch.setenv("VANTUM_DATA", str(tmp_path / "data"))
    return runner(main, sqlite_file(path), monkeypatch, capsys)
