"""Phone numbers as people write them: E.164, or what is wrong with them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vantum.core.errors import NumberError
from vantum.phone.numbers import LONGEST, e164, region_of


@pytest.mark.parametrize(
    ("written", "dialed"),
    [
        ("+14155550100", "+14155550100"),
        ("+1 (415) 555-0100", "+14155550100"),
        ("  +44 20 7946 0018 ", "+442079460018"),
        ("tel:+49-30-123456", "+4930123456"),
        ("+49 (0)30 123456", "+4930123456"),
        ("+1 555 123 4567", "+15551234567"),
    ],
)
def test_a_number_is_dialed_as_e164(written: str, dialed: str) -> None:
    assert e164(written) == dialed


@pytest.mark.parametrize(
    ("written", "problem"),
    [
        ("", "is not a phone number"),
        ("hello", "is not a phone number"),
        ("4155550100", "has no country code that exists"),
        ("+999 415 555 0100", "has no country code that exists"),
        ("+1", "is not a phone number"),
        ("+1 415", "is too short for its country"),
        ("+1 415 555 0100 0100", "is too long for its country"),
        ("+1 4155550100123456789", "is too long"),
        ("+14155550100" + " " * LONGEST, "is too long"),
        ("+1 415 555 0100 ext. 5", "has an extension"),
        ("+1 900 555 0100", "is a premium-rate number"),
        ("+1 999 999 9999", "is not assigned in its country"),
        ("+1 555 0100", "lacks its area code"),
    ],
)
def test_a_number_that_cannot_be_dialed_is_told_why(written: str, problem: str) -> None:
    with pytest.raises(NumberError) as raised:
        e164(written)
    assert raised.value.problem == problem
    assert len(raised.value.number) <= LONGEST
    assert raised.value.remedy


@given(st.text(max_size=60))
def test_whatever_is_written_is_a_number_or_an_error(text: str) -> None:
    try:
        dialed = e164(text)
    except NumberError:
        return
    assert e164(dialed) == dialed


@pytest.mark.parametrize(
    ("number", "region"),
    [
        ("+14155550100", "US"),
        ("+16135550100", "CA"),
        ("+442079460018", "GB"),
        ("+4930123456", "DE"),
        ("+15551234567", "ZZ"),
        ("anonymous", "ZZ"),
        ("", "ZZ"),
    ],
)
def test_the_country_of_a_number(number: str, region: str) -> None:
    assert region_of(number) == region
