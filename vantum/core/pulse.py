"""Signs of life of a client: until when it is known to have listened.

The law kept here: silence tells something only of a client that sends sound all the time, as microphones do. One that
pauses as it likes may be silent and listen. ``now`` is seconds on any steady clock.
"""

from __future__ import annotations

STEADY_PART = 0.8
"""Who sent sound for so much of the time up to its last message sends all the time."""
STEADY_SECONDS = 1.0
"""Of less sound than this nobody can tell."""
DOUBT_SECONDS = 0.5
"""A steady client that is silent for so long may be gone: real ones send sound four times a second or more often."""
PATIENCE_SECONDS = 5.0
"""One that is silent for so long has muted itself, unless its connection turns out to be lost."""


class Pulse:
    """What a client sent since ``began``."""

    def __init__(self, began: float) -> None:
        self._began = began
        self._last = began
        self._sound = 0.0

    @property
    def steady(self) -> bool:
        """Whether it sent sound all the time, until it fell silent."""
        return self._sound >= max(STEADY_SECONDS, STEADY_PART * (self._last - self._began))

    def beat(self, now: float, sound_seconds: float) -> None:
        """It sent ``sound_seconds`` of sound; what comes faster than it can be spoken makes up for nothing."""
        self._last = now
        self._sound = min(self._sound + sound_seconds, now - self._began)

    def heard_until(self, now: float) -> float:
        """Up to when what was sent to it was heard, as far as anybody knows."""
        return self._last if self.steady else now

    def doubtful_until(self, now: float) -> float | None:
        """How long to wait for a sign of life of one that should have given it; None without a doubt."""
        silent = now - self._last
        if self.steady and DOUBT_SECONDS <= silent < PATIENCE_SECONDS:
            return self._last + PATIENCE_SECONDS
        return None
