"""What all expectations share: what one is, what came of it, spans and bounds, and how values are told."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from vantum.testing.played_call import PlayedCall


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether an expectation was met: ``wanted`` in words, and what was ``found`` instead."""

    met: bool
    wanted: str
    found: str


class Expectation(Protocol):
    """Looks at a call that is over."""

    def check(self, call: PlayedCall) -> Verdict: ...


@dataclass(frozen=True, slots=True)
class Span:
    """From one time to another, both included."""

    since: float = 0.0
    until: float = math.inf

    def holds(self, t: object) -> bool:
        """Whether ``t``, a time of the record, is in it."""
        return isinstance(t, int | float) and self.since <= round(t, 6) <= self.until

    def __str__(self) -> str:
        since = f" from {self.since:g}" if self.since else ""
        return since + (f" until {self.until:g}" if self.until < math.inf else "")


ALWAYS = Span()
"""The whole call."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """A number from ``least`` to ``most``."""

    least: float = 0.0
    most: float = math.inf

    def hold(self, number: float) -> bool:
        """Whether ``number`` is in them, however it was rounded."""
        return self.least - 1e-6 <= number <= self.most + 1e-6

    def __str__(self) -> str:
        if self.least == self.most:
            return f"{self.least:g}"
        least = f"at least {self.least:g}" if self.least else ""
        most = f"at most {self.most:g}" if self.most < math.inf else ""
        return " and ".join(part for part in (least, most) if part) or "any number"


def as_json(data: object) -> str:
    """Data as it stands in a report."""
    return json.dumps(data, ensure_ascii=False, default=str)


def told_dialogue(messages: Iterable[tuple[str, object]]) -> str:
    """Who said what, on one line."""
    told = [f"{role}: {words if isinstance(words, str) else as_json(words)}" for role, words in messages]
    return " | ".join(told) or "nothing"


def told_stretches(stretches: Iterable[tuple[float, float]]) -> str:
    """Stretches of time, in seconds."""
    return ", ".join(f"{begin:g}-{end:g}" for begin, end in stretches) or "never"


def told_times(times: Iterable[object]) -> str:
    """Times in seconds."""
    return ", ".join(f"{t:g}" for t in times if isinstance(t, int | float))
