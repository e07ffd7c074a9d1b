"""Requests to the REST API that carried a key, so that one that is sent twice is done once."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from vantum.store.models.base import HASH_LENGTH, Base, Owned


class IdempotencyKey(Owned, Base):
    """A key, the hash of its request, and the answer; ``status`` (HTTP) is None while the request is under way."""

    __tablename__ = "idempotency_keys"
    __table_args__ = (UniqueConstraint("org_id", "key"), Index(None, "expires_at"))

    key: Mapped[str] = mapped_column(String(255))
    request_hash: Mapped[str] = mapped_column(String(HASH_LENGTH))
    status: Mapped[int | None] = mapped_column(Integer)
    response_body: Mapped[str] = mapped_column(Text, default="")
    expires_at: Mapped[datetime]
