"""Telephone numbers by the world's numbering plans: the line a number reaches, and the time zones it may be in.

The plans are the tables of libphonenumber. What is decided with them is in ``vantum/core/outreach``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumber, PhoneNumberType, ValidationResult
from phonenumbers.phonenumberutil import is_number_type_geographical
from phonenumbers.timezone import UNKNOWN_TIMEZONE, time_zones_for_geographical_number
from phonenumbers.tzdata import TIMEZONE_DATA

from vantum.core.legal.case import CandidateZone, LineType, ZoneSource
from vantum.core.outreach.line import Existence, Line, Problem, ZoneGuess

LONGEST_E164: Final = 15
"""Digits behind the plus (ITU E.164)."""
_ZONE_NAME: Final = re.compile(r"[A-Za-z0-9_+-]{1,32}(?:/[A-Za-z0-9_+-]{1,32}){1,2}")
LONGEST_SHORT: Final = 6
"""Digits of a number that is dialed within one country only."""

# Reserved for films and examples by NANPA (555-01XX; the whole area code 555 is no place), Ofcom, ARCEP, ACMA and
# Bundesnetzagentur.
_FICTION: Final = re.compile(
    r"""
    \+1555[0-9]{7} | \+1[2-9][0-9]{2}55501[0-9]{2}
    | \+44(?:1(?:1[3-8]|21|31|41|51|61)4960|1914980|1632960|2079460|2896496|2920180|7700900|8081570|3069990)[0-9]{3}
    | \+33(?:19900|26191|35301|46571|53649|63998)[0-9]{4}
    | \+61(?:[2378](?:5550|7010)[0-9]{4}|491570[0-9]{3})
    | \+49(?:3023125|6990009|4066969|2214710|8999998)[0-9]{3}
    """,
    re.VERBOSE,
)

_PARSE_PROBLEMS: Final = {
    NumberParseException.INVALID_COUNTRY_CODE: Problem.NO_COUNTRY,
    NumberParseException.NOT_A_NUMBER: Problem.NOT_A_NUMBER,
    NumberParseException.TOO_SHORT_AFTER_IDD: Problem.TOO_SHORT,
    NumberParseException.TOO_SHORT_NSN: Problem.TOO_SHORT,
    NumberParseException.TOO_LONG: Problem.TOO_LONG,
}
_LENGTH_PROBLEMS: Final = {
    ValidationResult.IS_POSSIBLE: Problem.NOT_ASSIGNED,
    ValidationResult.INVALID_COUNTRY_CODE: Problem.NO_COUNTRY,
    ValidationResult.TOO_SHORT: Problem.TOO_SHORT,
    ValidationResult.TOO_LONG: Problem.TOO_LONG,
    ValidationResult.INVALID_LENGTH: Problem.WRONG_LENGTH,
    ValidationResult.IS_POSSIBLE_LOCAL_ONLY: Problem.NO_AREA_CODE,
}
_REFUSED: Final = {
    PhoneNumberType.PREMIUM_RATE: Problem.PREMIUM_RATE,
    PhoneNumberType.SHARED_COST: Problem.SHARED_COST,
    PhoneNumberType.PERSONAL_NUMBER: Problem.PERSONAL,
    PhoneNumberType.PAGER: Problem.NOBODY,
    PhoneNumberType.VOICEMAIL: Problem.NOBODY,
}
_LINE_TYPES: Final = {
    PhoneNumberType.FIXED_LINE: LineType.LANDLINE,
    PhoneNumberType.MOBILE: LineType.MOBILE,
    PhoneNumberType.VOIP: LineType.VOIP,
}
"""All others are unknown, above all those of North America, where mobiles and landlines share their area codes."""


def read_number(text: str, country: str) -> Line | Problem:
    """The line that a number reaches; ``country`` (ISO 3166-1, or "") is that of one without a country code."""
    try:
        number = phonenumbers.parse(text, country or None)
    except NumberParseException as error:
        return _short_number(text, country) or _PARSE_PROBLEMS[error.error_type]
    e164 = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    fiction = _FICTION.fullmatch(e164) is not None
    kind = phonenumbers.number_type(number)
    if kind in _REFUSED:
        return _REFUSED[kind]
    if kind == PhoneNumberType.UNKNOWN and not fiction:
        length = phonenumbers.is_possible_number_with_reason(number)
        return _short_number(text, country) or _LENGTH_PROBLEMS[length]
    if len(e164) - 1 > LONGEST_E164:
        return Problem.TOO_LONG
    return Line(
        number=e164,
        country=_country(number),
        line_type=_LINE_TYPES.get(kind, LineType.UNKNOWN),
        extension=re.sub("[^0-9]", "", number.extension or ""),
        zones=_zones(number, kind),
        existence=Existence.FICTION if fiction else Existence.REAL,
    )


def is_zone(name: str) -> bool:
    """Whether this system knows a time zone of that name."""
    return _zone(name) is not None


def candidate_zones(guesses: Iterable[ZoneGuess]) -> tuple[CandidateZone, ...]:
    """The zones as the legal gate wants them; raises ``LookupError`` for a name that no zone has any more."""
    found = []
    for guess in guesses:
        zone = _zone(guess.name)
        if zone is None:
            raise LookupError(f"There is no time zone {guess.name!r}.")
        found.append(CandidateZone(guess.name, zone, guess.source))
    return tuple(found)


def _short_number(text: str, country: str) -> Problem | None:
    digits = re.sub("[^0-9]", "", text)
    if not 0 < len(digits) <= LONGEST_SHORT or "+" in text:
        return None
    if phonenumbers.is_emergency_number(digits, country or "ZZ") or digits in ("110", "112", "911", "999"):
        return Problem.EMERGENCY
    number = PhoneNumber(
        country_code=phonenumbers.country_code_for_region(country or "ZZ"), national_number=int(digits)
    )
    known = phonenumbers.is_valid_short_number_for_region(number, country or "ZZ")
    return Problem.SHORT_CODE if known else None


def _country(number: PhoneNumber) -> str:
    region = phonenumbers.region_code_for_number(number)
    if region is None:
        # A reserved number that no plan has: the first country of its code is the one it is written for.
        region = phonenumbers.region_code_for_country_code(number.country_code or 0)
    return "" if region == phonenumbers.REGION_CODE_FOR_NON_GEO_ENTITY else region


def _zones(number: PhoneNumber, kind: int) -> tuple[ZoneGuess, ...]:
    code = number.country_code or 0
    everywhere = _country_zones(code)
    if not is_number_type_geographical(kind, code):
        return everywhere
    names = time_zones_for_geographical_number(number)
    if names == TIMEZONE_DATA.get(str(code)) or UNKNOWN_TIMEZONE in names:
        return everywhere
    return _guesses(names, ZoneSource.AREA_CODE)


@lru_cache(maxsize=512)
def _country_zones(code: int) -> tuple[ZoneGuess, ...]:
    return _guesses(TIMEZONE_DATA.get(str(code), ()), ZoneSource.COUNTRY)


@lru_cache(maxsize=4096)
def _guesses(names: tuple[str, ...], source: ZoneSource) -> tuple[ZoneGuess, ...]:
    return tuple(ZoneGuess(name, source) for name in names if is_zone(name))


@lru_cache(maxsize=1024)
def _zone(name: str) -> ZoneInfo | None:
    if not _ZONE_NAME.fullmatch(name):
        return None
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None
