"""What calls cost, by provider: estimated at once, final when the provider has told."""

from __future__ import annotations

from sqlalchemy import BigInteger, Float, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from vantum.store.columns import ID_LENGTH, Word
from vantum.store.models.base import Base, Owned
from vantum.store.words import CostKind, CostState


class Cost(Owned, Base):
    """One amount, in millionths of ``currency`` (ISO 4217): so many ``units`` of ``unit`` at ``unit_price_micros``.

    The amount is what counts; units and price say where it comes from.
    """

    __tablename__ = "costs"
    __table_args__ = (UniqueConstraint("call_id", "provider", "kind"),)

    call_id: Mapped[str] = mapped_column(String(ID_LENGTH), ForeignKey("calls.id", ondelete="CASCADE"))
    campaign_id: Mapped[str | None] = mapped_column(
        String(ID_LENGTH), ForeignKey("campaigns.id", ondelete="SET NULL"), index=True
    )
    provider: Mapped[str] = mapped_column(String(64))
    kind: Mapped[CostKind] = mapped_column(Word(CostKind))
    unit: Mapped[str] = mapped_column(String(32))
    units: Mapped[float] = mapped_column(Float)
    unit_price_micros: Mapped[float] = mapped_column(Float)
    amount_micros: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3))
    state: Mapped[CostState] = mapped_column(Word(CostState), default=CostState.ESTIMATED)
