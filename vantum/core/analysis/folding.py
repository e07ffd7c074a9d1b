"""Text as it is compared with a quote: without case, typography and the ways to write one letter in Unicode.

The law: nothing else is forgiven. Every character knows which part of the original it came from.
"""

# ruff: noqa: RUF001 - the look-alikes are the subject here

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

# Before Unicode's own folding, which would make two characters of some of them.
_TYPOGRAPHY: Final = str.maketrans(
    {
        **dict.fromkeys("‘’‚‛‹›´`ʼʹ′＇", "'"),
        **dict.fromkeys("“”„‟«»″〝〞＂", '"'),
        **dict.fromkeys("‐‑‒–—―−﹘﹣－", "-"),
    }
)


@dataclass(frozen=True, slots=True)
class Folded:
    """Folded text; character ``i`` stands for ``original[starts[i]:ends[i]]``."""

    text: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]


def fold(original: str) -> Folded:
    """``original`` folded, one space between two words and none around."""
    characters: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for begin, end in _clusters(original):
        for character in _plain(original[begin:end]):
            space = character.isspace()
            if space and (not characters or characters[-1] == " "):
                continue
            characters.append(" " if space else character)
            starts.append(begin)
            ends.append(end)
    if characters and characters[-1] == " ":
        del characters[-1], starts[-1], ends[-1]
    return Folded("".join(characters), tuple(starts), tuple(ends))


def _clusters(text: str) -> Iterator[tuple[int, int]]:
    """A letter and the accents behind it: their order and form may differ, together they are one."""
    begin = 0
    for place, character in enumerate(text):
        if place > begin and not unicodedata.combining(character):
            yield begin, place
            begin = place
    if text:
        yield begin, len(text)


def _plain(cluster: str) -> str:
    if cluster.isascii():
        return cluster.lower()
    told = unicodedata.normalize("NFKD", cluster.translate(_TYPOGRAPHY)).casefold()
    return "".join(
        character
        for character in unicodedata.normalize("NFKD", told).translate(_TYPOGRAPHY)
        if unicodedata.category(character) != "Cf"
    )
