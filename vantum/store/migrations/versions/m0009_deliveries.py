"""What receivers of webhooks answer, up to a kilobyte, and when each message was tried first."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from vantum.store.migrations.shapes import MOMENT, optional

revision = "0009"
down_revision: str | None = "0006"

_TABLE = "webhook_deliveries"
_LENGTH, _LENGTH_BEFORE = 1_024, 500


def upgrade() -> None:
    """Make room; of what was tried before, nobody knows when that began."""
    op.add_column(_TABLE, optional("first_attempt_at", MOMENT))
    _keep_answers(_LENGTH)


def downgrade() -> None:
    """Cut longer answers off."""
    _keep_answers(_LENGTH_BEFORE)
    op.drop_column(_TABLE, "first_attempt_at")


def _keep_answers(length: int) -> None:
    """Have the column hold so many characters: no column of SQLite changes its type."""
    op.execute(f"ALTER TABLE {_TABLE} RENAME COLUMN response_text TO response_before")
    op.add_column(_TABLE, sa.Column("response_text", sa.String(length), nullable=False, server_default=""))
    table = sa.table(_TABLE, sa.column("response_text"), sa.column("response_before"))
    op.execute(sa.update(table).values(response_text=sa.func.substr(table.c.response_before, 1, length)))
    op.drop_column(_TABLE, "response_before")
