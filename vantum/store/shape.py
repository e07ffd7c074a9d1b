"""The shape of the database: which revision it has, and which ones there are."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from sqlalchemy import URL, Connection, Engine, inspect, text
from sqlalchemy.exc import DBAPIError

from vantum.core.errors import StoreError
from vantum.store import postgres, sqlite
from vantum.store.address import SETTING, is_sqlite, shown
from vantum.store.sqlite import Begin

MIGRATIONS: Final = Path(__file__).parent / "migrations"
EMPTY: Final = "base"
"""What the shape of a database without tables is called."""
_MARK: Final = "alembic_version"
"""The table in which Alembic keeps the revision."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Which revision a database has, ``base`` for none, and those that this version of Vantum knows, in order."""

    revision: str
    known: tuple[str, ...]

    @property
    def newest(self) -> str:
        """The revision that this version needs."""
        return self.known[-1]

    @property
    def is_current(self) -> bool:
        """Whether the database has the shape that this version needs."""
        return self.revision == self.newest

    @property
    def is_foreign(self) -> bool:
        """Whether a newer version, or something else, made the database."""
        return self.revision not in (EMPTY, *self.known)

    def above(self, revision: str) -> tuple[str, ...]:
        """The revisions that go when the database goes down to ``revision``, the newest first."""
        standing = self._place(self.revision)
        return tuple(reversed(self.known[self._place(revision) : standing]))

    def _place(self, revision: str) -> int:
        return 0 if revision == EMPTY else self.known.index(revision) + 1


def standing(url: URL) -> Standing:
    """Which shape the database has; raises StoreError when it cannot be reached."""
    with connected(url, Begin.READING) as connection:
        return standing_on(connection)


@contextmanager
def connected(url: URL, begin: Begin) -> Iterator[Connection]:
    """One transaction; to write, one that nobody else migrates beside."""
    engine = _engine(url, begin)
    try:
        with engine.begin() as connection:
            if begin is Begin.WRITING and not is_sqlite(url):
                connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": postgres.LOCK})
            yield connection
    except DBAPIError as error:
        # Its class tells enough; its words can hold the address, and with it the password.
        problem = f"The database {shown(url)} cannot be used ({type(error.orig).__name__})."
        raise StoreError(problem, f"Check {SETTING}, and whether the database is there.") from error
    finally:
        engine.dispose()


def _engine(url: URL, begin: Begin) -> Engine:
    if not is_sqlite(url):
        return postgres.migrating(url)
    try:
        sqlite.make_file(url)
    except OSError as error:
        problem = f"The database {shown(url)} cannot be made ({error.strerror})."
        raise StoreError(problem, f"Set {SETTING} or VANTUM_DATA to where files can be written.") from error
    return sqlite.migrating(url, begin)


def standing_on(connection: Connection) -> Standing:
    """The same on an open connection."""
    marked = inspect(connection).has_table(_MARK)
    revision = connection.scalar(text(f"SELECT version_num FROM {_MARK}")) if marked else None  # noqa: S608 - ours
    return Standing(revision or EMPTY, known())


@cache
def known() -> tuple[str, ...]:
    """The revisions that there are, from the first: their files are called after them, as in ``m0001_people.py``."""
    files = sorted(path.stem for path in (MIGRATIONS / "versions").glob("m[0-9]*_*.py"))
    return tuple(name.removeprefix("m").partition("_")[0] for name in files)


def foreign(url: URL, found: Standing) -> StoreError:
    """What to say of a database that something else made."""
    return StoreError(
        f"The database {shown(url)} has revision {found.revision}, which this version of Vantum does not know.",
        "Use the version that made it, or a newer one.",
    )
