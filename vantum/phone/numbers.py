"""Phone numbers as people write them, to E.164, with a sentence for each way in which they can be wrong."""

from __future__ import annotations

from typing import Final

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberType, ValidationResult

from vantum.core.errors import NumberError

LONGEST: Final = 40
FICTION: Final = "+1555"
"""No real line has this area code: examples and test carriers do."""
EXAMPLE: Final = "Write it with its country code, such as +14155550100."

PARSE_PROBLEMS: Final = {
    NumberParseException.INVALID_COUNTRY_CODE: "has no country code that exists",
    NumberParseException.NOT_A_NUMBER: "is not a phone number",
    NumberParseException.TOO_SHORT_AFTER_IDD: "is too short",
    NumberParseException.TOO_SHORT_NSN: "is too short",
    NumberParseException.TOO_LONG: "is too long",
}
LENGTH_PROBLEMS: Final = {
    ValidationResult.INVALID_COUNTRY_CODE: "has no country code that exists",
    ValidationResult.TOO_SHORT: "is too short for its country",
    ValidationResult.TOO_LONG: "is too long for its country",
    ValidationResult.INVALID_LENGTH: "has a length that its country does not use",
    ValidationResult.IS_POSSIBLE_LOCAL_ONLY: "lacks its area code",
}


def e164(text: str) -> str:
    """``text`` as E.164; raises ``NumberError`` that says what is wrong with it."""
    shown = text.strip()[:LONGEST]
    if len(text) > LONGEST:
        raise NumberError(shown, "is too long", EXAMPLE)
    try:
        number = phonenumbers.parse(text, None)
    except NumberParseException as error:
        raise NumberError(shown, PARSE_PROBLEMS[error.error_type], EXAMPLE) from None
    length = phonenumbers.is_possible_number_with_reason(number)
    if length != ValidationResult.IS_POSSIBLE:
        raise NumberError(shown, LENGTH_PROBLEMS[length], EXAMPLE)
    if number.extension:
        raise NumberError(shown, "has an extension", "Leave it out, and dial it once the call is answered.")
    dialed = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    if phonenumbers.number_type(number) == PhoneNumberType.PREMIUM_RATE:
        raise NumberError(shown, "is a premium-rate number", "Such numbers are not called.")
    if not phonenumbers.is_valid_number(number) and not dialed.startswith(FICTION):
        raise NumberError(shown, "is not assigned in its country", EXAMPLE)
    return dialed


def region_of(number: str) -> str:
    """The country of an E.164 number as two letters, such as ``US``; ``ZZ`` for one of no country."""
    try:
        return phonenumbers.region_code_for_number(phonenumbers.parse(number, None)) or "ZZ"
    except NumberParseException:
        return "ZZ"
