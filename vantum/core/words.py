"""Spoken text as plain words: what a transcript and a script are compared in.

The law: two texts that sound alike are equal here. Case, punctuation, markers and contractions are gone;
digits stay, because some speech engines write "10:30" where others write "ten thirty".
"""

from __future__ import annotations

import re
from functools import lru_cache

BREAK = "||BREAK||"

_NOT_SPOKEN = re.compile(r"\|\|break\|\||\[[^\]]*\]")
_SPELLINGS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), replacement)
    for pattern, replacement in (
        (r"[\u2019`]", "'"),
        (r"\b([ap])\.? ?m\b", r"\1m"),
        (r"_", " "),
        (r"(?<=[0-9]):(?=[0-9])", "_"),
        (r"[^a-z0-9_']+", " "),
        (r"\b(can|won)'?t\b", r"\1 not"),
        (r"\bwon not\b", "will not"),
        (r"\bcannot\b", "can not"),
        (r"\b(do|does|did|is|are|was|has|have|would|could|should)n'?t\b", r"\1 not"),
        (r"\bi'?m\b", "i am"),
        (r"'re\b", " are"),
        (r"'ll\b", " will"),
        (r"'ve\b", " have"),
        (r"'d\b", " would"),
        (r"\b(who|what|where|when|how|why|that|it|he|she|here|there|this)'?s\b", r"\1 is"),
        (r"'s\b", "s"),
        (r"[' ]+", " "),
        (r"\bok\b", "okay"),
        (r"\bthanks\b", "thank you"),
        (r"\bwanna\b", "want to"),
        (r"\b(?:yea|yah)\b", "yeah"),
        (r"\bgood bye\b", "goodbye"),
        (r"\be mail", "email"),
        (r"\b([ap]) m\b", r"\1m"),
    )
)
_NEGATION = re.compile(r"\b(?:no|not|never|nothing|none|nobody|without)\b")


# A conversation is replayed for every answer, so the same sentences come again and again.
@lru_cache(maxsize=1024)
def plain(text: str) -> str:
    """The words of a text, lower case, one space apart; "10:30" becomes "10_30"."""
    words = _NOT_SPOKEN.sub(" ", text.lower())
    for pattern, replacement in _SPELLINGS:
        words = pattern.sub(replacement, words)
    return words.strip()


def negated(words: str) -> bool:
    """Whether plain words hold a negation: no match may bridge "we use one" and "we do not use one"."""
    return _NEGATION.search(words) is not None
