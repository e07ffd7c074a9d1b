"""A piece of text on its way to the ear: which of its words have audio, and what is left to speak.

Letters are counted, not words: a voice may cut a text into other words than its spaces do.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

CHARACTERS_PER_SECOND = 15.0
"""How fast a voice speaks that does not say when its words begin."""

SHORT_SECONDS = 0.25
"""So much of the audio may be missing before the last word that a voice has told of: its times are not exact."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word as a voice tells it: seconds from the beginning of what it was asked to speak.

    ``end`` is None where the voice does not know it; then the word ends where the next one begins.
    """

    text: str
    start: float
    end: float | None = None


Told = tuple[str, float]
"""A word, and the second of the context at which it begins."""


class Piece:
    """One text. It may take several attempts to speak it; each goes on with the first word that is not whole yet.

    A word is told once, when its audio begins: one that was cut is spoken again, not told again.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self._spoken = 0
        self._told = 0
        self._began = 0.0
        self._seconds = 0.0
        self._expected: deque[Word] = deque()
        self._timed = False
        self._cursor = 0
        self._last: Word | None = None

    @property
    def rest(self) -> str:
        """What is left to speak."""
        return self._after(self._spoken)

    @property
    def unspoken(self) -> str:
        """The words of which nothing was spoken."""
        return self._after(self._told)

    @property
    def audible(self) -> bool:
        """Whether this attempt has given audio."""
        return self._seconds > 0.0

    @property
    def cut_short(self) -> bool:
        """Whether the voice has told of words that this attempt has given no audio for."""
        return bool(self._expected) and self._expected[-1].start > self._seconds + SHORT_SECONDS

    def begin(self, at: float) -> str:
        """An attempt begins at second ``at`` of the context. Returns the text to speak."""
        self._began, self._seconds = at, 0.0
        self._expected.clear()
        self._timed, self._cursor, self._last = False, self._spoken, None
        return self.rest

    def expect(self, word: Word) -> None:
        """The voice says when a word begins; in order."""
        self._timed = True
        self._expected.append(word)

    def hear(self, seconds: float) -> list[Told]:
        """More audio came. Returns the words that begin in it."""
        self._seconds += seconds
        return self._begun(self._seconds)

    def end(self) -> list[Told]:
        """The voice has spoken all it was asked to. Returns the words not told yet."""
        if not self._timed:
            total = max(1, letters(self.rest))
            self._estimate(total / self._seconds if self._seconds else CHARACTERS_PER_SECOND)
        told = self._begun(float("inf"))
        self._spoken = self._told = letters(self._text)
        return told

    def break_off(self) -> list[Told]:
        """The voice has failed. Returns the words not told yet of which audio came."""
        if not self._timed:
            self._estimate(CHARACTERS_PER_SECOND)
        told = self._begun(self._seconds)
        if self._last is not None and self._last.end is not None and self._last.end <= self._seconds:
            self._spoken = self._cursor
        return told

    def _begun(self, by: float) -> list[Told]:
        return [told for word in self._starting(by) for told in self._take(word)]

    def _starting(self, by: float) -> Iterator[Word]:
        while self._expected and self._expected[0].start < by:
            yield self._expected.popleft()

    def _take(self, word: Word) -> list[Told]:
        # The one before it is whole now.
        self._spoken, self._last = self._cursor, word
        self._cursor += letters(word.text)
        if self._cursor <= self._told:
            return []
        self._told = self._cursor
        return [(word.text, self._began + word.start)]

    def _estimate(self, per_second: float) -> None:
        """Times for the words of a voice that gives none: each letter takes as long as any other."""
        before = 0
        for text in self.rest.split():
            end = before + letters(text)
            self.expect(Word(text, before / per_second, end / per_second))
            before = end

    def _after(self, count: int) -> str:
        """The text behind its first ``count`` letters, and behind the punctuation that closes them."""
        if count == 0:
            return self._text
        seen = 0
        for index, character in enumerate(self._text):
            seen += character.isalnum()
            if seen == count:
                return re.sub(r"^[^\w\s]*\s*", "", self._text[index + 1 :])
        return ""


def letters(text: str) -> int:
    """How many letters and digits a text has."""
    return sum(character.isalnum() for character in text)
