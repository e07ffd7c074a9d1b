"""What calls are thought to cost: bound when one is dialed, told again when its length is known."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

from vantum.store.costs import NewCost
from vantum.store.words import CostKind

MINUTE_SECONDS: Final = 60.0


@dataclass(frozen=True, slots=True)
class Tariff:
    """The price of a minute with everything in it, in millionths, and how long a call is thought to be.

    Raises ValueError.
    """

    provider: str
    per_minute_micros: int
    usual_minutes: int = 2

    def __post_init__(self) -> None:
        if self.per_minute_micros < 0 or self.usual_minutes < 1:
            raise ValueError("A price is 0 or more, and a call has a minute.")

    def bound(self, currency: str) -> NewCost:
        """What is set aside for a call that is dialed now."""
        return self._of(self.usual_minutes, currency)

    def taken(self, seconds: float, currency: str) -> NewCost:
        """What a call of this length costs: begun minutes count whole, and a call that nobody took is free."""
        return self._of(math.ceil(seconds / MINUTE_SECONDS), currency)

    @property
    def usual_micros(self) -> int:
        """What a call is thought to cost as long as none was made."""
        return self.per_minute_micros * self.usual_minutes

    def _of(self, minutes: int, currency: str) -> NewCost:
        return NewCost(
            provider=self.provider,
            kind=CostKind.TELEPHONY,
            unit="minute",
            units=float(minutes),
            unit_price_micros=float(self.per_minute_micros),
            amount_micros=minutes * self.per_minute_micros,
            currency=currency,
        )


FREE: Final = Tariff("local", 0)
"""The carrier on this machine asks for nothing."""
USUAL: Final = Tariff("twilio", 60_000)
"""Six cents: a minute to a US number, and what hears, thinks and speaks meanwhile."""
