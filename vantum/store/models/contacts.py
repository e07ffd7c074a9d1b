"""Who may be called: people, and the companies for which they work."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, Boolean, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from vantum.core.legal.case import LineType, ZoneSource
from vantum.store.columns import ID_LENGTH, Word
from vantum.store.models.base import PHONE_LENGTH, Base, Owned
from vantum.store.words import ContactState


class Company(Owned, Base):
    """A company. ``domain`` is in lower case; ``dnc`` says that nobody there is called."""

    __tablename__ = "companies"
    __table_args__ = (UniqueConstraint("org_id", "domain"), Index(None, "org_id", "name"))

    name: Mapped[str] = mapped_column(String(200))
    domain: Mapped[str | None] = mapped_column(String(253))
    dnc: Mapped[bool] = mapped_column(Boolean, default=False)
    max_calls_per_day: Mapped[int | None] = mapped_column(Integer)
    gatekeeper_notes: Mapped[str] = mapped_column(Text, default="")


class Contact(Owned, Base):
    """Somebody with a number. Where the number came from is ``source``, ``source_detail`` and ``source_at``.

    ``e164`` is None once the person was erased. ``other_zones`` are further zones in which the number may be, from
    the same source as ``timezone``: where they are not empty, all of them have to allow a call.
    """

    __tablename__ = "contacts"
    __table_args__ = (UniqueConstraint("org_id", "e164"), Index(None, "org_id", "id"))

    company_id: Mapped[str | None] = mapped_column(
        String(ID_LENGTH), ForeignKey("companies.id", ondelete="SET NULL"), index=True
    )
    e164: Mapped[str | None] = mapped_column(String(PHONE_LENGTH))
    raw_phone: Mapped[str] = mapped_column(String(100), default="")
    line_type: Mapped[LineType] = mapped_column(Word(LineType), default=LineType.UNKNOWN)
    country: Mapped[str] = mapped_column(String(2), default="")
    region: Mapped[str] = mapped_column(String(3), default="")
    postal_code: Mapped[str] = mapped_column(String(16), default="")
    timezone: Mapped[str] = mapped_column(String(64), default="")
    timezone_source: Mapped[ZoneSource | None] = mapped_column(Word(ZoneSource))
    other_zones: Mapped[list[str]] = mapped_column(JSON, default=list)
    language: Mapped[str] = mapped_column(String(16), default="")
    first_name: Mapped[str] = mapped_column(String(100), default="")
    last_name: Mapped[str] = mapped_column(String(100), default="")
    name: Mapped[str] = mapped_column(String(200), default="")
    email: Mapped[str] = mapped_column(String(254), default="")
    title: Mapped[str] = mapped_column(String(200), default="")
    custom: Mapped[dict[str, object]] = mapped_column(JSON, default=dict)
    source: Mapped[str] = mapped_column(String(200), default="")
    source_detail: Mapped[str] = mapped_column(String(500), default="")
    source_at: Mapped[datetime | None]
    state: Mapped[ContactState] = mapped_column(Word(ContactState), default=ContactState.ACTIVE)
