"""An answer made in advance: when one may be tried, and whether it still fits what the caller said.

At a soft end of speech the words so far are answered without a sound. When the turn is over with the same words,
case and punctuation aside, the answer is there already; with any others it is dropped without a trace.
"""

from __future__ import annotations

from vantum.core.turn_words import folded

MOST_ATTEMPTS = 3
"""Tries in one turn: each costs tokens."""
CHARACTERS_PER_TOKEN = 4
"""A rule of thumb for what a request costs, as long as no provider says better."""


class Drafts:
    """The drafts of one turn."""

    def __init__(self, most: int = MOST_ATTEMPTS) -> None:
        self._most = most
        self._tried: list[str] = []
        self._words = ""

    def worth(self, words: str) -> bool:
        """Whether an answer to ``words`` should be tried: some words, not tried before, and tries left."""
        said = folded(words)
        return bool(said) and said not in self._tried and len(self._tried) < self._most

    def begin(self, words: str) -> int:
        """A draft for ``words`` is made; returns which attempt it is, from 1."""
        self._words = folded(words)
        self._tried.append(self._words)
        return len(self._tried)

    def fits(self, words: str) -> bool:
        """Whether the draft under way answers ``words``."""
        return folded(words) == self._words

    def turn_over(self) -> None:
        """The next turn begins with all its tries."""
        self._tried.clear()
        self._words = ""


def estimated_tokens(*texts: str) -> int:
    """About how many tokens the texts are."""
    return sum(-(-len(text) // CHARACTERS_PER_TOKEN) for text in texts)
