"""Where the database is: what the setting says becomes an address for SQLAlchemy, with the one driver that we use.

Nothing that is said here tells a password.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from pydantic import SecretStr
from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from vantum.core.errors import SettingsError

SETTING: Final = "VANTUM_DATABASE_URL"
FILE: Final = "vantum.db"
SQLITE: Final = "sqlite"
POSTGRES: Final = "postgresql"
_BACKENDS: Final = {SQLITE: SQLITE, POSTGRES: POSTGRES, "postgres": POSTGRES}
_DRIVERS: Final = {SQLITE: "sqlite+aiosqlite", POSTGRES: "postgresql+psycopg"}


def database(given: SecretStr | None, data: Path) -> URL:
    """The address of the database; without one it is a file under ``data``. Raises SettingsError."""
    if given is None:
        return sqlite_file(data / FILE)
    try:
        url = make_url(given.get_secret_value())
        backend = _BACKENDS[url.get_backend_name()]
    except (ArgumentError, KeyError, ValueError):
        # Without its cause, which would tell what is set, and with it the password.
        raise _unusable() from None
    if not url.database or (backend == SQLITE and (url.host or url.query or url.database == ":memory:")):
        raise _unusable()
    return sqlite_file(Path(url.database)) if backend == SQLITE else url.set(drivername=_DRIVERS[POSTGRES])


def sqlite_file(path: Path) -> URL:
    """The address of a file of SQLite."""
    return URL.create(_DRIVERS[SQLITE], database=str(path.absolute()))


def is_sqlite(url: URL) -> bool:
    """Whether the database is a file."""
    return url.get_backend_name() == SQLITE


def shown(url: URL) -> str:
    """The database for people: a file's path, or host and name without a password."""
    if is_sqlite(url):
        return str(url.database)
    port = f":{url.port}" if url.port else ""
    return f"{url.database} on {url.host or 'this machine'}{port}"


def _unusable() -> SettingsError:
    return SettingsError(
        f"{SETTING} is not usable.",
        "Set it to sqlite:////path/to/a/file.db or postgresql://user:password@host/database.",
    )
