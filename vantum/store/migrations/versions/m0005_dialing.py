"""Whose turn it is: priorities from 0 to 9 of which 9 goes first, promised calls before all; how calls began."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from vantum.store.migrations.shapes import WORD, optional

revision = "0005"
down_revision: str | None = "0004"

_DUE = "ix_leads_due"
_CALLABLE = sa.text("state IN ('pending', 'waiting')")
_USUAL, _USUAL_BEFORE = 5, 100


def upgrade() -> None:
    """Add what dialers need; what had a priority before has the usual one now."""
    for table in ("leads", "calls"):
        op.add_column(table, sa.Column("occasion", WORD, nullable=False, server_default="list"))
    op.add_column("calls", optional("pickup", WORD))
    op.add_column("calls", sa.Column("placed_by", sa.String(255), nullable=False, server_default=""))
    _set_priorities(_USUAL)
    op.drop_index(_DUE, "leads")
    _index("campaign_id", sa.text("occasion DESC"), sa.text("priority DESC"), "next_attempt_at", "id")


def downgrade() -> None:
    """Remove it; all are called in the order of their dates."""
    op.drop_index(_DUE, "leads")
    _set_priorities(_USUAL_BEFORE)
    _index("campaign_id", "priority", "next_attempt_at", "id")
    op.drop_column("calls", "placed_by")
    op.drop_column("calls", "pickup")
    for table in ("calls", "leads"):
        op.drop_column(table, "occasion")


def _set_priorities(value: int) -> None:
    for table in ("campaigns", "leads"):
        op.execute(sa.update(sa.table(table, sa.column("priority"))).values(priority=value))


def _index(*columns: str | sa.TextClause) -> None:
    op.create_index(_DUE, "leads", [*columns], sqlite_where=_CALLABLE, postgresql_where=_CALLABLE)
