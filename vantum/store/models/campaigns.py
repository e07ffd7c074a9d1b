"""Campaigns, how they try again, and whom they call."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import (
    JSON,
    BigInteger,
    Float,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from vantum.core.legal.case import Audience, Purpose, RecordingWish
from vantum.core.outreach.campaign import CampaignState
from vantum.core.outreach.lead import CALLABLE, LeadState
from vantum.core.outreach.outcome import AttemptOutcome, Disposition
from vantum.core.outreach.retry import Occasion
from vantum.store.columns import ID_LENGTH, Word
from vantum.store.models.base import Base, Owned
from vantum.store.words import MachinePolicy

USUAL_PRIORITY: Final = 5
"""Of a lead and of a campaign: from 0 to 9, and 9 goes first."""
_CALLABLE: Final = ", ".join(sorted(repr(str(state)) for state in CALLABLE))
MAY_BE_CLAIMED: Final = text(f"state IN ({_CALLABLE})")
"""Of a lead. The index of due leads holds no others; a query has to say it in the same words to use that index."""


class RetryPolicy(Owned, Base):
    """How a campaign tries again. ``rules`` is a list of {outcome, max_attempts, delays in seconds, when}."""

    __tablename__ = "retry_policies"
    __table_args__ = (UniqueConstraint("org_id", "name"),)

    name: Mapped[str] = mapped_column(String(200))
    rules: Mapped[list[dict[str, object]]] = mapped_column(JSON, default=list)
    total_attempts: Mapped[int] = mapped_column(Integer, default=6)
    voicemail_on: Mapped[list[int]] = mapped_column(JSON, default=list)
    missed_promise: Mapped[list[int]] = mapped_column(JSON, default=list)


class Campaign(Owned, Base):
    """What is said to whom, when, and within which limits.

    ``windows`` is a list of {weekday, start, end} in the callee's minutes; none means the usual ones.
    ``budget_micros`` is in millionths of the organisation's currency, None has no end.
    """

    __tablename__ = "campaigns"
    __table_args__ = (UniqueConstraint("org_id", "name"), Index(None, "org_id", "state"))

    retry_policy_id: Mapped[str | None] = mapped_column(
        String(ID_LENGTH), ForeignKey("retry_policies.id", ondelete="RESTRICT"), index=True
    )
    name: Mapped[str] = mapped_column(String(200))
    state: Mapped[CampaignState] = mapped_column(Word(CampaignState), default=CampaignState.DRAFT)
    state_reason: Mapped[str] = mapped_column(String(500), default="")
    pipeline: Mapped[str] = mapped_column(String(200))
    variables: Mapped[dict[str, object]] = mapped_column(JSON, default=dict)
    purpose: Mapped[Purpose] = mapped_column(Word(Purpose), default=Purpose.MARKETING)
    audience: Mapped[Audience] = mapped_column(Word(Audience), default=Audience.BUSINESS)
    language: Mapped[str] = mapped_column(String(16), default="en")
    recording: Mapped[RecordingWish] = mapped_column(Word(RecordingWish), default=RecordingWish.WANTED)
    windows: Mapped[list[dict[str, object]]] = mapped_column(JSON, default=list)
    start_at: Mapped[datetime | None]
    end_at: Mapped[datetime | None]
    priority: Mapped[int] = mapped_column(Integer, default=USUAL_PRIORITY)
    max_concurrency: Mapped[int] = mapped_column(Integer, default=5)
    calls_per_second: Mapped[float] = mapped_column(Float, default=1.0)
    budget_micros: Mapped[int | None] = mapped_column(BigInteger)
    machine_policy: Mapped[MachinePolicy] = mapped_column(Word(MachinePolicy), default=MachinePolicy.HANG_UP)
    voicemail_text: Mapped[str] = mapped_column(Text, default="")
    from_numbers: Mapped[list[str]] = mapped_column(JSON, default=list)
    brief: Mapped[str] = mapped_column(Text, default="")
    analysis_schema: Mapped[dict[str, object]] = mapped_column(JSON, default=dict)
    started_at: Mapped[datetime | None]
    completed_at: Mapped[datetime | None]


class Lead(Owned, Base):
    """Somebody in a campaign. ``priority`` is 0 to 9, and 9 goes first; ``leased_by`` is a dialer's id.

    ``occasion`` tells why the next call is made: who was promised one goes before all others.
    """

    __tablename__ = "leads"
    __table_args__ = (
        UniqueConstraint("campaign_id", "contact_id"),
        Index(None, "org_id", "id"),
        Index(None, "campaign_id", "state"),
        Index(
            "ix_leads_due",
            "campaign_id",
            text("occasion DESC"),
            text("priority DESC"),
            "next_attempt_at",
            "id",
            sqlite_where=MAY_BE_CLAIMED,
            postgresql_where=MAY_BE_CLAIMED,
        ),
    )

    campaign_id: Mapped[str] = mapped_column(
        String(ID_LENGTH), ForeignKey("campaigns.id", ondelete="CASCADE")
    )
    contact_id: Mapped[str] = mapped_column(
        String(ID_LENGTH), ForeignKey("contacts.id", ondelete="RESTRICT"), index=True
    )
    state: Mapped[LeadState] = mapped_column(Word(LeadState), default=LeadState.PENDING)
    state_reason: Mapped[str] = mapped_column(String(500), default="")
    priority: Mapped[int] = mapped_column(Integer, default=USUAL_PRIORITY)
    occasion: Mapped[Occasion] = mapped_column(
        Word(Occasion), default=Occasion.LIST, server_default=Occasion.LIST.value
    )
    next_attempt_at: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    leased_by: Mapped[str | None] = mapped_column(String(ID_LENGTH), index=True)
    leased_at: Mapped[datetime | None]
    last_outcome: Mapped[AttemptOutcome | None] = mapped_column(Word(AttemptOutcome))
    final_disposition: Mapped[Disposition | None] = mapped_column(Word(Disposition))
