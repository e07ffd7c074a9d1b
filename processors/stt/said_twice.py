"""Words that a second recogniser hears once more: those that were given to the conversation already are left out.

Two recognisers do not agree in every word, so the known ones are found by the fewest changes that turn the beginning
of what is heard now into them; more than half of them changed is something else.
"""

from __future__ import annotations

import re
from collections import deque

MOST_CHANGES = 0.5
"""Of the known words."""


class SaidTwice:
    """One call's words whose audio is on the tape still. Positions are samples on the tape."""

    def __init__(self) -> None:
        self._given: deque[tuple[int, str]] = deque()
        self._known: list[str] = []

    def given(self, text: str, position: int) -> None:
        """``text`` was given when the tape ended at ``position``, and may be heard again."""
        self._given += [(position, word) for word in text.split()]

    def forget(self, begins: int) -> None:
        """The tape begins at ``begins`` now."""
        while self._given and self._given[0][0] <= begins:
            self._given.popleft()

    def rewind(self, begins: int) -> None:
        """The tape, which begins at ``begins``, is heard again."""
        self.forget(begins)
        self._known = [_plain(word) for _, word in self._given]

    def interim(self, text: str) -> str:
        """What is new in words that may change."""
        return self._new(text)[0]

    def final(self, text: str) -> str:
        """What is new in words that stay; those that were known are not expected again."""
        new, used = self._new(text)
        if text.split():
            self._known = self._known[used:] if used and not new else []
        return new

    def _new(self, text: str) -> tuple[str, int]:
        """The new words, and how many of the known ones came before them."""
        words = text.split()
        if not self._known or not words:
            return text, 0
        used, heard = _overlap(self._known, [_plain(word) for word in words])
        return " ".join(words[heard:]), used


def _overlap(known: list[str], words: list[str]) -> tuple[int, int]:
    """How many of ``known`` are how many of ``words``: from the beginning of both, up to the end of one."""
    rows = _distances(known, words)
    ends = [(rows[-1][heard], len(known), heard) for heard in range(len(words) + 1)]
    ends += [(row[-1], used, len(words)) for used, row in enumerate(rows)]
    # Of equally good ends the longest, since a word changed is better than one left over; of those the surest.
    changes, used, heard = min(ends, key=lambda end: (end[0] - end[1], -end[2], end[0]))
    return (used, heard) if used and changes <= MOST_CHANGES * used else (0, 0)


def _distances(known: list[str], words: list[str]) -> list[list[int]]:
    """The least number of words to change, leave out or put in, for each pair of beginnings."""
    rows = [list(range(len(words) + 1))]
    for count, expected in enumerate(known, start=1):
        above, row = rows[-1], [count]
        for index, word in enumerate(words):
            row.append(min(above[index] + (word != expected), above[index + 1] + 1, row[index] + 1))
        rows.append(row)
    return rows


def _plain(word: str) -> str:
    return re.sub(r"\W", "", word).casefold()
