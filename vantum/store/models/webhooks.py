"""Who is told of events, and what became of each telling."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Index, Integer, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from vantum.core.outreach.delivery import DeliveryState
from vantum.store.columns import ID_LENGTH, Word
from vantum.store.models.base import Base, Owned
from vantum.store.words import EndpointState


class WebhookEndpoint(Owned, Base):
    """An address and the events it wants. ``old_secret`` signs too, until ``old_secret_until``."""

    __tablename__ = "webhook_endpoints"
    __table_args__ = (Index(None, "org_id"),)

    url: Mapped[str] = mapped_column(String(2000))
    description: Mapped[str] = mapped_column(String(200), default="")
    secret: Mapped[str] = mapped_column(String(200))
    old_secret: Mapped[str] = mapped_column(String(200), default="")
    old_secret_until: Mapped[datetime | None]
    events: Mapped[list[str]] = mapped_column(JSON, default=list)
    state: Mapped[EndpointState] = mapped_column(Word(EndpointState), default=EndpointState.ACTIVE)


class WebhookDelivery(Owned, Base):
    """One event for one address. ``body`` is what is signed, to the letter; ``next_at`` is None when it is over.

    ``subject_id`` is what the event is about, such as a call; events of one are told in the order of their ids.
    """

    __tablename__ = "webhook_deliveries"
    __table_args__ = (
        UniqueConstraint("endpoint_id", "event_id"),
        Index(None, "next_at"),
        Index(None, "endpoint_id", "subject_id", "id"),
        Index(None, "org_id", "id"),
    )

    endpoint_id: Mapped[str] = mapped_column(
        String(ID_LENGTH), ForeignKey("webhook_endpoints.id", ondelete="CASCADE")
    )
    event_id: Mapped[str] = mapped_column(String(ID_LENGTH))
    event: Mapped[str] = mapped_column(String(64))
    subject_id: Mapped[str] = mapped_column(String(ID_LENGTH))
    body: Mapped[str] = mapped_column(Text)
    state: Mapped[DeliveryState] = mapped_column(Word(DeliveryState), default=DeliveryState.PENDING)
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    next_at: Mapped[datetime | None]
    first_attempt_at: Mapped[datetime | None]
    last_attempt_at: Mapped[datetime | None]
    response_code: Mapped[int | None] = mapped_column(Integer)
    response_text: Mapped[str] = mapped_column(String(1024), default="", server_default=text("''"))
