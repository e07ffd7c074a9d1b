"""What words of the caller mean that come while the bot has the floor: theirs, a nod, or the bot's own echo."""

from __future__ import annotations

from collections import deque

from vantum.core.backchannel import Backchannel, heard
from vantum.core.barge_in import Signal as Sound
from vantum.core.echo import is_echo
from vantum.core.turn import Signal

ECHO_SECONDS = 4.0
"""An echo is of what the bot said within this time."""


class Overheard:
    """One call's ear for what is said over the bot. Times are seconds on any steady clock."""

    def __init__(self) -> None:
        self._spoken: deque[tuple[float, str]] = deque()

    def bot_said(self, now: float, text: str) -> None:
        """The bot's words ``text`` begin to be heard."""
        self._spoken.append((now, text))
        self._forget_old(now)

    def meaning(self, signal: Signal, text: str, now: float, language: str) -> Sound:
        """What the words of a transcript, INTERIM or FINAL, mean."""
        self._forget_old(now)
        if is_echo(text, " ".join(words for _, words in self._spoken)):
            return Sound.ECHO
        match heard(text, language):
            case Backchannel.YES:
                return Sound.NOD if signal is Signal.FINAL else Sound.BACKCHANNEL
            case Backchannel.NOT_YET if signal is Signal.INTERIM:
                return Sound.MAYBE
            case _:
                return Sound.CONTENT

    def _forget_old(self, now: float) -> None:
        while self._spoken and self._spoken[0][0] < now - ECHO_SECONDS:
            self._spoken.popleft()
