"""Chooses between what was heard freely and what was heard with only the script's words in mind.

A decoder that knows nothing but the script's phrases is right about them more often, and hears them in everything.
So its text is taken only if it fits the sound clearly better and reads like the script rather than like its words
in a bowl.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from difflib import SequenceMatcher

from processors.embedded.jobs import Heard

# In pocketsphinx's log scores per 10 ms frame. Not enough alone: speech about something else gets up to 8.
CLEARLY_BETTER = 3.0
ALIKE = 0.8
MOSTLY = 0.6
_RUN = 3

_WORD = re.compile(r"[a-z]+(?:'[a-z]+)*")


def plain_words(text: str) -> tuple[str, ...]:
    """The words of a text as a decoder would write them: lower case, no marks."""
    return tuple(_WORD.findall(text.lower().replace("\u2019", "'")))


def choose(general: Heard, script: Heard, phrases: Iterable[str]) -> str:
    """The text to believe."""
    if not script.text or script.score - general.score <= CLEARLY_BETTER * script.frames:
        return general.text
    words = plain_words(script.text)
    known = tuple(plain_words(phrase) for phrase in phrases)
    if from_script(words, known) >= MOSTLY or likeness(script.text, general.text) >= ALIKE:
        return script.text
    return general.text


def is_whole(text: str, phrases: Iterable[str]) -> bool:
    """Whether a text is a phrase of the script to its last word, and not the beginning of a longer one."""
    words = plain_words(text)
    known = {plain_words(phrase) for phrase in phrases}
    return words in known and not any(
        len(phrase) > len(words) and phrase[: len(words)] == words for phrase in known
    )


def from_script(words: tuple[str, ...], phrases: Collection[tuple[str, ...]]) -> float:
    """The share of words that stand as in a phrase: in a run of three, or in the whole of a shorter phrase."""
    if words in phrases:
        return 1.0
    runs = {run for phrase in phrases if len(phrase) > 1 for run in _runs(phrase, min(_RUN, len(phrase)))}
    covered = {
        start + offset
        for length in range(2, _RUN + 1)
        for start, run in enumerate(_runs(words, length))
        if run in runs
        for offset in range(length)
    }
    return len(covered) / max(1, len(words))


def likeness(one: str, other: str) -> float:
    """How alike two texts are, letter by letter, from 0 to 1."""
    return SequenceMatcher(None, one, other, autojunk=False).ratio()


def _runs(words: tuple[str, ...], length: int) -> list[tuple[str, ...]]:
    return [words[start : start + length] for start in range(len(words) - length + 1)]
