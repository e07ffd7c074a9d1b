"""Calls: each attempt to reach somebody, and each call that came in; what happened and what was said in it.

The record on disk (`vantum.record`) stays the source of truth for events and sound: what stands here is its index.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from vantum.core.outreach.outcome import AttemptOutcome, Disposition, Pickup
from vantum.core.outreach.retry import Occasion
from vantum.core.transcript import Speaker
from vantum.store.columns import ID_LENGTH, Word
from vantum.store.models.base import HASH_LENGTH, PHONE_LENGTH, Base, Owned
from vantum.store.words import AnsweredBy, CallStatus, Direction, EventSource, RecordingKind, Transport

PLACER_LENGTH: Final = 255
IS_LIVE: Final = text("ended_at IS NULL")
"""Of a call: it takes a place in the limits."""


class Call(Owned, Base):
    """One call, or one attempt at one. ``record_id`` names its folder on disk, ``claimed_by`` is a dialer's id.

    ``occasion`` tells why an attempt is made, and ``pickup`` how the first word came to who answered it.
    ``interest`` (0..100) and ``summary`` are those of the newest analysis.
    ``placed_by`` names the phone that was asked for it.
    """

    __tablename__ = "calls"
    __table_args__ = (
        UniqueConstraint("provider_sid"),
        UniqueConstraint("org_id", "idempotency_key"),
        UniqueConstraint("record_id"),
        CheckConstraint("(status = 'ended') = (ended_at IS NOT NULL)", name="ended"),
        Index(None, "org_id", "id"),
        Index(None, "org_id", "created_at"),
        Index(None, "org_id", "to_number"),
        Index(None, "campaign_id", "created_at"),
        Index(None, "lead_id", "attempt_no"),
        Index("ix_calls_live", "org_id", "campaign_id", sqlite_where=IS_LIVE, postgresql_where=IS_LIVE),
    )

    campaign_id: Mapped[str | None] = mapped_column(
        String(ID_LENGTH), ForeignKey("campaigns.id", ondelete="SET NULL")
    )
    lead_id: Mapped[str | None] = mapped_column(
        String(ID_LENGTH), ForeignKey("leads.id", ondelete="SET NULL")
    )
    contact_id: Mapped[str | None] = mapped_column(
        String(ID_LENGTH), ForeignKey("contacts.id", ondelete="SET NULL"), index=True
    )
    attempt_no: Mapped[int] = mapped_column(Integer, default=1)
    occasion: Mapped[Occasion] = mapped_column(
        Word(Occasion), default=Occasion.LIST, server_default=Occasion.LIST.value
    )
    direction: Mapped[Direction] = mapped_column(Word(Direction))
    transport: Mapped[Transport] = mapped_column(Word(Transport))
    provider_sid: Mapped[str | None] = mapped_column(String(64))
    idempotency_key: Mapped[str | None] = mapped_column(String(255))
    record_id: Mapped[str | None] = mapped_column(String(ID_LENGTH))
    claimed_by: Mapped[str | None] = mapped_column(String(ID_LENGTH), index=True)
    placed_by: Mapped[str] = mapped_column(String(PLACER_LENGTH), default="", server_default=text("''"))
    from_number: Mapped[str] = mapped_column(String(PHONE_LENGTH), default="")
    to_number: Mapped[str] = mapped_column(String(PHONE_LENGTH), default="")
    status: Mapped[CallStatus] = mapped_column(Word(CallStatus))
    outcome: Mapped[AttemptOutcome | None] = mapped_column(Word(AttemptOutcome))
    disposition: Mapped[Disposition | None] = mapped_column(Word(Disposition))
    answered_by: Mapped[AnsweredBy | None] = mapped_column(Word(AnsweredBy))
    pickup: Mapped[Pickup | None] = mapped_column(Word(Pickup))
    queued_at: Mapped[datetime | None]
    dialed_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    first_audio_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    end_reason: Mapped[str] = mapped_column(String(500), default="")
    sip_code: Mapped[int | None] = mapped_column(Integer)
    error_code: Mapped[str] = mapped_column(String(32), default="")
    pipeline: Mapped[str] = mapped_column(String(200), default="")
    pipeline_version: Mapped[str] = mapped_column(String(64), default="")
    interest: Mapped[int | None] = mapped_column(Integer)
    summary: Mapped[str] = mapped_column(Text, default="", server_default=text("''"))


class CallEvent(Owned, Base):
    """Something that happened in a call; only ever added. The carrier's own number keeps doubles out."""

    __tablename__ = "call_events"
    __table_args__ = (
        UniqueConstraint("call_id", "seq"),
        UniqueConstraint("call_id", "source", "provider_sequence"),
    )

    call_id: Mapped[str] = mapped_column(String(ID_LENGTH), ForeignKey("calls.id", ondelete="CASCADE"))
    seq: Mapped[int] = mapped_column(Integer)
    source: Mapped[EventSource] = mapped_column(Word(EventSource))
    provider_sequence: Mapped[int | None] = mapped_column(Integer)
    kind: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime]
    payload: Mapped[dict[str, object]] = mapped_column(JSON, default=dict)


class Turn(Owned, Base):
    """What was said: ``spoken_text`` is what was heard of ``text``. Times are milliseconds from the call's start."""

    __tablename__ = "turns"
    __table_args__ = (UniqueConstraint("call_id", "seq"),)

    call_id: Mapped[str] = mapped_column(String(ID_LENGTH), ForeignKey("calls.id", ondelete="CASCADE"))
    seq: Mapped[int] = mapped_column(Integer)
    role: Mapped[Speaker] = mapped_column(Word(Speaker))
    text: Mapped[str] = mapped_column(Text)
    spoken_text: Mapped[str] = mapped_column(Text, default="")
    start_ms: Mapped[int] = mapped_column(Integer)
    end_ms: Mapped[int] = mapped_column(Integer)
    interrupted: Mapped[bool] = mapped_column(Boolean, default=False)
    latency: Mapped[dict[str, object]] = mapped_column(JSON, default=dict)


class Recording(Owned, Base):
    """A file of sound; ``path`` is below the data folder, ``legal_basis`` says why it may be kept."""

    __tablename__ = "recordings"
    __table_args__ = (UniqueConstraint("call_id", "kind"), Index(None, "delete_at"))

    call_id: Mapped[str] = mapped_column(String(ID_LENGTH), ForeignKey("calls.id", ondelete="CASCADE"))
    kind: Mapped[RecordingKind] = mapped_column(Word(RecordingKind))
    path: Mapped[str] = mapped_column(String(500))
    sha256: Mapped[str] = mapped_column(String(HASH_LENGTH))
    ms: Mapped[int] = mapped_column(Integer)
    legal_basis: Mapped[str] = mapped_column(String(200))
    delete_at: Mapped[datetime | None]
