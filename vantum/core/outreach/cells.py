"""The text of one cell: made clean when it comes in, shown safely in a message, and harmless in a file that goes out.

Law: what looks like a formula is kept as the text that it is. It becomes dangerous only where a spreadsheet opens it,
so it is defused there and nowhere else.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

MOST_SHOWN: Final = 60
"""Characters of a bad value that a message quotes."""
MOST_FOLDED: Final = 200
"""Characters of a text that is compared with words."""
MOST_MARKS: Final = 30
"""Accents on one letter (UAX 15, stream-safe text): to sort more of them takes ever longer."""

# What nobody sees and what turns lines around: controls, soft hyphens, bidirectional marks, half surrogates, tags.
# The joiners U+200C and U+200D stay: Persian and Hindi are written with them.
_UNSEEN: Final = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\U000e0000-\U000e007f]"
)
_SPECIAL_LETTERS: Final = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "ø": "o", "ł": "l"})
_HUMP: Final = re.compile(r"(?<=[a-z])(?=[A-Z])")
_NO_WORD: Final = re.compile(r"[^a-z0-9]+")
# OWASP's list of first characters, with those of full width that some spreadsheets take for the same.
_FORMULA: Final = re.compile(r"[\t\r\n]|\s*[=+\-@\uff1d\uff0b\uff0d\uff20]")
_PLAIN_NUMBER: Final = re.compile(r"[+-]?[0-9]+(?:[.,][0-9]+)*")


def clean(text: str) -> str:
    """``text`` on one line, in Unicode's form NFC, without control characters and needless spaces."""
    if not (text.isascii() and text.isprintable()):
        text = unicodedata.normalize("NFC", _few_marks(_UNSEEN.sub("", text)))
    return " ".join(text.split())


def shown(text: str) -> str:
    """``text`` as a message may quote it: clean and short."""
    text = clean(text[: 4 * MOST_SHOWN])
    return text if len(text) <= MOST_SHOWN else f"{text[: MOST_SHOWN - 1]}…"


def for_csv(text: str) -> str:
    """``text`` for a CSV file that a spreadsheet will open: an apostrophe before all that would be a formula there.

    A plain number keeps its sign, so that an E.164 number comes back as it was.
    """
    if _FORMULA.match(text) and not _PLAIN_NUMBER.fullmatch(text):
        return f"'{text}"
    return text


def folded(text: str) -> str:
    """A word of a header or the name of a place, to be compared: ``"E-Mail_Adresse"`` is ``"e mail adresse"``."""
    text = _HUMP.sub(" ", text[:MOST_FOLDED]).casefold().translate(_SPECIAL_LETTERS)
    if not text.isascii():
        text = unicodedata.normalize("NFKD", text)
        text = "".join(letter for letter in text if not unicodedata.combining(letter))
    return _NO_WORD.sub(" ", text).strip()


def _few_marks(text: str) -> str:
    if len(text) <= MOST_MARKS:
        return text
    kept, marks = [], 0
    for sign in text:
        marks = marks + 1 if unicodedata.combining(sign) else 0
        if marks <= MOST_MARKS:
            kept.append(sign)
    return "".join(kept)
