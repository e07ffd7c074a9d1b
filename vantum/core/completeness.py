"""Tells from the words alone whether the caller has come to an end.

The law: an end that is missed costs a second of waiting, an end that is none cuts the caller short. So a word that
cannot be the last one outweighs a full stop, which recognisers also put where somebody only takes breath.
"""

# ruff: noqa: RUF001 - the look-alikes are the subject here

from __future__ import annotations

import re
from enum import StrEnum

from vantum.core.ending_tables import Tables
from vantum.core.ending_words import BY_LANGUAGE
from vantum.core.languages import base
from vantum.core.tokens import LONGEST_PHRASE, Words, parts, tokens, without_apostrophes


class Ending(StrEnum):
    """How a turn stands."""

    CLOSED = "closed"  # a short answer, whole in itself: "yes", "no thanks", "at three"
    QUESTION = "question"  # a whole question
    COMPLETE = "complete"  # a whole sentence
    OPEN = "open"  # it must go on
    UNMARKED = "unmarked"  # no mark at its end, where the recogniser sets marks
    UNSURE = "unsure"


_CLOSING = "\"'”’»)] \t\n"
_OPEN_MARKS = (",", ";", ":", "-", "–", "—", "…", "..", "،", "、")
_STOPS = (".", "!", "।", "॥", "。", "！")
_QUESTION_MARKS = ("?", "？")
# A phone number has seven digits or ten and more: what is shorter, or between, is being said.
_WHOLE_NUMBERS = frozenset({7, 10, 11, 12, 13, 14, 15})
_GROUPS = re.compile(r"\+?\d+(?:[ -]+\d+)+$")
_LETTERS = re.compile(r"(?:^|[\s,-])[^\W\d_](?:[\s,-]+[^\W\d_])+$")
_DAYTIME = re.compile(r"(?:\d\s*|\s)[ap][\s.]*m$", re.IGNORECASE)
_NUMBER = re.compile(r"\d+(?:st|nd|rd|th|e|er|h|am|pm)?")
_CLAUSE = re.compile(r"[.!?।]\s+|,\s+")
_SHORT = 6
_STRANDING_REACH = 9


def ends(text: str, language: str) -> Ending:
    """How ``text`` ends, a turn so far as the recogniser writes it; an unknown ``language`` is read as English."""
    line = text.rstrip(_CLOSING)
    words = tokens(line)
    if not words:
        return Ending.UNSURE
    if line.endswith(_OPEN_MARKS):
        return Ending.OPEN
    tables = BY_LANGUAGE.get(base(language), BY_LANGUAGE["en"])
    asks = line.endswith(_QUESTION_MARKS)
    stops = asks or line.endswith(_STOPS)
    if _is_spelling(line.rstrip(".!?। "), words, tables):
        return Ending.OPEN
    if _is_closed(words, tables):
        return Ending.CLOSED
    if _is_open(line, words, tables, stops=stops, asks=asks):
        return Ending.OPEN
    if asks:
        return Ending.QUESTION
    vague = _ends_in(words, tables.vague) and not _strands(line, tables)
    if stops:
        return Ending.UNSURE if vague else Ending.COMPLETE
    return Ending.UNMARKED if _sets_marks(line) else Ending.UNSURE


def _sets_marks(line: str) -> bool:
    """Whether the recogniser writes as people do, so that a sentence without a mark at its end goes on."""
    return "," in line or any(map(str.isupper, line))


def _is_spelling(line: str, words: Words, tables: Tables) -> bool:
    """Whether letters or digits are being said one by one, and not all of them yet."""
    if _LETTERS.search(line) and not _DAYTIME.search(line):
        return True
    groups = _GROUPS.search(line)
    if groups is not None:
        return sum(map(str.isdigit, groups[0])) not in _WHOLE_NUMBERS
    spoken = 0
    for word in reversed(words):
        if (word,) not in tables.digits and not (word.isdigit() and len(word) == 1):
            break
        spoken += 1
    return spoken > 1 and spoken not in _WHOLE_NUMBERS


def _is_closed(words: Words, tables: Tables) -> bool:
    start = next((at for at, word in enumerate(words) if (word,) not in tables.leading), 0)
    for rest in {words, words[start:]}:
        if len(rest) > _SHORT:
            continue
        plain = without_apostrophes(rest)
        if parts(rest, tables.closed) or parts(plain, tables.closed):
            return True
        if tables.short_answer.fullmatch(" ".join(rest)) or _is_number(rest, tables):
            return True
    return False


def _is_number(words: Words, tables: Tables) -> bool:
    figures = frozenset((word,) for word in words if _NUMBER.fullmatch(word))
    core = tables.numerals | figures
    last_is_core = any(words[-length:] in core for length in range(1, LONGEST_PHRASE))
    # "Ein" and "un" are numbers too, but more often the beginning of something.
    whole = last_is_core and not _ends_in(words, tables.never)
    return whole and parts(words, core | tables.joints) is not None


def _is_open(line: str, words: Words, tables: Tables, *, stops: bool, asks: bool) -> bool:
    if "-" in line.rsplit(None, 1)[-1].strip("-"):
        # "A follow-up", "Envoyez-le": the last word is more than its last part.
        return False
    if _ends_in(words, tables.never):
        return not _ends_in(words, tables.idioms)
    if asks or not _ends_in(words, tables.seldom):
        return False
    if not stops:
        return True
    return not _ends_in(words, tables.idioms) and not _strands(line, tables)


def _strands(line: str, tables: Tables) -> bool:
    """Whether a question word further up accounts for the last one: "what it is for"."""
    clause = tokens(_CLAUSE.split(line.rstrip(".!।"))[-1])
    return any((word,) in tables.stranding for word in clause[-_STRANDING_REACH:-1])


def _ends_in(words: Words, known: frozenset[Words]) -> bool:
    return any(words[-length:] in known for length in range(1, min(LONGEST_PHRASE, len(words)) + 1))
