"""How the database gets to another shape.

A migration runs in one transaction, under a lock: a process that is killed leaves the old shape, and two that start
at once do it once.
"""

from __future__ import annotations

from collections.abc import Callable

from alembic import command
from alembic.config import Config
from sqlalchemy import URL

from vantum.store.shape import MIGRATIONS, Standing, connected, foreign, standing_on
from vantum.store.sqlite import Begin


def upgrade(url: URL, revision: str = "head") -> Standing:
    """Bring the database up to a revision, the newest unless another is named; raises StoreError."""
    return _migrated(url, lambda config: command.upgrade(config, revision))


def downgrade(url: URL, revision: str) -> Standing:
    """Take the database down to a revision, with the tables that came later; raises StoreError."""
    return _migrated(url, lambda config: command.downgrade(config, revision))


def _migrated(url: URL, migrate: Callable[[Config], None]) -> Standing:
    with connected(url, Begin.WRITING) as connection:
        found = standing_on(connection)
        if found.is_foreign:
            raise foreign(url, found)
        config = _config()
        config.attributes["connection"] = connection
        migrate(config)
        return standing_on(connection)


def _config() -> Config:
    config = Config()
    # ConfigParser, which reads this, takes a percent sign for a beginning of its own.
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config
