"""What dialers tell each other, whomever they dial for: that they live, and how fast a carrier is asked."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Float, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from vantum.store.columns import ID_LENGTH
from vantum.store.models.base import Base


class Dialer(Base):
    """One process that dials, with a new id for each boot. When its heartbeat is old, others take its work."""

    __tablename__ = "dialers"
    __table_args__ = (Index(None, "heartbeat_at"),)

    id: Mapped[str] = mapped_column(String(ID_LENGTH), primary_key=True)
    host: Mapped[str] = mapped_column(String(253))
    pid: Mapped[int] = mapped_column(Integer)
    version: Mapped[str] = mapped_column(String(64))
    started_at: Mapped[datetime]
    heartbeat_at: Mapped[datetime]
    stopped_at: Mapped[datetime | None]


class Bucket(Base):
    """The tokens that a carrier's account had at ``updated_at``; locked while one is taken."""

    __tablename__ = "buckets"

    account: Mapped[str] = mapped_column(String(64), primary_key=True)
    tokens: Mapped[float] = mapped_column(Float)
    updated_at: Mapped[datetime]
