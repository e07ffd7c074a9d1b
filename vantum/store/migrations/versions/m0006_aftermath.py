"""What follows a call: analyses that wait to be made, and what the newest one says, beside the call itself."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from vantum.store.migrations.shapes import ID, MOMENT, WORD, optional, owned, required, stamped

revision = "0006"
down_revision: str | None = "0005"

_WAITING = sa.text("next_at IS NOT NULL")


def upgrade() -> None:
    """Add it."""
    op.add_column("calls", optional("interest", sa.Integer()))
    op.add_column("calls", sa.Column("summary", sa.Text(), nullable=False, server_default=""))
    op.create_table(
        "analysis_jobs",
        *owned(),
        required("call_id", ID, sa.ForeignKey("calls.id", ondelete="CASCADE")),
        required("cause", WORD),
        required("state", WORD),
        required("attempts", sa.Integer()),
        optional("next_at", MOMENT),
        optional("fields", sa.JSON()),
        optional("analysis_id", ID, sa.ForeignKey("analyses.id", ondelete="SET NULL")),
        required("error", sa.String(500)),
        *stamped(),
    )
    op.create_index(
        "ix_analysis_jobs_waiting",
        "analysis_jobs",
        ["next_at"],
        sqlite_where=_WAITING,
        postgresql_where=_WAITING,
    )
    op.create_index("ix_analysis_jobs_call_id", "analysis_jobs", ["call_id"])
    op.create_index("ix_analysis_jobs_analysis_id", "analysis_jobs", ["analysis_id"])
    op.create_index("ix_analysis_jobs_org_id_id", "analysis_jobs", ["org_id", "id"])


def downgrade() -> None:
    """Remove it, with all that waits."""
    op.drop_table("analysis_jobs")
    for column in ("summary", "interest"):
        op.drop_column("calls", column)
