"""A caller who says nothing: how long the bot waits, what it says then, and when it gives up. In seconds."""

from __future__ import annotations

from vantum.core.phrases import Phrases

UNHEARD_TURNS = 2
"""After so many turns without a word in a row the bot says that it hears nothing."""


class Silence:
    """The silence of one call's caller."""

    def __init__(self) -> None:
        self._since: float | None = None
        self._asked = 0
        self._unheard = 0

    def begin(self, now: float) -> None:
        """Nobody speaks from here on."""
        self._since = now

    def begin_anew(self, now: float) -> None:
        """A silence that lasts counts from here on."""
        if self._since is not None:
            self._since = now

    def end(self) -> None:
        """Somebody is heard."""
        self._since = None

    @property
    def puzzled(self) -> bool:
        """Whether the last that was heard of the caller had no words."""
        return self._unheard > 0

    def words_heard(self) -> None:
        """The caller said something: they are there."""
        self._asked = self._unheard = 0

    def due(self, seconds: float) -> float | None:
        """When a silence of ``seconds`` is too long; 0 never is."""
        return None if self._since is None or not seconds else self._since + seconds

    def broken(self, phrases: Phrases) -> tuple[str, bool]:
        """The silence was too long: what the bot says, and whether it is the last thing."""
        self._since = None
        self._asked += 1
        ladder = (phrases.still_there, phrases.still_there_again, phrases.goodbye_silence)
        return ladder[self._asked - 1], self._asked == len(ladder)

    def unheard(self) -> bool:
        """There was a turn without a word; whether it is time to say so."""
        self._unheard += 1
        if self._unheard < UNHEARD_TURNS:
            return False
        self._unheard = 0
        return True
