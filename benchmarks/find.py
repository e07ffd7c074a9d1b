"""How many calls one core holds: steps until it holds them no more, then halves; never more than so many rounds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Search:
    """Begin with ``first`` calls and go up by ``step``; stop when the answer is known to ``grain``."""

    first: int = 50
    step: int = 50
    grain: int = 10
    most_calls: int = 300
    most_rounds: int = 9

    def __post_init__(self) -> None:
        if min(self.first, self.step, self.grain, self.most_rounds) < 1:
            raise ValueError("A search has at least one call, one step, one grain and one round.")

    def run(self, holds: Callable[[int], bool]) -> int:
        """The most calls that were held; 0 if not even the fewest tried were."""
        held, broken = 0, self.most_calls + 1
        trying = self.first
        for _ in range(self.most_rounds):
            if holds(trying):
                held = trying
            else:
                broken = trying
            upwards = broken > self.most_calls
            if held >= self.most_calls or (not upwards and broken - held <= self.grain):
                break
            trying = min(held + self.step, self.most_calls) if upwards else self._between(held, broken)
        return held

    def _between(self, held: int, broken: int) -> int:
        middle = (held + broken) // 2
        whole = middle // self.grain * self.grain
        return whole if whole > held else middle
