"""How a pattern for a wish is written: what says it, and what around it takes it back."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from vantum.core.analysis.spoken_line import SpokenLine

REACH: Final = 80
"""Characters before and behind the words that may take a wish back: about a dozen words."""


@dataclass(frozen=True, slots=True)
class Language:
    """Words of a language that make a time meaningless: who says "again" or "ever" means every time."""

    for_ever: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Rule:
    """``says`` it, unless ``never_before`` stands before it, or a time (``unless_before``, ``unless_after``)."""

    language: Language
    says: re.Pattern[str]
    never_before: re.Pattern[str] | None = None
    unless_before: re.Pattern[str] | None = None
    unless_after: re.Pattern[str] | None = None

    def quote(self, line: SpokenLine) -> str | None:
        """The words of the original that say it, or None."""
        for found in self.says.finditer(line.text):
            if self._is_meant(line.text, found.start(), found.end()):
                return line.said(found.start(), found.end())
        return None

    def _is_meant(self, text: str, begin: int, end: int) -> bool:
        before, after = text[max(0, begin - REACH) : begin], text[end : end + REACH]
        if self.never_before and self.never_before.search(before):
            return False
        timed = self.unless_before and self.unless_before.search(before)
        timed = timed or (self.unless_after and self.unless_after.match(after))
        return not timed or self._is_for_ever(text[begin:end] + after.partition(".")[0], before)

    def _is_for_ever(self, said: str, before: str) -> bool:
        last = before.rpartition(".")[2]
        return any(self.language.for_ever.search(f" {part} ") for part in (said, last))


def saying(*alternatives: str, then: str = "") -> re.Pattern[str]:
    """Whole words: one of the alternatives; ``then`` is what has to follow, which is not part of it."""
    return re.compile(rf"(?<= )(?:{'|'.join(alternatives)})(?= ){then}")


def before(*alternatives: str) -> re.Pattern[str]:
    """Words directly before."""
    return re.compile(rf"(?<= )(?:{'|'.join(alternatives)}) $")


def after(*alternatives: str) -> re.Pattern[str]:
    """Words directly behind."""
    return re.compile(rf" (?:{'|'.join(alternatives)}) ")
