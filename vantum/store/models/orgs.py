"""Organisations, the people in them, and the keys of their programs."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from vantum.store.columns import ID_LENGTH, Word
from vantum.store.models.base import HASH_LENGTH, PHONE_LENGTH, Base, Owned, Stamped
from vantum.store.words import Role


class Org(Stamped, Base):
    """Who calls. ``country`` and ``region`` are the caller's end for the law; ``retention_days`` 0 keeps for ever."""

    __tablename__ = "orgs"
    __table_args__ = (UniqueConstraint("slug"),)

    slug: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(String(200))
    legal_name: Mapped[str] = mapped_column(String(200), default="")
    callback_number: Mapped[str] = mapped_column(String(PHONE_LENGTH), default="")
    country: Mapped[str] = mapped_column(String(2), default="")
    region: Mapped[str] = mapped_column(String(3), default="")
    timezone: Mapped[str] = mapped_column(String(64), default="UTC")
    currency: Mapped[str] = mapped_column(String(3), default="USD")
    retention_days: Mapped[int] = mapped_column(Integer, default=0)
    max_concurrency: Mapped[int] = mapped_column(Integer, default=50)


class User(Owned, Base):
    """A person of an organisation."""

    __tablename__ = "users"
    __table_args__ = (UniqueConstraint("org_id", "email"),)

    email: Mapped[str] = mapped_column(String(254))
    name: Mapped[str] = mapped_column(String(200), default="")
    role: Mapped[Role] = mapped_column(Word(Role))
    disabled_at: Mapped[datetime | None]


class ApiKey(Owned, Base):
    """A key of the REST API: what it begins with, to find and show it, and its hash. The key itself is nowhere."""

    __tablename__ = "api_keys"
    __table_args__ = (UniqueConstraint("prefix"), Index(None, "org_id"))

    user_id: Mapped[str | None] = mapped_column(
        String(ID_LENGTH), ForeignKey("users.id", ondelete="CASCADE"), index=True
    )
    name: Mapped[str] = mapped_column(String(200))
    prefix: Mapped[str] = mapped_column(String(16))
    hash: Mapped[str] = mapped_column(String(HASH_LENGTH))
    role: Mapped[Role] = mapped_column(Word(Role))
    scopes: Mapped[list[str]] = mapped_column(JSON, default=list)
    last_used_at: Mapped[datetime | None]
    expires_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
