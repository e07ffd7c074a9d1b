"""Who is told of events, who did what, and what dialers tell each other."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from vantum.store.migrations.shapes import HASH, ID, MOMENT, WORD, optional, owned, required, stamped

revision = "0004"
down_revision: str | None = "0003"


def upgrade() -> None:
    """Add them."""
    _webhook_endpoints()
    _webhook_deliveries()
    _audit_log()
    _idempotency_keys()
    _dialers()
    _buckets()


def downgrade() -> None:
    """Remove them, with all that is in them."""
    for table in (
        "buckets",
        "dialers",
        "idempotency_keys",
        "audit_log",
        "webhook_deliveries",
        "webhook_endpoints",
    ):
        op.drop_table(table)


def _webhook_endpoints() -> None:
    op.create_table(
        "webhook_endpoints",
        *owned(),
        required("url", sa.String(2000)),
        required("description", sa.String(200)),
        required("secret", sa.String(200)),
        required("old_secret", sa.String(200)),
        optional("old_secret_until", MOMENT),
        required("events", sa.JSON()),
        required("state", WORD),
        *stamped(),
    )
    op.create_index("ix_webhook_endpoints_org_id", "webhook_endpoints", ["org_id"])


def _webhook_deliveries() -> None:
    op.create_table(
        "webhook_deliveries",
        *owned(),
        required("endpoint_id", ID, sa.ForeignKey("webhook_endpoints.id", ondelete="CASCADE")),
        required("event_id", ID),
        required("event", sa.String(64)),
        required("subject_id", ID),
        required("body", sa.Text()),
        required("state", WORD),
        required("attempts", sa.Integer()),
        optional("next_at", MOMENT),
        optional("last_attempt_at", MOMENT),
        optional("response_code", sa.Integer()),
        required("response_text", sa.String(500)),
        *stamped(),
        sa.UniqueConstraint("endpoint_id", "event_id"),
    )
    op.create_index(
        "ix_webhook_deliveries_endpoint_id_subject_id_id",
        "webhook_deliveries",
        ["endpoint_id", "subject_id", "id"],
    )
    op.create_index("ix_webhook_deliveries_next_at", "webhook_deliveries", ["next_at"])
    op.create_index("ix_webhook_deliveries_org_id_id", "webhook_deliveries", ["org_id", "id"])


def _audit_log() -> None:
    op.create_table(
        "audit_log",
        *owned(),
        required("actor_kind", WORD),
        optional("actor_id", ID),
        required("action", sa.String(64)),
        required("subject_kind", sa.String(32)),
        required("subject_id", sa.String(64)),
        required("details", sa.JSON()),
        *stamped(),
    )
    op.create_index("ix_audit_log_org_id_id", "audit_log", ["org_id", "id"])
    op.create_index("ix_audit_log_org_id_subject_id", "audit_log", ["org_id", "subject_id"])


def _idempotency_keys() -> None:
    op.create_table(
        "idempotency_keys",
        *owned(),
        required("key", sa.String(255)),
        required("request_hash", HASH),
        optional("status", sa.Integer()),
        required("response_body", sa.Text()),
        required("expires_at", MOMENT),
        *stamped(),
        sa.UniqueConstraint("org_id", "key"),
    )
    op.create_index("ix_idempotency_keys_expires_at", "idempotency_keys", ["expires_at"])


def _dialers() -> None:
    op.create_table(
        "dialers",
        sa.Column("id", ID, primary_key=True),
        required("host", sa.String(253)),
        required("pid", sa.Integer()),
        required("version", sa.String(64)),
        required("started_at", MOMENT),
        required("heartbeat_at", MOMENT),
        optional("stopped_at", MOMENT),
    )
    op.create_index("ix_dialers_heartbeat_at", "dialers", ["heartbeat_at"])


def _buckets() -> None:
    op.create_table(
        "buckets",
        sa.Column("account", sa.String(64), primary_key=True),
        required("tokens", sa.Float()),
        required("updated_at", MOMENT),
    )
