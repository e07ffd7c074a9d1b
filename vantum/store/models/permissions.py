"""What people said about being called: consents, which are only ever added, and suppressions."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from vantum.core.legal.case import ConsentKind, Method, Reason, Scope
from vantum.store.columns import ID_LENGTH, Word
from vantum.store.models.base import Base, Owned
from vantum.store.words import ConsentStatus


class Consent(Owned, Base):
    """A consent that was given or withdrawn: ``text_shown`` was asked, ``proof`` tells where the answer is kept."""

    __tablename__ = "consents"
    __table_args__ = (
        CheckConstraint("granted_at IS NOT NULL OR revoked_at IS NOT NULL", name="dated"),
        Index(None, "contact_id"),
    )

    contact_id: Mapped[str] = mapped_column(String(ID_LENGTH), ForeignKey("contacts.id", ondelete="RESTRICT"))
    kind: Mapped[ConsentKind] = mapped_column(Word(ConsentKind))
    status: Mapped[ConsentStatus] = mapped_column(Word(ConsentStatus))
    method: Mapped[Method] = mapped_column(Word(Method))
    text_shown: Mapped[str] = mapped_column(Text, default="")
    proof: Mapped[str] = mapped_column(Text, default="")
    granted_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    call_id: Mapped[str | None] = mapped_column(String(ID_LENGTH))


class Suppression(Owned, Base):
    """Who is not to be called. ``quote`` is what was said, at ``quote_ms`` of the call's audio."""

    __tablename__ = "suppressions"
    __table_args__ = (UniqueConstraint("org_id", "scope", "value", "reason"),)

    scope: Mapped[Scope] = mapped_column(Word(Scope))
    value: Mapped[str] = mapped_column(String(254))
    reason: Mapped[Reason] = mapped_column(Word(Reason))
    source_call_id: Mapped[str | None] = mapped_column(String(ID_LENGTH))
    quote: Mapped[str] = mapped_column(Text, default="")
    quote_ms: Mapped[int | None] = mapped_column(Integer)
    expires_at: Mapped[datetime | None]
