"""What is done to the campaign while it runs, and when: for the checks."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(slots=True)
class Moments:
    """Moments in seconds since the epoch; 0 for what was not done."""

    paused: float = 0.0
    resumed: float = 0.0
    stopped: float = 0.0
    begun: float = 0.0
    ended: float = 0.0
    opted_out: datetime | None = None
    trouble: list[str] = field(default_factory=list)
