"""The legal gate's decisions, only ever added, each one linked to the one before it in its organisation's chain."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from vantum.core.legal.decision import Verdict
from vantum.store.columns import ID_LENGTH, Word, now
from vantum.store.models.base import HASH_LENGTH, Base, Owned


class DialDecision(Owned, Base):
    """One decision, at ``place`` (from 0) of the chain. ``document`` is the text that was hashed, to the letter.

    ``attempt_id`` is the id of a call, which exists where the verdict was allow. It and ``lead_id`` are no foreign
    keys: a decision stays as it is, whatever is removed.
    """

    __tablename__ = "dial_decisions"
    __table_args__ = (UniqueConstraint("org_id", "place"), UniqueConstraint("attempt_id"))

    place: Mapped[int] = mapped_column(BigInteger)
    attempt_id: Mapped[str] = mapped_column(String(ID_LENGTH))
    lead_id: Mapped[str | None] = mapped_column(String(ID_LENGTH), index=True)
    verdict: Mapped[Verdict] = mapped_column(Word(Verdict))
    decided_at: Mapped[datetime]
    until: Mapped[datetime | None]
    ruleset: Mapped[str] = mapped_column(String(32))
    document: Mapped[str] = mapped_column(Text)
    previous: Mapped[str] = mapped_column(String(HASH_LENGTH))
    hash: Mapped[str] = mapped_column(String(HASH_LENGTH))


class ChainHead(Base):
    """The end of an organisation's chain: the last hash and how many rows there are. Locked while one is added."""

    __tablename__ = "chain_heads"

    org_id: Mapped[str] = mapped_column(
        String(ID_LENGTH), ForeignKey("orgs.id", ondelete="RESTRICT"), primary_key=True
    )
    hash: Mapped[str] = mapped_column(String(HASH_LENGTH))
    count: Mapped[int] = mapped_column(BigInteger)
    updated_at: Mapped[datetime] = mapped_column(default=now, onupdate=now)
