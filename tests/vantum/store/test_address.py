"""Addresses of databases: one driver for each kind, and no password in what is said."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import SecretStr

from vantum.core.errors import SettingsError
from vantum.settings import load_settings
from vantum.store.address import database, is_sqlite, shown


def test_without_a_setting_it_is_a_file_among_the_data(tmp_path: Path) -> None:
    url = database(None, tmp_path / "data")
    assert is_sqlite(url)
    assert str(url) == f"sqlite+aiosqlite:///{tmp_path}/data/vantum.db"
    assert shown(url) == f"{tmp_path}/data/vantum.db"


def test_a_relative_path_means_the_folder_in_which_it_was_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert database(None, Path("data")).database == f"{tmp_path}/data/vantum.db"
    assert database(SecretStr("sqlite:///x.db"), Path("data")).database == f"{tmp_path}/x.db"


@pytest.mark.parametrize(
    ("given", "used"),
    [
        ("sqlite:////tmp/x.db", "sqlite+aiosqlite:////tmp/x.db"),
        ("sqlite+pysqlite:////tmp/x.db", "sqlite+aiosqlite:////tmp/x.db"),
        ("postgresql://u:p@h:5/d", "postgresql+psycopg://u:p@h:5/d"),
        ("postgres://u:p@h/d?sslmode=require", "postgresql+psycopg://u:p@h/d?sslmode=require"),
        ("postgresql+asyncpg://h/d", "postgresql+psycopg://h/d"),
    ],
)
def test_each_kind_has_its_driver(given: str, used: str) -> None:
    assert database(SecretStr(given), Path()).render_as_string(hide_password=False) == used


@pytest.mark.parametrize(
    ("given", "said"),
    [("postgresql://u:s3cret@h:5/d", "d on h:5"), ("postgresql:///d", "d on this machine")],
)
def test_what_is_shown_tells_no_password(given: str, said: str) -> None:
    assert shown(database(SecretStr(given), Path())) == said


@pytest.mark.parametrize(
    "given",
    [
        "s3cret",
        "mysql://u:s3cret@h/d",
        "postgresql://u:s3cret@h",
        "postgresql://u:s3cret@h:port/d",
        "sqlite://",
        "sqlite:///:memory:",
        "sqlite://host/x.db",
        "sqlite:///x.db?mode=s3cret",
    ],
)
def test_any_other_is_one_line_that_says_what_is_allowed(given: str) -> None:
    with pytest.raises(SettingsError) as caught:
        database(SecretStr(given), Path())
    assert str(caught.value).startswith("VANTUM_DATABASE_URL is not usable. Set it to sqlite:////path")
    assert "s3cret" not in f"{caught.value} {caught.value.__cause__!r}"


@pytest.mark.parametrize(
    ("given", "secrets"),
    [
        ("postgresql://u:p%40ss@h/d", ("postgresql://u:p%40ss@h/d", "p@ss")),
        ("sqlite:////tmp/x.db", ("sqlite:////tmp/x.db",)),
        ("postgresql://[u:p@h/d", ("postgresql://[u:p@h/d",)),
    ],
)
def test_the_log_knows_the_address_and_the_password_as_secrets(given: str, secrets: tuple[str, ...]) -> None:
    assert load_settings({"VANTUM_DATABASE_URL": given}, None).secrets() == secrets
