"""Who did what, in the order in which it was done."""

from __future__ import annotations

from sqlalchemy import JSON, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from vantum.store.columns import ID_LENGTH, Word
from vantum.store.models.base import Base, Owned
from vantum.store.words import ActorKind


class AuditEntry(Owned, Base):
    """One deed; only ever added. ``action`` is like "campaign.start", the subject what it was done to."""

    __tablename__ = "audit_log"
    __table_args__ = (Index(None, "org_id", "id"), Index(None, "org_id", "subject_id"))

    actor_kind: Mapped[ActorKind] = mapped_column(Word(ActorKind))
    actor_id: Mapped[str | None] = mapped_column(String(ID_LENGTH))
    action: Mapped[str] = mapped_column(String(64))
    subject_kind: Mapped[str] = mapped_column(String(32), default="")
    subject_id: Mapped[str] = mapped_column(String(64), default="")
    details: Mapped[dict[str, object]] = mapped_column(JSON, default=dict)
