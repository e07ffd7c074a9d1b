"""Speech that a recogniser takes and says nothing about: once may be a noise, twice is a stall. In seconds."""

from __future__ import annotations

SPEECH_SECONDS = 1.0
"""What the detector hears for less may be a noise."""
ANSWER_SECONDS = 2.0
"""How long after the second stretch of speech something must have come."""
MOST_UNANSWERED = 2


class Unanswered:
    """What one recogniser owes. Times are seconds on any steady clock."""

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        """Another recogniser owes nothing."""
        self._count = 0
        self._began_at: float | None = None
        self._ended_at: float | None = None

    def began(self, at: float) -> None:
        """The caller's speech began ``at`` a time."""
        self._began_at = at

    def ended(self, at: float) -> None:
        """It ended."""
        self._ended_at = at
        if self._began_at is not None and at - self._began_at >= SPEECH_SECONDS:
            self._count += 1
        self._began_at = None

    def answered(self) -> float | None:
        """Something came; when the speech ended that it may be the first answer to."""
        ended_at, self._ended_at = self._ended_at, None
        self._count = 0
        return ended_at

    def due(self) -> float | None:
        """When nothing may be outstanding any more."""
        stalled = self._count >= MOST_UNANSWERED and self._ended_at is not None
        return self._ended_at + ANSWER_SECONDS if stalled and self._ended_at is not None else None
