"""Does the transcript say so? A quote is looked for in the turns, and found with its second of the audio, or not.

The law: a quote is found only where it stands, letter by letter. Forgiven are case, white space, typographic quotes
and dashes, and the ways to write one letter in Unicode. It begins and ends with whole words, inside of one turn.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from vantum.core.analysis.folding import Folded, fold
from vantum.core.analysis.stop_words import STOP_WORDS
from vantum.core.analysis.turn import Turn
from vantum.core.tokens import tokens
from vantum.core.transcript import Speaker

LONGEST_QUOTE = 300
"""Characters of a quote, about twenty seconds of speech: more proves no single value."""
LEAST_WORDS = 2
LEAST_LETTERS = 4


@dataclass(frozen=True, slots=True)
class Found:
    """A quote in the words of the turn with the number ``turn`` (from 0), and when they were spoken."""

    turn: int
    quote: str
    start_ms: int
    end_ms: int


def find_quote(
    turns: Sequence[Turn], quote: str, hint: int | None, by: Speaker | None = None
) -> Found | None:
    """Where ``quote`` occurs: in the turn ``hint``, else in the first turn that has it; ``by`` asks for a speaker."""
    return Quotes(turns).find(quote, hint, by)


class Quotes:
    """Looks for many quotes in the same turns; each turn is folded once, when it is first looked at."""

    def __init__(self, turns: Sequence[Turn]) -> None:
        self._turns = turns
        self._folded: dict[int, Folded] = {}

    def find(self, quote: str, hint: int | None, by: Speaker | None = None) -> Found | None:
        """As ``find_quote``."""
        wanted = fold(quote).text if len(quote) <= LONGEST_QUOTE else ""
        if not wanted:
            return None
        places = (self._found(number, wanted) for number in self._order(hint, by))
        return next((found for found in places if found is not None), None)

    def is_telling(self, found: Found) -> bool:
        """Whether the quote says enough to prove anything: a few words with a meaning, or all that the turn says."""
        words = tokens(found.quote)
        if words and words == tokens(self._turns[found.turn].text):
            return True
        spaceless = sum(map(_is_spaceless, found.quote))
        word_count = len(words) + max(0, spaceless - 1)
        enough = word_count >= LEAST_WORDS and sum(map(len, words)) + spaceless >= LEAST_LETTERS
        return enough and not STOP_WORDS.issuperset(words)

    def _order(self, hint: int | None, by: Speaker | None) -> Iterator[int]:
        numbers = range(len(self._turns))
        first = [hint] if hint is not None and hint in numbers else []
        for number in (*first, *(number for number in numbers if number not in first)):
            if by is None or self._turns[number].role is by:
                yield number

    def _found(self, number: int, wanted: str) -> Found | None:
        if number not in self._folded:
            self._folded[number] = fold(self._turns[number].text)
        folded, turn = self._folded[number], self._turns[number]
        at = _place(folded.text, wanted)
        if at is None:
            return None
        begin, end = folded.starts[at], folded.ends[at + len(wanted) - 1]
        return Found(number, turn.text[begin:end], turn.ms_at(begin), turn.ms_at(end))


def occurs(words: str, text: str) -> bool:
    """Whether ``text`` holds ``words``, compared as quotes are."""
    wanted = fold(words).text
    return bool(wanted) and _place(fold(text).text, wanted) is not None


def _place(text: str, wanted: str) -> int | None:
    """Where ``wanted`` stands in ``text``, with whole words at both ends; both are folded."""
    at = text.find(wanted)
    while at >= 0:
        if _splits(text, at) and _splits(text, at + len(wanted)):
            return at
        at = text.find(wanted, at + 1)
    return None


def _splits(text: str, place: int) -> bool:
    """Whether no word goes on over ``place``."""
    before, after = text[place - 1 : place] if place else "", text[place : place + 1]
    if not (before and after) or _is_spaceless(before) or _is_spaceless(after):
        return not (after and unicodedata.category(after).startswith("M"))
    return not (_is_of_word(before) and _is_of_word(after))


def _is_of_word(character: str) -> bool:
    return character.isalnum() or unicodedata.category(character).startswith("M")


def _is_spaceless(character: str) -> bool:
    """Chinese, Japanese and the scripts of South East Asia put no space between two words."""
    return (
        "\u0e00" <= character <= "\u0eff"
        or "\u1000" <= character <= "\u109f"
        or "\u3040" <= character <= "\u9fff"
    )
