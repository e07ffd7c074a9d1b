"""What all tables share: the names of constraints, the columns that every row has, and what a foreign key does.

A row of an organisation goes with nothing: an organisation that has rows cannot be removed. What belongs to one call,
campaign or list goes with it (CASCADE); what only points at something outlives it (SET NULL). A row that is only ever
added holds ids without a foreign key, so that nothing that is removed elsewhere changes it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar, Final

from sqlalchemy import ForeignKey, MetaData, String, Table
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeEngine

from vantum.store.columns import ID_LENGTH, Moment, new_id, now

CONSTRAINTS: Final = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
PHONE_LENGTH: Final = 16
"""A plus sign and 15 digits."""
HASH_LENGTH: Final = 64
"""SHA-256 in hexadecimal digits."""


class Base(DeclarativeBase):
    """Base of all tables."""

    metadata = MetaData(naming_convention=CONSTRAINTS)
    type_annotation_map: ClassVar[Mapping[Any, TypeEngine[Any]]] = {datetime: Moment()}


class Stamped:
    """A row that has an id and tells when it was made and changed."""

    id: Mapped[str] = mapped_column(String(ID_LENGTH), primary_key=True, default=new_id, sort_order=-20)
    created_at: Mapped[datetime] = mapped_column(default=now, sort_order=20)
    updated_at: Mapped[datetime] = mapped_column(default=now, onupdate=now, sort_order=21)


class Owned(Stamped):
    """A row of one organisation."""

    org_id: Mapped[str] = mapped_column(
        String(ID_LENGTH), ForeignKey("orgs.id", ondelete="RESTRICT"), sort_order=-19
    )


def table_of(model: type[Base]) -> Table:
    """The table of a model, for statements on many rows."""
    return Base.metadata.tables[model.__tablename__]
