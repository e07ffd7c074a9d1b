"""Keys that the bot is to press, until the speech before them has been heard."""

from __future__ import annotations

from collections.abc import Container

from transports.utterance import Utterance


class Keys:
    """Digits that wait behind an utterance."""

    def __init__(self) -> None:
        self._digits = ""
        self._behind: Utterance | None = None

    def add(self, digits: str, behind: Utterance | None) -> None:
        """Press ``digits`` once ``behind`` has been heard, with all that wait: they are one number."""
        self._digits += digits
        self._behind = behind

    def take(self, unheard: Container[Utterance]) -> str:
        """The digits that may be pressed now; "" while what they wait for is among ``unheard``."""
        if self._behind in unheard:
            return ""
        digits, self._digits, self._behind = self._digits, "", None
        return digits

    def forget(self) -> None:
        """Press nothing."""
        self._digits = ""
