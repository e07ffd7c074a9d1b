"""Whether anybody hears the caller, from what recognisers say and do: news of it is for the conversation.

A short loss is nobody's business. A link that is up is no proof while words are outstanding on it: some links take
audio and never answer. Times are seconds on any steady clock.
"""

from __future__ import annotations

from vantum.core.events import HearingBack, HearingLost

LOST_SECONDS = 2.0
"""So long nobody may hear the caller before the conversation is told."""
PROOF_SECONDS = 3.0
"""A recogniser that has words to give, and neither gives any nor fails for so long, heard a noise."""


class Ear:
    """One call's."""

    def __init__(self) -> None:
        self._deaf_since: float | None = None
        self._back_at: float | None = None
        self._asked = False
        self._told = False

    @property
    def deaf(self) -> bool:
        """Whether nobody hears the caller now."""
        return self._deaf_since is not None

    def lost(self, now: float) -> None:
        """Nobody hears the caller from here on."""
        self._back_at = None
        if self._deaf_since is None:
            self._deaf_since = now

    def back(self, now: float) -> None:
        """A recogniser says that it hears."""
        if self._asked:
            self._back_at = now
        else:
            self._deaf_since = None

    def asked(self) -> None:
        """The caller has said something: words are outstanding."""
        self._asked = True

    def heard(self) -> None:
        """A recogniser has given something: it hears."""
        self._asked = False
        self._deaf_since = self._back_at = None

    def due(self) -> float | None:
        """When ``news`` is to be asked for."""
        if self._deaf_since is None:
            return 0.0 if self._told else None
        times = [] if self._told else [self._deaf_since + LOST_SECONDS]
        times += [] if self._back_at is None else [self._back_at + PROOF_SECONDS]
        return min(times, default=None)

    def news(self, now: float) -> HearingLost | HearingBack | None:
        """What the conversation does not know yet."""
        if self._back_at is not None and now >= self._back_at + PROOF_SECONDS:
            self.heard()
        if self._deaf_since is None:
            was_told, self._told = self._told, False
            return HearingBack() if was_told else None
        if self._told or now < self._deaf_since + LOST_SECONDS:
            return None
        self._told = True
        return HearingLost()
