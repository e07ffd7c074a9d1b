"""The text of one cell, gathered from the pieces that a parser finds, and no more of it than a cell may have."""

from __future__ import annotations


class GatheredText:
    """Takes pieces while it is ``open``; beyond ``most`` characters the rest is dropped: it is too long anyhow.

    What stands in a ``rPh`` element only helps to pronounce the text, and is left out.
    """

    def __init__(self, most: int) -> None:
        self.pieces: list[str] = []
        self._most = most
        self._length = 0
        self._open = False
        self._spoken = 0

    def clear(self) -> None:
        """Begin another text."""
        self.pieces.clear()
        self._length = 0

    def open(self) -> None:
        """A piece of the text may follow."""
        self._open = self._spoken == 0

    def close(self) -> None:
        """What follows is no part of it."""
        self._open = False

    def speak(self, step: int) -> None:
        """An ``rPh`` element begins (1) or ends (-1)."""
        self._spoken += step

    def take(self, text: str) -> None:
        """One piece."""
        if self._open and self._length <= self._most:
            self.pieces.append(text)
            self._length += len(text)

    def __str__(self) -> str:
        return "".join(self.pieces)
