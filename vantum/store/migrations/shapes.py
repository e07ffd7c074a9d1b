"""What many tables of the revisions have in common. Revisions that are out rest on it: add to it, change nothing."""

from __future__ import annotations

from typing import Any, Final

import sqlalchemy as sa

ID: Final = sa.String(36)
WORD: Final = sa.String(24)
HASH: Final = sa.String(64)
PHONE: Final = sa.String(16)
MOMENT: Final = sa.DateTime(timezone=True)


def required(name: str, kind: sa.types.TypeEngine[Any], *more: sa.schema.SchemaItem) -> sa.Column[Any]:
    """A column that always has a value."""
    return sa.Column(name, kind, *more, nullable=False)


def optional(name: str, kind: sa.types.TypeEngine[Any], *more: sa.schema.SchemaItem) -> sa.Column[Any]:
    """A column that may have none."""
    return sa.Column(name, kind, *more, nullable=True)


def owned() -> tuple[sa.Column[Any], ...]:
    """The first columns of a row of an organisation."""
    org = sa.ForeignKey("orgs.id", ondelete="RESTRICT")
    return (sa.Column("id", ID, primary_key=True), required("org_id", ID, org))


def stamped() -> tuple[sa.Column[Any], ...]:
    """The last columns of a row."""
    return (required("created_at", MOMENT), required("updated_at", MOMENT))
