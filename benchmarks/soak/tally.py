"""What the callers of the soak count, and how it travels from the load's process to the command's."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from enum import StrEnum


class Outcome(StrEnum):
    """What became of a turn: a sentence of the bot, or none although it was owed; or the call was over before."""

    ANSWERED = "answered"
    LOST = "lost"
    LEFT = "left"
    OVER = "over"


@dataclass(slots=True)
class Tally:
    """Totals so far.

    ``ended`` are the calls that the server ended; ``dropped`` the connections that broke, to be ``resumed`` or not;
    ``busy`` counts refusals for want of a seat. ``lost`` tells of each lost turn the call, the time of day and the
    words, ``stuck`` the calls.
    """

    calls: int = 0
    ended: int = 0
    hung_up: int = 0
    dropped: int = 0
    resumed: int = 0
    refused: int = 0
    busy: int = 0
    turns: dict[str, int] = field(default_factory=lambda: dict.fromkeys(Outcome, 0))
    lost: list[tuple[str, str, str]] = field(default_factory=list)
    stuck: list[str] = field(default_factory=list)
    late_p99_ms: float = 0.0

    @property
    def asked(self) -> int:
        """The turns that were begun."""
        return sum(self.turns.values())

    def turn(self, outcome: Outcome, call: str | None, words: str) -> None:
        """A turn of a call is over."""
        self.turns[outcome] += 1
        if outcome is Outcome.LOST:
            self.lost.append((call or "", f"{datetime.now(UTC):%H:%M:%S}", words))

    def lost_in(self, call: str) -> bool:
        """Whether a turn of this call was lost."""
        return any(name == call for name, _, _ in self.lost)

    def told(self) -> str:
        """As a line of JSON."""
        return json.dumps(asdict(self))


def read_tally(line: str | bytes) -> Tally:
    """A tally as ``told`` wrote it."""
    fields: Mapping[str, object] = json.loads(line)
    return Tally(**fields)  # type: ignore[arg-type]
