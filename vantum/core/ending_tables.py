"""What is to be known of a language to tell whether a sentence is at its end."""

from __future__ import annotations

import re
from dataclasses import dataclass

from vantum.core.tokens import Words, phrases, without_apostrophes


@dataclass(frozen=True, slots=True)
class Tables:
    """One language. All hold phrases of one word or more.

    ``never`` ends no sentence, ``seldom`` ends some, which ``idioms`` and a question word before it (``stranding``)
    tell; a full stop after ``vague`` tells nothing. ``closed`` make an answer that is whole in itself, alone or
    several together, and after ``leading`` words, which alone say nothing. ``numerals`` and ``joints`` between
    them make a number, a day or a time; ``digits`` are said one by one.
    """

    never: frozenset[Words]
    seldom: frozenset[Words]
    idioms: frozenset[Words]
    closed: frozenset[Words]
    leading: frozenset[Words]
    numerals: frozenset[Words]
    digits: frozenset[Words]
    stranding: frozenset[Words] = frozenset()
    vague: frozenset[Words] = frozenset()
    joints: frozenset[Words] = frozenset()
    short_answer: re.Pattern[str] = re.compile(r"(?!)")


def spoken(*lists: str) -> frozenset[Words]:
    """Phrases that recognisers write with an apostrophe or without."""
    written = phrases(*lists)
    return written | {without_apostrophes(phrase) for phrase in written}
