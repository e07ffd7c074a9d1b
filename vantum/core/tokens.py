"""Spoken text as tokens, in any script: what words of a caller are compared in.

The law: what sounds alike is equal. Case, accents, punctuation and hyphens are gone; vowel signs of Indic
scripts stay, because without them a word is another word.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

Words = tuple[str, ...]
LONGEST_PHRASE = 6
"""A phrase of more words than this is not looked for."""

# Accents of the Latin script, and the dot below of Devanagari that half of the writers leave out.
_MARKS = re.compile("[\u0300-\u036f\u093c\u200c\u200d]")
_APOSTROPHES = re.compile("[\u2018\u2019\u02bc`]")
# A letter with its signs: Python counts the vowel signs of Devanagari (U+0900 to U+094F) as no letters.
_TOKEN = re.compile("[^\\W_\u0900-\u094f]?[\\w\u0900-\u0963']*[\\w\u0900-\u094f]")
_CANDRABINDU, _ANUSVARA = "\u0901", "\u0902"


def tokens(text: str) -> Words:
    """The words of ``text``: "Uh-huh, d'accord!" becomes ("uh", "huh", "d'accord")."""
    plain = _MARKS.sub("", unicodedata.normalize("NFKD", _APOSTROPHES.sub("'", text))).casefold()
    return tuple(_TOKEN.findall(plain.replace(_CANDRABINDU, _ANUSVARA).replace("_", " ")))


def phrases(*lists: str) -> frozenset[Words]:
    """Phrases written as text, with commas between them, as tokens."""
    return frozenset(tokens(phrase) for text in lists for phrase in text.split(","))


def without_apostrophes(words: Iterable[str]) -> Words:
    """ "that's" and "thats" alike: recognisers write both."""
    return tuple(word.replace("'", "") for word in words)


def parts(words: Words, known: frozenset[Words]) -> int | None:
    """Of how many phrases of ``known``, at least, ``words`` are made; None when there is more in them."""
    best: list[int | None] = [0]
    for end in range(1, len(words) + 1):
        counts = [
            count + 1
            for start in range(max(0, end - LONGEST_PHRASE), end)
            if (count := best[start]) is not None and words[start:end] in known
        ]
        best.append(min(counts, default=None))
    return best[-1]
