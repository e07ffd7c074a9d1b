"""Which prospect is at a number: the same one each time, so that a list called again meets the same people."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Final

from vantum.local_carrier.prospect import Prospect

MOST_PROSPECTS: Final = 100


@dataclass(frozen=True, slots=True)
class Cast:
    """All prospects; the first one whose number it is answers, all other numbers are dealt out by their shares."""

    prospects: tuple[Prospect, ...]

    def __post_init__(self) -> None:
        if not 1 <= len(self.prospects) <= MOST_PROSPECTS:
            raise ValueError(f"A cast has 1 to {MOST_PROSPECTS} prospects, not {len(self.prospects)}.")
        names = [prospect.name for prospect in self.prospects]
        if len(set(names)) < len(names):
            raise ValueError("Each prospect has a name of their own.")
        if not self._shares:
            raise ValueError("Somebody must have a share of the numbers that are nobody's.")

    def at(self, number: str) -> Prospect:
        """Who is at ``number`` (E.164)."""
        owner = next((prospect for prospect in self.prospects if prospect.has(number)), None)
        return owner or self._dealt(number)

    @property
    def _shares(self) -> int:
        return sum(prospect.share for prospect in self.prospects)

    def _dealt(self, number: str) -> Prospect:
        card = int.from_bytes(hashlib.sha256(number.encode()).digest()[:8]) % self._shares
        for prospect in self.prospects:
            card -= prospect.share
            if card < 0:
                break
        return prospect
