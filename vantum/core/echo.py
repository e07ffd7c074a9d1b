"""Tells the bot's own voice, coming back through the caller's microphone, from the caller."""

from __future__ import annotations

from vantum.core.tokens import Words, tokens

LEAST_WORDS = 2
"""One word that the bot has just said too is an answer as likely as an echo."""
SAME_SHARE = 0.8
"""The share of the words that must be the bot's, in order: recognisers slip on an echo."""


def is_echo(words: str, bot_words: str) -> bool:
    """Whether ``words`` of the caller are, but for slips, a run of the words the bot has just said."""
    heard, said = tokens(words), tokens(bot_words)
    return len(heard) >= LEAST_WORDS and _slips(heard, said) <= (1 - SAME_SHARE) * len(heard) + 1e-9


def _slips(heard: Words, said: Words) -> int:
    """The fewest words to put in, leave out or change that make ``heard`` a run of ``said``."""
    # Sellers' algorithm: the edit distance to the best run, which may begin and end anywhere.
    fewest = [0] * (len(said) + 1)
    for row, word in enumerate(heard, start=1):
        before, fewest = fewest, [row]
        for column, other in enumerate(said, start=1):
            changed = before[column - 1] + (word != other)
            fewest.append(min(changed, before[column] + 1, fewest[column - 1] + 1))
    return min(fewest)
