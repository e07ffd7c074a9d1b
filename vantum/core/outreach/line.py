"""What a numbering plan says of a telephone number: the line that it reaches, or why it reaches none.

The plans are tables of a library, which stays outside: whoever reads rows is given a ``ReadNumber``.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from vantum.core.legal.case import LineType, ZoneSource

_E164: Final = re.compile(r"\+[1-9][0-9]{6,14}")
_COUNTRY: Final = re.compile(r"[A-Z]{2}|")


class Problem(StrEnum):
    """Why a row has no number that may be called."""

    UNREADABLE = "unreadable_row"
    MISSING = "no_number"
    ROUNDED = "rounded_number"
    NOT_A_NUMBER = "not_a_number"
    NO_COUNTRY = "no_country_code"
    NO_AREA_CODE = "no_area_code"
    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"
    WRONG_LENGTH = "wrong_length"
    NOT_ASSIGNED = "not_assigned"
    EMERGENCY = "emergency_number"
    SHORT_CODE = "short_code"
    PREMIUM_RATE = "premium_rate"
    SHARED_COST = "shared_cost"
    PERSONAL = "personal_number"
    NOBODY = "nobody_there"


WORDS: Final = {
    Problem.UNREADABLE: "The row cannot be read: a quotation mark may be left open, or a cell is too long.",
    Problem.MISSING: "There is no phone number.",
    Problem.ROUNDED: "A spreadsheet has rounded the number. Format the column as text and enter it again.",
    Problem.NOT_A_NUMBER: "It is not a phone number.",
    Problem.NO_COUNTRY: "Its country is not known. Write it with its country code, such as +14155550100.",
    Problem.NO_AREA_CODE: "It lacks its area code.",
    Problem.TOO_SHORT: "It is too short for its country.",
    Problem.TOO_LONG: "It is too long for its country.",
    Problem.WRONG_LENGTH: "It has a length that its country does not use.",
    Problem.NOT_ASSIGNED: "It is not assigned in its country.",
    Problem.EMERGENCY: "It is an emergency number, which is never called.",
    Problem.SHORT_CODE: "It is a short number, which is not called.",
    Problem.PREMIUM_RATE: "It is a premium-rate number, which is not called.",
    Problem.SHARED_COST: "It is a number at shared cost, which is not called.",
    Problem.PERSONAL: "It is a forwarding number at a price nobody knows, which is not called.",
    Problem.NOBODY: "It reaches a pager or a voicemail box, and nobody who talks.",
}


class Existence(StrEnum):
    """Whether somebody can answer there."""

    REAL = "real"
    FICTION = "fiction"  # reserved for films and examples: good for demonstrations, and never answered


@dataclass(frozen=True, slots=True)
class ZoneGuess:
    """The name of a time zone in which somebody may be, and from what it was concluded."""

    name: str
    source: ZoneSource


@dataclass(frozen=True, slots=True)
class Line:
    """A number that may be called.

    ``number`` is E.164, ``country`` ISO 3166-1 or "" for a number of no country, ``extension`` digits or "",
    ``zones`` all that the number allows.
    """

    number: str
    country: str
    line_type: LineType
    extension: str = ""
    zones: tuple[ZoneGuess, ...] = ()
    existence: Existence = Existence.REAL

    def __post_init__(self) -> None:
        if not _E164.fullmatch(self.number) or not _COUNTRY.fullmatch(self.country):
            raise ValueError("A line has a number in E.164 and a country of two letters or none.")


ReadNumber = Callable[[str, str], Line | Problem]
"""From a number as it is written, and the country (ISO 3166-1, or "") of those that have no country code."""
