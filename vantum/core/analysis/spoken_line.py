"""A text as one line of plain words with marks between its clauses: what the hard patterns are written for.

The law: every pattern over such a line is bounded. It has no repetition without a highest number, and words are
written out or at most ``ANY`` (one word of up to 24 characters), so that no text makes it slow.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

LONGEST: Final = 10_000
"""Characters of a text that are looked at, the last ones of a longer one: no turn is longer."""
ANY: Final = r"[^ .,]{1,24}"
"""One word, whichever."""

# A letter with its accents and vowel signs, and apostrophes between letters; or a mark that ends a clause.
_TOKEN: Final = re.compile(
    "[.!?;:\u2026\u0964,\u060c\u3001\u3002]"
    "|[^\\W_\u0900-\u0903](?:[^\\W_]|[\u0300-\u036f\u0900-\u0963\u200c\u200d]|['\u2019\u02bc`\u2018](?=[^\\W_]))*"
)
_ACCENTS: Final = re.compile("[\u0300-\u036f\u093c\u200c\u200d]")
_APOSTROPHES: Final = str.maketrans(dict.fromkeys("\u2019\u02bc`\u2018", "'") | {"\u0901": "\u0902"})
_CLAUSES: Final = frozenset(",\u060c\u3001")


@dataclass(frozen=True, slots=True)
class SpokenLine:
    """``text`` is " please . take me off your list . "; each character knows its token's place in the original."""

    text: str
    original: str
    spans: tuple[tuple[int, int], ...]

    def said(self, begin: int, end: int) -> str:
        """The original's words between two places of ``text``, both at a word's edge."""
        return self.original[self.spans[begin][0] : self.spans[end - 1][1]]


def spoken_line(original: str) -> SpokenLine:
    """The words of ``original`` without case and accents; "." ends a sentence and "," a clause."""
    original = original[-LONGEST:]
    text = " "
    spans = [(0, 0)]
    for found in _TOKEN.finditer(original):
        told = _told(found[0])
        text += f"{told} "
        spans += [found.span()] * (len(told) + 1)
    return SpokenLine(text, original, tuple(spans))


def _told(token: str) -> str:
    if not (token[0].isalnum()):
        return "," if token in _CLAUSES else "."
    plain = unicodedata.normalize("NFKD", token).translate(_APOSTROPHES)
    return _ACCENTS.sub("", plain).casefold()
