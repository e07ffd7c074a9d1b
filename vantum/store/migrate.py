"""The shape of the database: which revision it has, and how it gets to another.

A migration runs in one transaction, under a lock: a process that is killed leaves the old shape, and two that start
at once do it once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import URL, Connection, Engine, text
from sqlalchemy.exc import DBAPIError

from vantum.core.errors import StoreError
from vantum.store import postgres, sqlite
from vantum.store.address import SETTING, is_sqlite, shown
from vantum.store.sqlite import Begin

MIGRATIONS: Final = Path(__file__).parent / "migrations"
EMPTY: Final = "base"
"""What the shape of a database without tables is called."""


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
    with _connected(url, Begin.READING) as connection:
        return _standing(connection)


def upgrade(url: URL, revision: str = "head") -> Standing:
    """Bring the database up to a revision, the newest unless another is named; raises StoreError."""
    return _migrated(url, lambda config: command.upgrade(config, revision))


def downgrade(url: URL, revision: str) -> Standing:
    """Take the database down to a revision, with the tables that came later; raises StoreError."""
    return _migrated(url, lambda config: command.downgrade(config, revision))


def make_ready(url: URL) -> None:
    """See to it that the database has this version's shape; raises StoreError where that is for people to decide."""
    found = standing(url)
    if found.is_foreign:
        raise _foreign(url, found)
    if found.is_current:
        return
    if not is_sqlite(url):
        raise StoreError(
            f"The database {shown(url)} has revision {found.revision}, and Vantum needs {found.newest}.",
            "Run `vantum migrate up`.",
        )
    upgrade(url)


def _migrated(url: URL, migrate: Callable[[Config], None]) -> Standing:
    with _connected(url, Begin.WRITING) as connection:
        found = _standing(connection)
        if found.is_foreign:
            raise _foreign(url, found)
        config = _config()
        config.attributes["connection"] = connection
        migrate(config)
        return _standing(connection)


@contextmanager
def _connected(url: URL, begin: Begin) -> Iterator[Connection]:
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


def _config() -> Config:
    config = Config()
    # ConfigParser, which reads this, takes a percent sign for a beginning of its own.
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def _standing(connection: Connection) -> Standing:
    revision = MigrationContext.configure(connection).get_current_revision()
    return Standing(revision or EMPTY, _known())


@cache
def _known() -> tuple[str, ...]:
    """The revisions that there are, from the first."""
    scripts = ScriptDirectory.from_config(_config())
    return tuple(script.revision for script in scripts.walk_revisions())[::-1]


def _foreign(url: URL, found: Standing) -> StoreError:
    return StoreError(
        f"The database {shown(url)} has revision {found.revision}, which this version of Vantum does not know.",
        "Use the version that made it, or a newer one.",
    )
