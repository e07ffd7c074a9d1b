"""Campaigns, whom they call, the lists they come from, and the chain of decisions."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from vantum.store.migrations.shapes import HASH, ID, MOMENT, WORD, optional, owned, required, stamped

revision = "0002"
down_revision: str | None = "0001"


def upgrade() -> None:
    """Add them."""
    _retry_policies()
    _campaigns()
    _leads()
    _imports()
    _import_rows()
    _dial_decisions()
    _chain_heads()


def downgrade() -> None:
    """Remove them, with all that is in them."""
    for table in (
        "chain_heads",
        "dial_decisions",
        "import_rows",
        "imports",
        "leads",
        "campaigns",
        "retry_policies",
    ):
        op.drop_table(table)


def _retry_policies() -> None:
    op.create_table(
        "retry_policies",
        *owned(),
        required("name", sa.String(200)),
        required("rules", sa.JSON()),
        required("total_attempts", sa.Integer()),
        required("voicemail_on", sa.JSON()),
        required("missed_promise", sa.JSON()),
        *stamped(),
        sa.UniqueConstraint("org_id", "name"),
    )


def _campaigns() -> None:
    op.create_table(
        "campaigns",
        *owned(),
        optional("retry_policy_id", ID, sa.ForeignKey("retry_policies.id", ondelete="RESTRICT")),
        required("name", sa.String(200)),
        required("state", WORD),
        required("state_reason", sa.String(500)),
        required("pipeline", sa.String(200)),
        required("variables", sa.JSON()),
        required("purpose", WORD),
        required("audience", WORD),
        required("language", sa.String(16)),
        required("recording", WORD),
        required("windows", sa.JSON()),
        optional("start_at", MOMENT),
        optional("end_at", MOMENT),
        required("priority", sa.Integer()),
        required("max_concurrency", sa.Integer()),
        required("calls_per_second", sa.Float()),
        optional("budget_micros", sa.BigInteger()),
        required("machine_policy", WORD),
        required("voicemail_text", sa.Text()),
        required("from_numbers", sa.JSON()),
        required("brief", sa.Text()),
        required("analysis_schema", sa.JSON()),
        optional("started_at", MOMENT),
        optional("completed_at", MOMENT),
        *stamped(),
        sa.UniqueConstraint("org_id", "name"),
    )
    op.create_index("ix_campaigns_org_id_state", "campaigns", ["org_id", "state"])
    op.create_index("ix_campaigns_retry_policy_id", "campaigns", ["retry_policy_id"])


def _leads() -> None:
    op.create_table(
        "leads",
        *owned(),
        required("campaign_id", ID, sa.ForeignKey("campaigns.id", ondelete="CASCADE")),
        required("contact_id", ID, sa.ForeignKey("contacts.id", ondelete="RESTRICT")),
        required("state", WORD),
        required("state_reason", sa.String(500)),
        required("priority", sa.Integer()),
        optional("next_attempt_at", MOMENT),
        required("attempts", sa.Integer()),
        optional("leased_by", ID),
        optional("leased_at", MOMENT),
        optional("last_outcome", WORD),
        optional("final_disposition", WORD),
        *stamped(),
        sa.UniqueConstraint("campaign_id", "contact_id"),
    )
    op.create_index("ix_leads_campaign_id_state", "leads", ["campaign_id", "state"])
    op.create_index("ix_leads_contact_id", "leads", ["contact_id"])
    op.create_index(
        "ix_leads_due",
        "leads",
        ["campaign_id", "priority", "next_attempt_at", "id"],
        sqlite_where=sa.text("state IN ('pending', 'waiting')"),
        postgresql_where=sa.text("state IN ('pending', 'waiting')"),
    )
    op.create_index("ix_leads_leased_by", "leads", ["leased_by"])
    op.create_index("ix_leads_org_id_id", "leads", ["org_id", "id"])


def _imports() -> None:
    op.create_table(
        "imports",
        *owned(),
        optional("campaign_id", ID, sa.ForeignKey("campaigns.id", ondelete="SET NULL")),
        required("filename", sa.String(255)),
        required("sha256", HASH),
        required("bytes", sa.BigInteger()),
        required("mapping", sa.JSON()),
        required("state", WORD),
        required("rows", sa.Integer()),
        required("accepted", sa.Integer()),
        required("duplicate", sa.Integer()),
        required("invalid", sa.Integer()),
        required("suppressed", sa.Integer()),
        required("error", sa.String(500)),
        optional("finished_at", MOMENT),
        *stamped(),
    )
    op.create_index("ix_imports_campaign_id", "imports", ["campaign_id"])
    op.create_index("ix_imports_org_id_id", "imports", ["org_id", "id"])
    op.create_index("ix_imports_org_id_sha256", "imports", ["org_id", "sha256"])


def _import_rows() -> None:
    op.create_table(
        "import_rows",
        *owned(),
        required("import_id", ID, sa.ForeignKey("imports.id", ondelete="CASCADE")),
        required("row", sa.Integer()),
        required("verdict", WORD),
        required("column", sa.String(100)),
        required("reason", sa.String(500)),
        required("notes", sa.JSON()),
        optional("contact_id", ID, sa.ForeignKey("contacts.id", ondelete="SET NULL")),
        *stamped(),
        sa.UniqueConstraint("import_id", "row"),
    )
    op.create_index("ix_import_rows_contact_id", "import_rows", ["contact_id"])


def _dial_decisions() -> None:
    op.create_table(
        "dial_decisions",
        *owned(),
        required("place", sa.BigInteger()),
        required("attempt_id", ID),
        optional("lead_id", ID),
        required("verdict", WORD),
        required("decided_at", MOMENT),
        optional("until", MOMENT),
        required("ruleset", sa.String(32)),
        required("document", sa.Text()),
        required("previous", HASH),
        required("hash", HASH),
        *stamped(),
        sa.UniqueConstraint("org_id", "place"),
        sa.UniqueConstraint("attempt_id"),
    )
    op.create_index("ix_dial_decisions_lead_id", "dial_decisions", ["lead_id"])


def _chain_heads() -> None:
    op.create_table(
        "chain_heads",
        sa.Column("org_id", ID, sa.ForeignKey("orgs.id", ondelete="RESTRICT"), primary_key=True),
        required("hash", HASH),
        required("count", sa.BigInteger()),
        required("updated_at", MOMENT),
    )
