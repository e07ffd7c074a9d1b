"""Gives each word of a text the moment it begins, from the marks that a synthesiser reports.

The words are the text's own, split at white space, so that joined they are the text again. A synthesiser reports
marks by position and skips what it does not speak (a dash, a lone quote): such a word begins with the one before.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

_WORD = re.compile(r"\S+")


def word_times(text: str, marks: Sequence[tuple[int, float]]) -> tuple[tuple[str, float], ...]:
    """The words of ``text`` with their start in seconds; ``marks`` are (index into text, seconds)."""
    timed: list[tuple[str, float]] = []
    now = 0.0
    for word in _WORD.finditer(text):
        starts = [seconds for index, seconds in marks if word.start() <= index < word.end()]
        now = max(now, min(starts, default=now))
        timed.append((word.group(), now))
    return tuple(timed)
