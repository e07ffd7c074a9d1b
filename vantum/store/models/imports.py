"""Lists that were read, and what became of each of their rows."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from vantum.store.columns import ID_LENGTH, Word
from vantum.store.models.base import HASH_LENGTH, Base, Owned
from vantum.store.words import ImportState, RowVerdict


class Import(Owned, Base):
    """One file. ``mapping`` says which column is what; the counts add up to ``rows``."""

    __tablename__ = "imports"
    __table_args__ = (Index(None, "org_id", "id"), Index(None, "org_id", "sha256"))

    campaign_id: Mapped[str | None] = mapped_column(
        String(ID_LENGTH), ForeignKey("campaigns.id", ondelete="SET NULL"), index=True
    )
    filename: Mapped[str] = mapped_column(String(255))
    sha256: Mapped[str] = mapped_column(String(HASH_LENGTH))
    bytes: Mapped[int] = mapped_column(BigInteger, default=0)
    mapping: Mapped[dict[str, object]] = mapped_column(JSON, default=dict)
    state: Mapped[ImportState] = mapped_column(Word(ImportState), default=ImportState.RUNNING)
    rows: Mapped[int] = mapped_column(Integer, default=0)
    accepted: Mapped[int] = mapped_column(Integer, default=0)
    duplicate: Mapped[int] = mapped_column(Integer, default=0)
    invalid: Mapped[int] = mapped_column(Integer, default=0)
    suppressed: Mapped[int] = mapped_column(Integer, default=0)
    error: Mapped[str] = mapped_column(String(500), default="")
    finished_at: Mapped[datetime | None]


class ImportRow(Owned, Base):
    """The verdict on one row (from 1, without the header); ``column`` and ``reason`` say what was wrong with it."""

    __tablename__ = "import_rows"
    __table_args__ = (UniqueConstraint("import_id", "row"),)

    import_id: Mapped[str] = mapped_column(String(ID_LENGTH), ForeignKey("imports.id", ondelete="CASCADE"))
    row: Mapped[int] = mapped_column(Integer)
    verdict: Mapped[RowVerdict] = mapped_column(Word(RowVerdict))
    column: Mapped[str] = mapped_column(String(100), default="")
    reason: Mapped[str] = mapped_column(String(500), default="")
    notes: Mapped[list[str]] = mapped_column(JSON, default=list)
    contact_id: Mapped[str | None] = mapped_column(
        String(ID_LENGTH), ForeignKey("contacts.id", ondelete="SET NULL"), index=True
    )
