"""May a new call be taken? Not while the process falls behind: each more call would make all of them stutter.

The process has fallen behind when its event loop was late or when the carrier says that we read too slowly. It
counts as well again when neither has happened for a while. ``now`` is seconds on any steady clock.
"""

from __future__ import annotations

_LAGS = "The server is overloaded: it falls behind. Try again in a few seconds."
_READS_SLOWLY = (
    "The server is overloaded: it reads the carrier's audio too slowly. Try again in a few seconds."
)


class Admission:
    """Closed from a sign of overload until ``calm_seconds`` have passed without another one."""

    def __init__(self, lag_limit_seconds: float = 0.1, calm_seconds: float = 5.0) -> None:
        self._lag_limit_seconds = lag_limit_seconds
        self._calm_seconds = calm_seconds
        self._opens_at = float("-inf")
        self._why = ""

    def lagged(self, seconds: float, now: float) -> None:
        """The event loop was ``seconds`` late; up to the limit this is no overload."""
        if seconds > self._lag_limit_seconds:
            self._close(_LAGS, now)

    def overloaded(self, now: float) -> None:
        """The carrier says that we read too slowly (its error 31930)."""
        self._close(_READS_SLOWLY, now)

    def refusal(self, now: float) -> str:
        """Why no call is taken, in a sentence; "" when calls are taken."""
        return self._why if now < self._opens_at else ""

    def _close(self, why: str, now: float) -> None:
        self._opens_at = now + self._calm_seconds
        self._why = why
