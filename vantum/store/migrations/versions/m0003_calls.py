"""Calls, what was said in them, and what they came to."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from vantum.store.migrations.shapes import HASH, ID, MOMENT, PHONE, WORD, optional, owned, required, stamped

revision = "0003"
down_revision: str | None = "0002"


def upgrade() -> None:
    """Add them."""
    _calls()
    _call_events()
    _turns()
    _recordings()
    _analyses()
    _callbacks()
    _costs()


def downgrade() -> None:
    """Remove them, with all that is in them."""
    for table in ("costs", "callbacks", "analyses", "recordings", "turns", "call_events", "calls"):
        op.drop_table(table)


def _calls() -> None:
    op.create_table(
        "calls",
        *owned(),
        optional("campaign_id", ID, sa.ForeignKey("campaigns.id", ondelete="SET NULL")),
        optional("lead_id", ID, sa.ForeignKey("leads.id", ondelete="SET NULL")),
        optional("contact_id", ID, sa.ForeignKey("contacts.id", ondelete="SET NULL")),
        required("attempt_no", sa.Integer()),
        required("direction", WORD),
        required("transport", WORD),
        optional("provider_sid", sa.String(64)),
        optional("idempotency_key", sa.String(255)),
        optional("record_id", ID),
        optional("claimed_by", ID),
        required("from_number", PHONE),
        required("to_number", PHONE),
        required("status", WORD),
        optional("outcome", WORD),
        optional("disposition", WORD),
        optional("answered_by", WORD),
        optional("queued_at", MOMENT),
        optional("dialed_at", MOMENT),
        optional("answered_at", MOMENT),
        optional("first_audio_at", MOMENT),
        optional("ended_at", MOMENT),
        required("end_reason", sa.String(500)),
        optional("sip_code", sa.Integer()),
        required("error_code", sa.String(32)),
        required("pipeline", sa.String(200)),
        required("pipeline_version", sa.String(64)),
        *stamped(),
        sa.UniqueConstraint("provider_sid"),
        sa.UniqueConstraint("org_id", "idempotency_key"),
        sa.UniqueConstraint("record_id"),
        sa.CheckConstraint("(status = 'ended') = (ended_at IS NOT NULL)", name="ended"),
    )
    op.create_index("ix_calls_campaign_id_created_at", "calls", ["campaign_id", "created_at"])
    op.create_index("ix_calls_claimed_by", "calls", ["claimed_by"])
    op.create_index("ix_calls_contact_id", "calls", ["contact_id"])
    op.create_index("ix_calls_lead_id_attempt_no", "calls", ["lead_id", "attempt_no"])
    op.create_index(
        "ix_calls_live",
        "calls",
        ["org_id", "campaign_id"],
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_index("ix_calls_org_id_created_at", "calls", ["org_id", "created_at"])
    op.create_index("ix_calls_org_id_id", "calls", ["org_id", "id"])
    op.create_index("ix_calls_org_id_to_number", "calls", ["org_id", "to_number"])


def _call_events() -> None:
    op.create_table(
        "call_events",
        *owned(),
        required("call_id", ID, sa.ForeignKey("calls.id", ondelete="CASCADE")),
        required("seq", sa.Integer()),
        required("source", WORD),
        optional("provider_sequence", sa.Integer()),
        required("kind", sa.String(64)),
        required("at", MOMENT),
        required("payload", sa.JSON()),
        *stamped(),
        sa.UniqueConstraint("call_id", "seq"),
        sa.UniqueConstraint("call_id", "source", "provider_sequence"),
    )


def _turns() -> None:
    op.create_table(
        "turns",
        *owned(),
        required("call_id", ID, sa.ForeignKey("calls.id", ondelete="CASCADE")),
        required("seq", sa.Integer()),
        required("role", WORD),
        required("text", sa.Text()),
        required("spoken_text", sa.Text()),
        required("start_ms", sa.Integer()),
        required("end_ms", sa.Integer()),
        required("interrupted", sa.Boolean()),
        required("latency", sa.JSON()),
        *stamped(),
        sa.UniqueConstraint("call_id", "seq"),
    )


def _recordings() -> None:
    op.create_table(
        "recordings",
        *owned(),
        required("call_id", ID, sa.ForeignKey("calls.id", ondelete="CASCADE")),
        required("kind", WORD),
        required("path", sa.String(500)),
        required("sha256", HASH),
        required("ms", sa.Integer()),
        required("legal_basis", sa.String(200)),
        optional("delete_at", MOMENT),
        *stamped(),
        sa.UniqueConstraint("call_id", "kind"),
    )
    op.create_index("ix_recordings_delete_at", "recordings", ["delete_at"])


def _analyses() -> None:
    op.create_table(
        "analyses",
        *owned(),
        required("call_id", ID, sa.ForeignKey("calls.id", ondelete="CASCADE")),
        optional("supersedes_id", ID, sa.ForeignKey("analyses.id", ondelete="SET NULL")),
        required("schema_version", sa.String(64)),
        required("model", sa.String(100)),
        optional("sentiment", sa.Float()),
        optional("interest", sa.Integer()),
        optional("disposition", WORD),
        required("summary", sa.Text()),
        required("objections", sa.JSON()),
        required("next_step", sa.Text()),
        required("callback_words", sa.String(500)),
        required("data", sa.JSON()),
        required("evidence", sa.JSON()),
        optional("confidence", sa.Float()),
        *stamped(),
    )
    op.create_index("ix_analyses_call_id_created_at", "analyses", ["call_id", "created_at"])
    op.create_index("ix_analyses_org_id_id", "analyses", ["org_id", "id"])
    op.create_index("ix_analyses_supersedes_id", "analyses", ["supersedes_id"])


def _callbacks() -> None:
    op.create_table(
        "callbacks",
        *owned(),
        required("lead_id", ID, sa.ForeignKey("leads.id", ondelete="CASCADE")),
        optional("call_id", ID, sa.ForeignKey("calls.id", ondelete="SET NULL")),
        required("promised_at", MOMENT),
        required("timezone", sa.String(64)),
        required("words", sa.String(500)),
        required("state", WORD),
        *stamped(),
    )
    op.create_index("ix_callbacks_call_id", "callbacks", ["call_id"])
    op.create_index("ix_callbacks_lead_id", "callbacks", ["lead_id"])
    op.create_index("ix_callbacks_org_id_state_promised_at", "callbacks", ["org_id", "state", "promised_at"])


def _costs() -> None:
    op.create_table(
        "costs",
        *owned(),
        required("call_id", ID, sa.ForeignKey("calls.id", ondelete="CASCADE")),
        optional("campaign_id", ID, sa.ForeignKey("campaigns.id", ondelete="SET NULL")),
        required("provider", sa.String(64)),
        required("kind", WORD),
        required("unit", sa.String(32)),
        required("units", sa.Float()),
        required("unit_price_micros", sa.Float()),
        required("amount_micros", sa.BigInteger()),
        required("currency", sa.String(3)),
        required("state", WORD),
        *stamped(),
        sa.UniqueConstraint("call_id", "provider", "kind"),
    )
    op.create_index("ix_costs_campaign_id", "costs", ["campaign_id"])
