"""The numbers and dates that a text names, in digits or in words, for asking whether a quote holds those of a value.

The law: what cannot be read from the quote counts as absent. Nothing is calculated: "Thursday" names no date, and
"in two hours" no time of the day.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Final

from vantum.core.analysis.number_words import (
    AND,
    CARDINALS,
    LONGEST,
    MEANT_OTHERWISE,
    MONTHS,
    ORDINALS,
    SCALES,
)
from vantum.core.tokens import Words, tokens

_NUMBER: Final = re.compile(r"\d{1,15}(?:[.,'’]\d{1,15}){0,4}")  # noqa: RUF001 - Switzerland's separator
_MARK: Final = re.compile(r"\D")
_GROUPED: Final = re.compile(r"(?<=\d)[ \u00a0\u202f](?=\d{3}(?!\d))")
_COMPOUND: Final = re.compile(r"(hundert|tausend)")

Readings = frozenset[Decimal]
"""The ways to read one number: "1,200" is 1200, or 1.2 where a comma is the decimal point."""


def missing(value: object, quote: str) -> tuple[str, ...]:
    """The figures of ``value`` (a text or a number) that ``quote`` does not name."""
    named = _named(quote)
    return tuple(figure for figure, readings in _claimed(value) if not readings & named)


def _claimed(value: object) -> Iterator[tuple[str, Readings]]:
    match value:
        case bool() | None:
            return
        case int() | float():
            yield str(value), frozenset({Decimal(str(value))})
        case _:
            text = str(value)
            yield from ((figure, _readings(figure)) for figure in _NUMBER.findall(text))
            for number, words in _spoken(tokens(text), CARDINALS):
                if len(words) > 1 or words[0] not in MEANT_OTHERWISE:
                    yield " ".join(words), frozenset({Decimal(number)})


def _named(quote: str) -> Readings:
    """Everything that may be meant by the quote's figures; it is generous, because it only ever confirms."""
    found: set[Decimal] = set()
    for text in (quote, _GROUPED.sub("", quote)):
        for figure in _NUMBER.findall(text):
            found |= _readings(figure)
            found |= {Decimal(part) for part in _MARK.split(figure)}
    words = tokens(quote)
    for spelled in (CARDINALS, ORDINALS):
        found |= {Decimal(number) for number, _ in _spoken(words, spelled)}
    found |= {Decimal(MONTHS[word]) for word in words if word in MONTHS}
    return frozenset(found | _dictated(words))


def _readings(figure: str) -> Readings:
    parts = _MARK.split(figure)
    readings = {Decimal("".join(parts))}
    if len(parts) > 1:
        readings.add(Decimal(f"{''.join(parts[:-1])}.{parts[-1]}"))
    return frozenset(readings)


def _dictated(words: Words) -> set[Decimal]:
    """Numbers said one after the other: "five five five, oh one" is a telephone number, "nineteen ninety" a year."""
    found: set[Decimal] = set()
    run = ""
    for digits in (*_digits(words), ""):
        if not digits and run:
            found.add(Decimal(run))
        run = run + digits if digits else ""
    return found


def _digits(words: Words) -> Iterator[str]:
    """The digits of each number that is said, "" for each other word."""
    place = 0
    while place < len(words):
        length, number = _longest(words, place, CARDINALS)
        if words[place].isdecimal():
            yield words[place]
        elif length:
            yield str(number)
        else:
            yield "0" if words[place] == "oh" else ""
        place += max(1, length)


def _spoken(words: Words, spelled: Mapping[Words, int]) -> Iterator[tuple[int, Words]]:
    """The whole numbers that are spelled out, "two hundred and five" as one, each with its words."""
    words = tuple(part for word in words for part in _COMPOUND.sub(r" \1 ", word).split())
    place = 0
    while place < len(words):
        length, number = _number(words, place, spelled)
        if length:
            yield number, words[place : place + length]
        place += max(1, length)


def _number(words: Words, place: int, spelled: Mapping[Words, int]) -> tuple[int, int]:
    """How many words from ``place`` on are one number, and which: 0 and 0 when they are none."""
    whole, current, at = 0, -1, place
    while at < len(words):
        skip = 1 if at > place and words[at] in AND else 0
        length, number = _longest(words, at + skip, spelled)
        scale = SCALES.get(words[at], 0)
        if length and (current < 0 or (current >= 100 and current % 100 == 0)):
            current, at = max(0, current) + number, at + skip + length
        elif scale and current < scale:
            current, at = (1 if current < 0 else current) * scale, at + 1
        else:
            break
        if scale >= 1000:
            # What follows is counted anew: "two thousand, five hundred".
            whole, current = whole + current, -1
    return at - place, whole + max(0, current)


def _longest(words: Words, place: int, spelled: Mapping[Words, int]) -> tuple[int, int]:
    for length in range(min(LONGEST, len(words) - place), 0, -1):
        number = spelled.get(words[place : place + length])
        if number is not None:
            return length, number
    return 0, 0
