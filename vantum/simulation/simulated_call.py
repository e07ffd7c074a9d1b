"""A scenario that was played: the call, when the caller was heard, and whether it went as expected."""

from __future__ import annotations

from dataclasses import dataclass

from vantum.simulation.expectation import Verdict
from vantum.simulation.scenario import Scenario
from vantum.testing.played_call import PlayedCall


@dataclass(frozen=True, slots=True)
class Heard:
    """The caller was heard from ``begin`` to ``end``, in seconds since the call began; a noise has no ``text``."""

    begin: float
    end: float
    text: str


@dataclass(frozen=True, slots=True)
class SimulatedCall:
    """What came of a scenario. ``took_seconds`` is how long it took to play, by the real clock."""

    scenario: Scenario
    call: PlayedCall
    caller: tuple[Heard, ...]
    took_seconds: float

    @property
    def verdicts(self) -> tuple[Verdict, ...]:
        """One for each expectation, in their order."""
        return tuple(expectation.check(self.call) for expectation in self.scenario.expectations)

    @property
    def passed(self) -> bool:
        """Whether all expectations were met."""
        return all(verdict.met for verdict in self.verdicts)
