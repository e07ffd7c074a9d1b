"""One cell with phone numbers, as people and spreadsheets write them: several in one, rounded ones, with remarks.

Law: a cell is cut only where the pieces are numbers by themselves, because a stroke is part of a German number
("030/1234567") and a comma part of an extension.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from vantum.core.outreach.cells import clean
from vantum.core.outreach.line import Line, Problem, ReadNumber

MOST_CHARS: Final = 200
MOST_NUMBERS: Final = 5
"""Numbers that are looked at in one cell."""

_LINE_ENDS: Final = re.compile(r"[\r\n]+")
# A separator with at least five digits behind it, a word between two numbers, or a second plus.
_APART: Final = re.compile(
    r"[;,|](?=(?:[^0-9;,|]*[0-9]){5})|\s+(?:or|oder|and|und|&)\s+|(?<=[0-9])\s+(?=\+[0-9])", re.IGNORECASE
)
# Numbers that went through a spreadsheet as figures.
_WHOLE: Final = re.compile(r"(\+?[0-9]{5,17})[.,]0+")
_SCIENTIFIC: Final = re.compile(r"([0-9])(?:[.,]([0-9]{1,20}))?E\+?([0-9]{1,2})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Phone:
    """The line to call, and the E.164 numbers of the others in the same cell."""

    line: Line
    others: tuple[str, ...] = ()


def read_phone(cell: str, country: str, read: ReadNumber) -> Phone | Problem:
    """The first number of ``cell`` that may be called; where there is none, what is wrong with the first."""
    if len(cell) > MOST_CHARS:
        return Problem.NOT_A_NUMBER
    text = clean(_LINE_ENDS.sub(" ; ", cell)).strip("'")
    found = [_read_one(piece, country, read) for piece in _pieces(text, country, read)]
    lines = [each for each in found if isinstance(each, Line)]
    if not lines:
        return next((each for each in found if isinstance(each, Problem)), Problem.MISSING)
    others = dict.fromkeys(line.number for line in lines if line.number != lines[0].number)
    return Phone(lines[0], tuple(others))


def _pieces(text: str, country: str, read: ReadNumber) -> Iterator[str]:
    if _SCIENTIFIC.fullmatch(text):
        yield text
        return
    parts = [part for part in (part.strip(" ;,|") for part in _APART.split(text)) if part]
    for part in parts[:MOST_NUMBERS]:
        halves = part.split("/")
        if 1 < len(halves) <= MOST_NUMBERS and all(isinstance(read(half, country), Line) for half in halves):
            yield from halves
        else:
            yield part


def _read_one(text: str, country: str, read: ReadNumber) -> Line | Problem:
    whole = _WHOLE.fullmatch(text)
    if whole:
        return read(whole[1], country)
    figure = _SCIENTIFIC.fullmatch(text)
    if figure:
        fraction = figure[2] or ""
        # With fewer digits than its power of ten asks for, the last ones are lost.
        return read(figure[1] + fraction, country) if len(fraction) == int(figure[3]) else Problem.ROUNDED
    return read(text, country)
