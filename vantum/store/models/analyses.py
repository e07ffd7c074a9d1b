"""What a call came to: analyses, each value with its quote, those still to be made, and promised callbacks."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import JSON, Float, ForeignKey, Index, Integer, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from vantum.core.outreach.outcome import Disposition
from vantum.store.columns import ID_LENGTH, Word
from vantum.store.models.base import Base, Owned
from vantum.store.words import CallbackState, JobCause, JobState

IS_WAITING: Final = text("next_at IS NOT NULL")
"""Of an analysis that is to be made. The index holds no others; a query has to say it in the same words."""


class Analysis(Owned, Base):
    """One analysis of a call; a later one ``supersedes_id`` an earlier. A value without evidence is None.

    ``sentiment`` is -1..1, ``interest`` 0..100, ``evidence`` a list of {field, turn, quote, start_ms, end_ms}.
    """

    __tablename__ = "analyses"
    __table_args__ = (Index(None, "call_id", "created_at"), Index(None, "org_id", "id"))

    call_id: Mapped[str] = mapped_column(String(ID_LENGTH), ForeignKey("calls.id", ondelete="CASCADE"))
    supersedes_id: Mapped[str | None] = mapped_column(
        String(ID_LENGTH), ForeignKey("analyses.id", ondelete="SET NULL"), index=True
    )
    schema_version: Mapped[str] = mapped_column(String(64))
    model: Mapped[str] = mapped_column(String(100))
    sentiment: Mapped[float | None] = mapped_column(Float)
    interest: Mapped[int | None] = mapped_column(Integer)
    disposition: Mapped[Disposition | None] = mapped_column(Word(Disposition))
    summary: Mapped[str] = mapped_column(Text, default="")
    objections: Mapped[list[str]] = mapped_column(JSON, default=list)
    next_step: Mapped[str] = mapped_column(Text, default="")
    callback_words: Mapped[str] = mapped_column(String(500), default="")
    data: Mapped[dict[str, object]] = mapped_column(JSON, default=dict)
    evidence: Mapped[list[dict[str, object]]] = mapped_column(JSON, default=list)
    confidence: Mapped[float | None] = mapped_column(Float)


class AnalysisJob(Owned, Base):
    """An analysis that is to be made. ``next_at`` is None when it is settled; while somebody makes it, it is the end
    of their lease. ``fields`` is the JSON Schema that is asked for, None the campaign's own.
    """

    __tablename__ = "analysis_jobs"
    __table_args__ = (
        Index("ix_analysis_jobs_waiting", "next_at", sqlite_where=IS_WAITING, postgresql_where=IS_WAITING),
        Index(None, "org_id", "id"),
    )

    call_id: Mapped[str] = mapped_column(
        String(ID_LENGTH), ForeignKey("calls.id", ondelete="CASCADE"), index=True
    )
    cause: Mapped[JobCause] = mapped_column(Word(JobCause))
    state: Mapped[JobState] = mapped_column(Word(JobState), default=JobState.WAITING)
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    next_at: Mapped[datetime | None]
    fields: Mapped[dict[str, object] | None] = mapped_column(JSON(none_as_null=True))
    analysis_id: Mapped[str | None] = mapped_column(
        String(ID_LENGTH), ForeignKey("analyses.id", ondelete="SET NULL"), index=True
    )
    error: Mapped[str] = mapped_column(String(500), default="")


class Callback(Owned, Base):
    """A time that somebody was promised; ``timezone`` is the callee's, ``words`` are what was said."""

    __tablename__ = "callbacks"
    __table_args__ = (Index(None, "org_id", "state", "promised_at"),)

    lead_id: Mapped[str] = mapped_column(
        String(ID_LENGTH), ForeignKey("leads.id", ondelete="CASCADE"), index=True
    )
    call_id: Mapped[str | None] = mapped_column(
        String(ID_LENGTH), ForeignKey("calls.id", ondelete="SET NULL"), index=True
    )
    promised_at: Mapped[datetime]
    timezone: Mapped[str] = mapped_column(String(64))
    words: Mapped[str] = mapped_column(String(500), default="")
    state: Mapped[CallbackState] = mapped_column(Word(CallbackState), default=CallbackState.OPEN)
