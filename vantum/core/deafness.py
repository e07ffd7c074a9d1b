"""A time in which nobody hears the caller: when the bot says so, and when it gives up. In seconds.

The conversation is told of it two seconds after the loss: whoever listens may be back before anybody notices. A
caller who does not speak need not know; one who was told is told again when they have spoken again, and wait.
"""

from __future__ import annotations

EXCUSE_SECONDS = 2.5
"""A caller who goes on speaking is told by then, which is within five seconds of the loss."""
GIVE_UP_SECONDS = 13.0
"""The call ends then, fifteen seconds after the loss."""


class Deafness:
    """What is known of it in one call."""

    def __init__(self) -> None:
        self._since: float | None = None
        self._excuse_at: float | None = None
        self._excused = False

    @property
    def lasts(self) -> bool:
        """Whether nobody hears the caller now."""
        return self._since is not None

    @property
    def excused(self) -> bool:
        """Whether the caller was told so, and no word of theirs has come since."""
        return self._excused

    def begin(self, now: float) -> None:
        """Nobody hears the caller, or nobody does at the beginning of the call."""
        self._since, self._excuse_at = now, None

    def end(self) -> None:
        """The caller is heard again."""
        self._since = self._excuse_at = None

    def voice(self, now: float) -> None:
        """The caller speaks."""
        if self.lasts and self._excuse_at is None and not self._excused:
            self._excuse_at = now + EXCUSE_SECONDS

    def silence(self, now: float) -> None:
        """The caller has spoken, and waits."""
        if self.lasts:
            self._excuse_at = now

    def words(self) -> None:
        """A word of the caller's has come."""
        self._excused, self._excuse_at = False, None

    def excuse(self) -> None:
        """The caller is told."""
        self._excused, self._excuse_at = True, None

    def spare(self) -> None:
        """The caller need not be told."""
        self._excuse_at = None

    def excuse_at(self) -> float | None:
        """When the caller is to be told; None when there is no need."""
        return self._excuse_at

    def over_at(self) -> float | None:
        """When it has lasted too long."""
        return None if self._since is None else self._since + GIVE_UP_SECONDS
