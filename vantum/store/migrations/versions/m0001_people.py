"""The first tables: organisations, people, and what they said about being called."""

from __future__ import annotations

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

from vantum.store.migrations.shapes import HASH, ID, MOMENT, PHONE, WORD, optional, owned, required, stamped

revision = "0001"
down_revision: str | None = None


def upgrade() -> None:
    """Add them."""
    _orgs()
    _users()
    _api_keys()
    _companies()
    _contacts()
    _consents()
    _suppressions()


def downgrade() -> None:
    """Remove them, with all that is in them."""
    for table in ("suppressions", "consents", "contacts", "companies", "api_keys", "users", "orgs"):
        op.drop_table(table)


def _orgs() -> None:
    orgs = op.create_table(
        "orgs",
        sa.Column("id", ID, primary_key=True),
        required("slug", sa.String(64)),
        required("name", sa.String(200)),
        required("legal_name", sa.String(200)),
        required("callback_number", PHONE),
        required("country", sa.String(2)),
        required("region", sa.String(3)),
        required("timezone", sa.String(64)),
        required("currency", sa.String(3)),
        required("retention_days", sa.Integer()),
        required("max_concurrency", sa.Integer()),
        *stamped(),
        sa.UniqueConstraint("slug"),
    )
    # Whoever is alone with Vantum never has to make an organisation.
    moment = datetime.now(UTC)
    default: dict[str, object] = {
        "id": "00000000-0000-7000-8000-000000000000",
        "slug": "default",
        "name": "Default",
        "timezone": "UTC",
        "currency": "USD",
        "retention_days": 0,
        "max_concurrency": 50,
        "created_at": moment,
        "updated_at": moment,
    }
    empty = dict.fromkeys(("legal_name", "callback_number", "country", "region"), "")
    op.bulk_insert(orgs, [default | empty])


def _users() -> None:
    op.create_table(
        "users",
        *owned(),
        required("email", sa.String(254)),
        required("name", sa.String(200)),
        required("role", WORD),
        optional("disabled_at", MOMENT),
        *stamped(),
        sa.UniqueConstraint("org_id", "email"),
    )


def _api_keys() -> None:
    op.create_table(
        "api_keys",
        *owned(),
        optional("user_id", ID, sa.ForeignKey("users.id", ondelete="CASCADE")),
        required("name", sa.String(200)),
        required("prefix", sa.String(16)),
        required("hash", HASH),
        required("role", WORD),
        required("scopes", sa.JSON()),
        optional("last_used_at", MOMENT),
        optional("expires_at", MOMENT),
        optional("revoked_at", MOMENT),
        *stamped(),
        sa.UniqueConstraint("prefix"),
    )
    op.create_index("ix_api_keys_org_id", "api_keys", ["org_id"])
    op.create_index("ix_api_keys_user_id", "api_keys", ["user_id"])


def _companies() -> None:
    op.create_table(
        "companies",
        *owned(),
        required("name", sa.String(200)),
        optional("domain", sa.String(253)),
        required("dnc", sa.Boolean()),
        optional("max_calls_per_day", sa.Integer()),
        required("gatekeeper_notes", sa.Text()),
        *stamped(),
        sa.UniqueConstraint("org_id", "domain"),
    )
    op.create_index("ix_companies_org_id_name", "companies", ["org_id", "name"])


def _contacts() -> None:
    op.create_table(
        "contacts",
        *owned(),
        optional("company_id", ID, sa.ForeignKey("companies.id", ondelete="SET NULL")),
        optional("e164", PHONE),
        required("raw_phone", sa.String(100)),
        required("line_type", WORD),
        required("country", sa.String(2)),
        required("region", sa.String(3)),
        required("postal_code", sa.String(16)),
        required("timezone", sa.String(64)),
        optional("timezone_source", WORD),
        required("other_zones", sa.JSON()),
        required("language", sa.String(16)),
        required("first_name", sa.String(100)),
        required("last_name", sa.String(100)),
        required("name", sa.String(200)),
        required("email", sa.String(254)),
        required("title", sa.String(200)),
        required("custom", sa.JSON()),
        required("source", sa.String(200)),
        required("source_detail", sa.String(500)),
        optional("source_at", MOMENT),
        required("state", WORD),
        *stamped(),
        sa.UniqueConstraint("org_id", "e164"),
    )
    op.create_index("ix_contacts_company_id", "contacts", ["company_id"])
    op.create_index("ix_contacts_org_id_id", "contacts", ["org_id", "id"])


def _consents() -> None:
    op.create_table(
        "consents",
        *owned(),
        required("contact_id", ID, sa.ForeignKey("contacts.id", ondelete="RESTRICT")),
        required("kind", WORD),
        required("status", WORD),
        required("method", WORD),
        required("text_shown", sa.Text()),
        required("proof", sa.Text()),
        optional("granted_at", MOMENT),
        optional("revoked_at", MOMENT),
        optional("call_id", ID),
        *stamped(),
        sa.CheckConstraint("granted_at IS NOT NULL OR revoked_at IS NOT NULL", name="dated"),
    )
    op.create_index("ix_consents_contact_id", "consents", ["contact_id"])


def _suppressions() -> None:
    op.create_table(
        "suppressions",
        *owned(),
        required("scope", WORD),
        required("value", sa.String(254)),
        required("reason", WORD),
        optional("source_call_id", ID),
        required("quote", sa.Text()),
        optional("quote_ms", sa.Integer()),
        optional("expires_at", MOMENT),
        *stamped(),
        sa.UniqueConstraint("org_id", "scope", "value", "reason"),
    )
